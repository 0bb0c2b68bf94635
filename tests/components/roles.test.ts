import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { ExecutionRole, type ExecutionRoleArgs, TaskRole } from "../../index";
import { ACCOUNT, find, REGION, recordDeployment, statementsOf, UNKNOWN } from "./support/record-deployment";

const image = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/shop/checkout:1`;
const containers = { app: { image } };
const deploy = (args: ExecutionRoleArgs, preview = false) =>
  recordDeployment(() => new ExecutionRole("start", args), { preview });

async function outputOf<T>(output: () => pulumi.Output<T>, preview = false): Promise<T[]> {
  const seen: T[] = [];
  await recordDeployment(() => output().apply((value) => seen.push(value)), { preview });
  return seen;
}

describe("ExecutionRole", () => {
  it("grants the same for the string of a task definition and for a map of containers", async () => {
    const containerDefinitions = JSON.stringify([{ name: "app", image }]);
    const policies: string[] = [];
    for (const args of [{ containerDefinitions }, { containers }]) {
      policies.push(find(await deploy(args), "start-policy").inputs.policy);
    }
    assert.equal(policies[0], policies[1]);
    assert.deepEqual(statementsOf(policies[0] as string).PullImages?.Resource, [
      `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/shop/checkout`,
    ]);
  });

  it("lets ECS alone take it on, for tasks of the account and Region", async () => {
    const { assumeRolePolicy } = find(await deploy({ containers, region: "us-east-1" }), "start-role").inputs;
    assert.deepEqual(statementsOf(assumeRolePolicy).RunTasks?.Condition, {
      StringEquals: { "aws:SourceAccount": ACCOUNT },
      ArnLike: { "aws:SourceArn": `arn:aws:ecs:us-east-1:${ACCOUNT}:*` },
    });
  });

  it("gives its ARN away", async () => {
    const arn = `arn:aws:iam::${ACCOUNT}:role/start-role-1a2b3c4`;
    assert.deepEqual(await outputOf(() => new ExecutionRole("start", { containers }).arn), [arn]);
  });

  it("grants an adopted role, found by its name, and leaves the role itself alone", async () => {
    const all = await deploy({ containers, existingRoleName: "theirs" });
    assert.deepEqual(
      all.map(({ name, inputs }) => [name, inputs.role]),
      [
        ["start", undefined],
        ["start-policy", "theirs"],
      ],
    );
    assert.deepEqual(await outputOf(() => new ExecutionRole("start", { containers, existingRoleName: "theirs" }).arn), [
      `arn:aws:iam::${ACCOUNT}:role/teams/theirs`,
    ]);
  });

  it("keeps definitions secret that are, and its policy readable", async () => {
    const containerDefinitions = pulumi.secret(
      JSON.stringify([{ image, environment: [{ name: "A", value: "hunter2" }] }]),
    );
    const all = await deploy({ containerDefinitions });
    assert.match(find(all, "start").sent, /1b47061264138c4ac30d75fd1eb44270/);
    assert.doesNotMatch(find(all, "start-policy").sent, /1b47061264138c4ac30d75fd1eb44270/);
    for (const { sent } of all) assert.doesNotMatch(sent, /hunter2/);
  });

  it("leaves its policy unknown in a preview where the definitions are", async () => {
    const all = await recordDeployment(
      () => {
        const definitions = pulumi.jsonStringify([{ image: new TaskRole("other").name }]);
        new ExecutionRole("start", { containerDefinitions: definitions });
      },
      { preview: true },
    );
    assert.equal(find(all, "start-policy").inputs.policy, UNKNOWN);
  });

  it("wants its containers exactly once", async () => {
    const containerDefinitions = "[]";
    await assert.rejects(deploy({}), {
      message: /ExecutionRole "start":\s+containerDefinitions: got neither, expected exactly one/,
    });
    await assert.rejects(deploy({ containers, containerDefinitions }), {
      message: /containerDefinitions: got both, expected exactly one/,
    });
  });

  it("refuses a property that it does not know, such as awsx's container, and never keeps its value", async () => {
    const taskDefinitionArgs = { containers, container: { image, environment: [{ name: "A", value: "hunter2" }] } };
    await assert.rejects(deploy(taskDefinitionArgs), (error: Error) => {
      assert.match(error.message, /ExecutionRole "start":\s+container: got an unknown property, expected one of cont/);
      assert.doesNotMatch(error.message, /hunter2/);
      return pulumi.InputPropertiesError.isInstance(error);
    });
  });

  it("refuses definitions that are not JSON with the path and the fix, and never with their text", async () => {
    for (const containerDefinitions of ["[{ hunter2", pulumi.output("[{ hunter2"), pulumi.secret("[{ hunter2")]) {
      await assert.rejects(deploy({ containerDefinitions }), (error: Error) => {
        assert.match(error.message, /containerDefinitions: got text that is not JSON, expected .*; pass the string/);
        assert.doesNotMatch(error.message, /hunter2/);
        return pulumi.InputPropertiesError.isInstance(error);
      });
    }
  });
});
