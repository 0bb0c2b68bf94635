import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { ExecutionRole, type ExecutionRoleArgs, TaskRole } from "../../index";
import {
  ACCOUNT,
  allowedBy,
  attemptDeployment,
  dependencyNames,
  find,
  image,
  REGION,
  recordDeployment,
  statementsOf,
  UNKNOWN,
} from "./support/record-deployment";

const secretArn = (name: string) => `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:${name}-AbCdEf`;
const containers = { app: { image } };
const secrets = (count: number) => ({
  app: {
    image,
    secrets: Array.from({ length: count }, (_, index) => ({
      name: `S${index}`,
      valueFrom: secretArn(`shop/${index}`),
    })),
  },
});

const deploy = (args: ExecutionRoleArgs) => recordDeployment(() => new ExecutionRole("start", args));

async function outputOf<T>(output: () => pulumi.Output<T>): Promise<T[]> {
  const seen: T[] = [];
  await recordDeployment(() => output().apply((value) => seen.push(value)));
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

describe("the policies of an ExecutionRole", () => {
  it("are one inline policy by default", async () => {
    const all = await deploy({ containers });
    assert.deepEqual(
      all.map(({ type, name }) => `${type.split(":").at(-1)} ${name}`),
      ["ExecutionRole start", "Role start-role", "RolePolicy start-policy"],
    );
  });

  it("are so many managed ones where that is asked for, each attached, with the role's path and tags", async () => {
    const all = await deploy({ containers, policyCount: 2, path: "/shop/", tags: { team: "shop" } });
    assert.deepEqual(all.map(({ type, name }) => `${type.split(":").at(-1)} ${name}`).sort(), [
      "ExecutionRole start",
      "Policy start-policy-1",
      "Policy start-policy-2",
      "Role start-role",
      "RolePolicyAttachment start-attachment-1",
      "RolePolicyAttachment start-attachment-2",
    ]);
    const policy = find(all, "start-policy-1");
    assert.deepEqual([policy.inputs.path, policy.inputs.tags], ["/shop/", { team: "shop" }]);
    assert.equal(find(all, "start-attachment-2").inputs.role, "start-role-1a2b3c4");
    assert.match(find(all, "start-attachment-2").inputs.policyArn, /start-policy-2/);
  });

  it("hold 200 secrets in the count that the error without one names", async () => {
    const { errors, result } = await attemptDeployment(() => new ExecutionRole("start", { containers: secrets(200) }), {
      preview: true,
    });
    const { message = "" } = errors[0] ?? {};
    const [, count] =
      /ExecutionRole "start":\s+policyCount: got nothing, .*; set policyCount: (\d+)/.exec(message) ?? [];
    assert.ok(count, message);
    assert.ok(!result.some(({ name }) => name === "start-policy"));

    const all = await deploy({ containers: secrets(200), policyCount: Number(count) });
    const documents = all.filter(({ type }) => type === "aws:iam/policy:Policy").map(({ inputs }) => inputs.policy);
    assert.equal(documents.length, Number(count));
    for (const document of documents) assert.ok(document.length <= 6_144, `${document.length}`);
    const granted = allowedBy(all).filter((grant) => grant.startsWith("secretsmanager:GetSecretValue "));
    assert.equal(new Set(granted).size, 200);
  });

  for (const [what, policyCount] of [
    ["none", 0],
    ["more than AWS attaches", 21],
    ["half a policy", 1.5],
    ["an output", pulumi.output(2)],
  ] as const) {
    it(`are refused before anything is made where their count is ${what}`, async () => {
      const args = { containers, policyCount } as ExecutionRoleArgs;
      const { errors, result } = await attemptDeployment(() => new ExecutionRole("start", args), { preview: true });
      const given = typeof policyCount === "number" ? policyCount : "an output";
      assert.ok(
        String(errors[0]).includes(`policyCount: got ${given}, expected a whole number from 1 to 20`),
        `${errors}`,
      );
      assert.deepEqual(result, []);
    });
  }

  for (const [args, last] of [
    [{ containers }, ["start-policy"]],
    [{ containers, policyCount: 2 }, ["start-attachment-1", "start-attachment-2"]],
    [{ containers, policyCount: 2, existingRoleName: "theirs" }, ["start-attachment-1", "start-attachment-2"]],
  ] as const) {
    it(`are there before the role's ARN is given away: ${JSON.stringify(args)}`, async () => {
      let names: string[] = [];
      await recordDeployment(async () => {
        names = await dependencyNames(new ExecutionRole("start", args).arn);
      });
      for (const name of last) assert.ok(names.includes(name), names.join());
    });
  }
});
