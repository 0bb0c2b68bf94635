import assert from "node:assert/strict";
import { DAY, HOUR } from "../../retention/duration";
import type { RecordedCall } from "../../simulator";
import type { Context } from "../../simulator/operation";
import { createApplication, createDeployment, createDeploymentGroup } from "../../simulator/services/codedeploy";
import { createCluster } from "../../simulator/services/ecs-services";
import { putRule, putTargets } from "../../simulator/services/events";
import type { Role } from "../../simulator/services/iam";
import { createPipe } from "../../simulator/services/pipes";
import { putSchedule } from "../../simulator/services/scheduler";
import { createStateMachine, publishVersion } from "../../simulator/services/states";
import { ACCOUNT, Account, type Grant, LONG, outcomesOf, REGION } from "./support";

const QUICKSTART = ["quickstart/dev", "examples/quickstart"] as const;

describe("the statements of the deployed roles", function () {
  this.timeout(120_000);
  let account: Account;
  /** Those that the function, its schedule and the cleanup role work under. */
  let roles: Role[];

  /** One run that reports, one that enforces, one that fails and one after it, beside whatever can refer to a revision. */
  before(async () => {
    account = await Account.open();
    account.register(["checkout"], { inactive: 3 });
    await account.world.clock.advance(LONG);
    referToBatch();
    await account.deploy(...QUICKSTART);
    assert.deepEqual(outcomesOf(await account.pass(HOUR), "checkout"), {});
    await account.deploy(...QUICKSTART, { "quickstart:mode": "enforce" });
    assert.deepEqual(outcomesOf(await account.pass(DAY), "checkout"), { "deregister done": 3, "delete done": 3 });
    account.world.gate.faults = ({ service }) => (service === "s3" ? { before: "kill" } : undefined);
    await account.pass(DAY);
    account.world.gate.faults = undefined;
    await account.pass(DAY);
    roles = account.roles.filter(({ name }) => !name.includes("-execution-"));
    assert.equal(roles.length, 3);
  });
  after(() => account?.close());

  /** One reference of every source that no service makes. */
  function referToBatch(): void {
    const { scope } = account;
    account.register(["batch"], { active: 1 });
    createCluster(scope, "default");
    const TaskDefinitionArn = `arn:aws:ecs:${REGION}:${ACCOUNT}:task-definition/batch:1`;
    const cluster = `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/default`;
    const roleArn = `arn:aws:iam::${ACCOUNT}:role/runs-tasks`;
    putRule(scope, "batch");
    putTargets(scope, "batch", [{ Id: "run", Arn: cluster, RoleArn: roleArn, EcsParameters: { TaskDefinitionArn } }]);
    createPipe(scope, {
      ...{ Name: "batch", Target: cluster },
      TargetParameters: { EcsTaskParameters: { TaskDefinitionArn } },
    });
    putSchedule(scope, {
      ...{ name: "batch", group: "default", expression: "rate(30 days)", state: "DISABLED" },
      target: { arn: cluster, roleArn, ecs: { TaskDefinitionArn } },
    });
    const Parameters = { TaskDefinition: TaskDefinitionArn };
    const Run = { Type: "Task", Resource: "arn:aws:states:::ecs:runTask.sync", Parameters, End: true };
    createStateMachine(scope, "batch", JSON.stringify({ StartAt: "Run", States: { Run } }));
    publishVersion(scope, "batch");
    createApplication(scope, "batch");
    createDeploymentGroup(scope, "batch", "prod");
    const Resources = [{ TargetService: { Properties: { TaskDefinition: TaskDefinitionArn } } }];
    createDeployment(scope, "batch", "prod", JSON.stringify({ version: 0, Resources }), "Succeeded");
  }

  it("are sufficient: whatever was called in a run was allowed", () => {
    for (const role of roles) assert.ok(callsOf(role).length > 0, role.name);
    assert.deepEqual(account.refused, []);
  });

  it("are necessary: without any action or resource of them a call of a run is refused", async () => {
    const idle: string[] = [];
    for (const role of roles) {
      for (const grant of account.grants(role)) {
        for (const { what, rest } of partsOf(grant)) {
          if (!(await isRefused(role, grant, rest))) idle.push(`${role.name} ${grant.Sid}: ${what}`);
        }
      }
    }
    assert.deepEqual(idle, []);
  });

  it("are tight: where a condition is not met no call of a run is allowed", async () => {
    const conditions = roles.flatMap((role) => [
      ...account.grants(role).flatMap((grant) => {
        const calls = callsOf(role).filter(({ action }) => grant.Action.includes(action));
        return keysOf(grant).map((key) => ({ key, calls, where: `${role.name} ${grant.Sid}` }));
      }),
      ...(JSON.parse(role.trust) as { Statement: Grant[] }).Statement.flatMap((trust) => {
        const calls = account.calls.filter(({ resources }) => resources.includes(role.arn));
        return keysOf(trust).map((key) => ({ key, calls, where: `trust of ${role.name}` }));
      }),
    ]);
    assert.ok(conditions.length >= 6);
    for (const { key, calls, where } of conditions) {
      assert.ok(calls.length > 0, `${where}: ${key}`);
      for (const call of calls) {
        assert.equal(await isAllowed(call), true, `${where}: ${call.action}`);
        assert.equal(
          await isAllowed(call, { [key]: "another" }),
          false,
          `${where}: ${call.action} with another ${key}`,
        );
      }
    }
  });

  function callsOf(role: Role): RecordedCall[] {
    return account.calls.filter(({ principal }) => principal.split("/")[1] === role.name);
  }

  async function isAllowed({ principal, action, resources, context }: RecordedCall, changed: Context = {}) {
    const roleArn = account.roles.find(({ name }) => name === principal.split("/")[1])?.arn;
    const who = { arn: principal, account: ACCOUNT, accessKeyId: "", secretAccessKey: "", ...(roleArn && { roleArn }) };
    for (const resource of resources) {
      const trust = account.roles.find(({ arn }) => arn === resource)?.trust;
      const question = { principal: who, action, resource, owner: ACCOUNT, context: { ...context, ...changed } };
      if (!(await account.world.gate.iam.allows({ ...question, ...(trust && { resourcePolicy: trust }) })))
        return false;
    }
    return true;
  }

  /** Whether any call of a role is refused with something else in place of one of its statements. */
  async function isRefused(role: Role, grant: Grant, rest: object[]): Promise<boolean> {
    const whole = role.inline.get(grant.policy) ?? "";
    const others = (JSON.parse(whole) as { Statement: Grant[] }).Statement.filter(({ Sid }) => Sid !== grant.Sid);
    role.inline.set(grant.policy, JSON.stringify({ Version: "2012-10-17", Statement: [...others, ...rest] }));
    try {
      for (const call of callsOf(role)) if (!(await isAllowed(call))) return true;
      return false;
    } finally {
      role.inline.set(grant.policy, whole);
    }
  }
});

const keysOf = ({ Condition = {} }: Grant) => Object.values(Condition).flatMap((tests) => Object.keys(tests));

/** Each action and each resource of a statement, with what is left of the statement without it. */
function partsOf({ policy: _, ...statement }: Grant): { what: string; rest: object[] }[] {
  return (["Action", "Resource"] as const).flatMap((field) =>
    statement[field].map((what) => {
      const left = statement[field].filter((each) => each !== what);
      return { what, rest: left.length > 0 ? [{ ...statement, [field]: left }] : [] };
    }),
  );
}
