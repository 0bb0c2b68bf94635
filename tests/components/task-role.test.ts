import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { TaskRole, type TaskRoleArgs } from "../../index";
import { policyDocument } from "../../permissions/statement";
import {
  ACCOUNT,
  attemptDeployment,
  dependencyNames,
  find,
  REGION,
  recordDeployment,
  statementsOf,
  UNKNOWN,
} from "./support/record-deployment";

const queue = `arn:aws:sqs:${REGION}:${ACCOUNT}:orders`;
const send = { sid: "SendOrders", actions: ["sqs:SendMessage"], resources: [queue] };
const deploy = (args: object) => recordDeployment(() => new TaskRole("task", args as TaskRoleArgs));
const attempt = (args: object, preview = true) =>
  attemptDeployment(() => new TaskRole("task", args as TaskRoleArgs), { preview });

describe("TaskRole", () => {
  it("is a trust and nothing more, unless more is asked for", async () => {
    const all = await recordDeployment(() => new TaskRole("task"));
    assert.deepEqual(
      all.map(({ name }) => name),
      ["task", "task-role"],
    );
    assert.deepEqual(statementsOf(find(all, "task-role").inputs.assumeRolePolicy).RunTasks?.Condition, {
      StringEquals: { "aws:SourceAccount": ACCOUNT },
      ArnLike: { "aws:SourceArn": `arn:aws:ecs:${REGION}:${ACCOUNT}:*` },
    });
  });

  it("lets ECS Exec open channels where it is asked for", async () => {
    const all = await deploy({ enableExecuteCommand: true, path: "/team/" });
    const { Action = [] } = statementsOf(find(all, "task-execute-command").inputs.policy).ExecuteCommand ?? {};
    assert.equal(Action.length, 4);
    assert.ok(Action.every((action: string) => action.startsWith("ssmmessages:")));
    assert.equal(find(all, "task-role").inputs.path, "/team/");
  });

  it("allows the statements that it is given, a missing label filled in", async () => {
    const conditions = { StringEquals: { "aws:ResourceAccount": [ACCOUNT] } };
    const read = { actions: ["s3:GetObject"], resources: ["arn:aws:s3:::shop/*"], conditions };
    const { inputs } = find(await deploy({ statements: [send, pulumi.output(read)] }), "task-policy");
    assert.deepEqual(JSON.parse(inputs.policy).Statement, [
      { Sid: "SendOrders", Effect: "Allow", Action: send.actions, Resource: [queue] },
      { Sid: "Statement2", Effect: "Allow", Action: read.actions, Resource: read.resources, Condition: conditions },
    ]);
  });

  it("gives its ARN away only once its policies exist", async () => {
    let names: string[] = [];
    await recordDeployment(async () => {
      names = await dependencyNames(new TaskRole("task", { statements: [send], enableExecuteCommand: true }).arn);
    });
    assert.deepEqual(names.sort(), ["task-execute-command", "task-policy", "task-role"]);
  });

  it("fails no preview where a resource is not known yet", async () => {
    const all = await recordDeployment(
      () => {
        const { arn } = new aws.sqs.Queue("orders");
        const conditions = { ArnEquals: { "aws:SourceArn": [arn] } };
        new TaskRole("task", { statements: [{ ...send, resources: [arn], conditions }] });
      },
      { preview: true },
    );
    assert.equal(find(all, "task-policy").inputs.policy, UNKNOWN);
  });

  const wide = { sid: "Everything", actions: ["s3:*"], resources: ["*"] };

  it("warns of statements that grant too widely, once each, and of none that do not", async () => {
    assert.deepEqual((await attempt({ statements: [send] })).warnings, []);
    for (const statements of [[send, wide], pulumi.output([send, wide])]) {
      const { warnings, errors } = await attempt({ statements });
      assert.deepEqual([errors, warnings.length], [[], 2], warnings.join("\n"));
      assert.match(String(warnings[0]), /^task: statements\[1\] \(Everything\)\.actions\[0\]: .+"action-wildcard"/);
      assert.match(String(warnings[1]), /^task: statements\[1\] \(Everything\)\.resources\[0\]: .+"resource-wildcard"/);
    }
  });

  it("says nothing more of what is accepted with a reason", async () => {
    const acceptedFindings = [{ id: "action-wildcard", reason: "it backs up everything" }];
    const { warnings } = await attempt({ statements: [wide], acceptedFindings });
    assert.equal(warnings.length, 1);
    assert.match(String(warnings[0]), /resource-wildcard/);
  });

  const wrong: Record<string, object> = {
    "statements: got a list of 0, expected a list of statements": { statements: [] },
    "statements[0].notActions: got an unknown property, expected one of sid, actions": {
      statements: [{ ...send, notActions: ["s3:GetObject"] }],
    },
    'statements[0].sid: got "send orders", expected letters and digits': {
      statements: [{ ...send, sid: "send orders" }],
    },
    'statements[1].sid: got "SendOrders" again, expected each once': { statements: [send, send] },
    "statements[0].actions: got a list of 0, expected a list of actions": { statements: [{ ...send, actions: [] }] },
    'statements[0].actions[1]: got "SendMessage", expected SERVICE:ACTION': {
      statements: [{ ...send, actions: ["sqs:SendMessage", "SendMessage"] }],
    },
    'statements[0].resources[0]: got "orders", expected an ARN': { statements: [{ ...send, resources: ["orders"] }] },
    "statements[0].conditions.StringEquals: got a list of 0, expected an object": {
      statements: [{ ...send, conditions: { StringEquals: [] } }],
    },
    'statements[0].conditions.Bool.aws:SecureTransport: got "true", expected a list of values': {
      statements: [{ ...send, conditions: { Bool: { "aws:SecureTransport": "true" } } }],
    },
    'acceptedFindings[0].id: got "privileged", expected the id of a check': {
      acceptedFindings: [{ id: "privileged", reason: "x" }],
    },
  };
  for (const [says, args] of Object.entries(wrong)) {
    it(`refuses what IAM would, before anything is made: ${says}`, async () => {
      const { result, errors } = await attempt(args);
      assert.ok(String(errors[0]).includes(`TaskRole "task":\n  ${says}`), String(errors[0]));
      assert.ok(pulumi.InputPropertiesError.isInstance(errors[0]));
      assert.deepEqual(result, []);
    });
  }

  it("refuses statements that do not fit beside those of ECS Exec, and makes no policy of them", async () => {
    const resources = (length: number) => [`${queue}${"x".repeat(length - queue.length)}`];
    const fitting = 10_240 - policyDocument([{ ...send, resources: [""] }]).length;
    assert.deepEqual((await attempt({ statements: [{ ...send, resources: resources(fitting) }] })).errors, []);
    for (const args of [
      { statements: [{ ...send, resources: resources(fitting + 1) }] },
      { statements: [{ ...send, resources: resources(fitting) }], enableExecuteCommand: true },
    ]) {
      const { errors, result } = await attempt(args);
      assert.match(
        String(errors[0]),
        /statements: got \d+ characters, expected at most 10240, .*; attach a managed policy/,
      );
      assert.deepEqual(result, []);
    }
  });
});
