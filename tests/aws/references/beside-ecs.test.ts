import assert from "node:assert/strict";
import { REFERENCE_SOURCES } from "../../../retention/reference-sources";
import type { ReferenceSourceId } from "../../../retention/types";
import { AwsError, type World } from "../../../simulator";
import { createCluster, createService } from "../../../simulator/services/ecs-services";
import { createEventBus, putRule, putTargets, removeRule } from "../../../simulator/services/events";
import { createPipe, deletePipe } from "../../../simulator/services/pipes";
import { createScheduleGroup, deleteSchedule, putSchedule } from "../../../simulator/services/scheduler";
import {
  createStateMachine,
  deleteStateMachine,
  publishVersion,
  updateStateMachine,
} from "../../../simulator/services/states";
import { ACCOUNT, arnOf, callsOf, failing, gapsOf, REGION, scopeOf } from "../../cleanup/support";
import { itemGapsOf, read, references, shop, targetsOf } from "./support";

const arn = (service: string, resource: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;
const CLUSTER = arn("ecs", "cluster/shop");
const ROLE = `arn:aws:iam::${ACCOUNT}:role/caller`;

function rule(world: World, name: string, taskDefinition: string, bus?: string): void {
  putRule(scopeOf(world), name, bus);
  const target = { Id: "1", Arn: CLUSTER, RoleArn: ROLE, EcsParameters: { TaskDefinitionArn: taskDefinition } };
  const other = { Id: "2", Arn: arn("sqs", "queue") };
  putTargets(scopeOf(world), name, [target, other], bus);
}

function pipe(world: World, Name: string, TaskDefinitionArn: string): void {
  const TargetParameters = { EcsTaskParameters: { TaskDefinitionArn } };
  createPipe(scopeOf(world), { Name, Target: CLUSTER, TargetParameters });
}

function schedule(
  world: World,
  name: string,
  target: { arn: string; input?: string; task?: string },
  group = "default",
) {
  const { arn, input, task } = target;
  const ecs = task === undefined ? undefined : { TaskDefinitionArn: task };
  putSchedule(scopeOf(world), {
    ...{ name, group, expression: "rate(1 day)", state: "DISABLED" },
    target: { arn, roleArn: ROLE, ...(input !== undefined && { input }), ...(ecs && { ecs }) },
  });
}

function machine(world: World, name: string, parameters: object): string {
  return createStateMachine(scopeOf(world), name, definition(parameters)).arn;
}

const definition = (Parameters: object) =>
  JSON.stringify({ StartAt: "Run", States: { Run: { Resource: "arn:aws:states:::ecs:runTask.sync", Parameters } } });

const byOf = ({ references }: { references: { by: string }[] }) => references.map(({ by }) => by).sort();

describe("references of EventBridge rules", () => {
  it("are found on every bus, with and without a revision, each named by its ARN", async () => {
    const world = await shop();
    createEventBus(scopeOf(world), "orders");
    rule(world, "nightly", arnOf("checkout:2"));
    rule(world, "on-order", arnOf("checkout"), "orders");
    putRule(scopeOf(world), "other");
    putTargets(scopeOf(world), "other", [{ Id: "1", Arn: arn("sqs", "queue") }]);
    const found = await read(world);
    assert.deepEqual(targetsOf(found), ["rules checkout:2", "rules checkout:latest"]);
    assert.deepEqual(byOf(found), [arn("events", "rule/nightly"), arn("events", "rule/orders/on-order")]);
    assert.equal(callsOf(world, "ListTargetsByRule").length, 2);
  });

  it("are asked for by bus and cluster", async () => {
    const world = await shop();
    createEventBus(scopeOf(world), "orders");
    createCluster(scopeOf(world), "other");
    rule(world, "nightly", arnOf("checkout:2"));
    await read(world);
    assert.equal(callsOf(world, "ListRuleNamesByTarget").length, 2 * 2);
  });

  it("are none where the rule goes meanwhile", async () => {
    const world = await shop();
    rule(world, "nightly", arnOf("checkout:2"));
    world.gate.faults = ({ operation }) => {
      if (operation === "ListTargetsByRule") removeRule(scopeOf(world), "nightly");
      return undefined;
    };
    assert.deepEqual(await references(world), []);
    assert.equal(callsOf(world, "ListTargetsByRule").length, 1);
  });
});

describe("references of pipes", () => {
  it("are those of pipes that target a cluster", async () => {
    const world = await shop();
    pipe(world, "orders", arnOf("checkout:3"));
    createPipe(scopeOf(world), { Name: "queue", Target: arn("sqs", "queue") });
    const found = await read(world);
    assert.deepEqual(targetsOf(found), ["pipes checkout:3"]);
    assert.deepEqual(byOf(found), [arn("pipes", "pipe/orders")]);
    assert.equal(callsOf(world, "DescribePipe").length, 1);
  });

  it("are none where the pipe goes meanwhile", async () => {
    const world = await shop();
    pipe(world, "orders", arnOf("checkout:3"));
    world.gate.faults = ({ operation }) => {
      if (operation === "DescribePipe") deletePipe(scopeOf(world), "orders");
      return undefined;
    };
    assert.deepEqual(await references(world), []);
  });
});

describe("references of schedules", () => {
  it("are templated and universal targets in every group, disabled ones too", async () => {
    const world = await shop();
    createScheduleGroup(scopeOf(world), "reports");
    const sdk = (operation: string) => `arn:aws:scheduler:::aws-sdk:ecs:${operation}`;
    schedule(world, "templated", { arn: CLUSTER, task: arnOf("checkout:1") });
    schedule(world, "latest", { arn: CLUSTER, task: arnOf("cart") }, "reports");
    schedule(world, "run", { arn: sdk("runTask"), input: '{"Cluster":"shop","TaskDefinition":"checkout:2"}' });
    schedule(world, "update", { arn: sdk("updateService"), input: '{"Service":"web","TaskDefinition":"checkout"}' });
    schedule(world, "stop", { arn: sdk("stopTask"), input: '{"Task":"x"}' });
    schedule(world, "function", { arn: arn("lambda", "function:x"), input: '{"TaskDefinition":"checkout:4"}' });
    const found = await read(world);
    assert.deepEqual(found.gaps, []);
    assert.deepEqual(targetsOf(found), [
      "schedules cart:latest",
      "schedules checkout:1",
      "schedules checkout:2",
      "schedules checkout:latest",
    ]);
    assert.ok(byOf(found).includes(arn("scheduler", "schedule/reports/latest")));
    assert.equal(callsOf(world, "GetSchedule").length, 4);
  });

  it("are unknown where the input or the template names no task definition", async () => {
    const world = await shop();
    schedule(world, "a", { arn: "arn:aws:scheduler:::aws-sdk:ecs:runTask", input: "no JSON" });
    schedule(world, "b", { arn: CLUSTER });
    assert.deepEqual(itemGapsOf(await read(world)), [
      `schedules dynamic *: ${arn("scheduler", "schedule/default/a")}`,
      `schedules failed *: ${arn("scheduler", "schedule/default/b")}`,
    ]);
  });

  it("are none where the schedule goes meanwhile", async () => {
    const world = await shop();
    schedule(world, "once", { arn: CLUSTER, task: arnOf("checkout:1") });
    world.gate.faults = ({ operation }) => {
      if (operation === "GetSchedule") deleteSchedule(scopeOf(world), "default", "once");
      return undefined;
    };
    assert.deepEqual(await references(world), []);
  });
});

describe("references of state machines", () => {
  it("are those of the definition and of every published version", async () => {
    const world = await shop();
    const machineArn = machine(world, "report", { TaskDefinition: arnOf("checkout:1") });
    publishVersion(scopeOf(world), "report");
    updateStateMachine(scopeOf(world), "report", definition({ TaskDefinition: "checkout" }));
    const found = await read(world);
    assert.deepEqual(found.gaps, []);
    assert.deepEqual(
      found.references.map(({ by, target }) => `${by} ${target.revision}`),
      [`${machineArn} latest`, `${machineArn}:1 1`],
    );
    assert.equal(callsOf(world, "DescribeStateMachine").length, 2);
  });

  it("that are made at run time are a gap of the families that they could mean, told once", async () => {
    const world = await shop();
    const some = machine(world, "some", { "TaskDefinition.$": "States.Format('check{}', $.x)" });
    const any = createStateMachine(
      scopeOf(world),
      "any",
      JSON.stringify({ States: ["$.a", "$.b"].map((path) => JSON.parse(definition({ "TaskDefinition.$": path }))) }),
    );
    const { gaps } = await read(world);
    assert.deepEqual(itemGapsOf({ gaps }), [
      `state-machines dynamic *: ${any.arn}`,
      `state-machines dynamic check*: ${some}`,
    ]);
    for (const { remedy } of gaps) assert.match(remedy, /literally, or pin .* acknowledge/);
  });

  it("are a gap of that state machine alone where it cannot be described, which names what closes it", async () => {
    const world = await shop();
    const hidden = machine(world, "hidden", { TaskDefinition: "checkout:1" });
    machine(world, "open", { TaskDefinition: "checkout:2" });
    for (const [error, remedy] of [
      ["AccessDeniedException", /^allow states:DescribeStateMachine to/],
      ["KmsAccessDeniedException", /^allow kms:Decrypt on its key to/],
    ] as const) {
      failing(world, "DescribeStateMachine", { before: new AwsError(error, "no") }, (nth) => nth === 1);
      const found = await read(world);
      assert.deepEqual(itemGapsOf(found), [`state-machines denied *: ${hidden}`]);
      assert.match(found.gaps[0]?.remedy ?? "", remedy);
      assert.deepEqual(targetsOf(found), ["state-machines checkout:2"]);
    }
  });

  it("are none where the state machine goes meanwhile", async () => {
    const world = await shop();
    machine(world, "report", { TaskDefinition: "checkout:1" });
    world.gate.faults = ({ operation }) => {
      if (operation === "DescribeStateMachine") deleteStateMachine(scopeOf(world), "report");
      return undefined;
    };
    assert.deepEqual(await references(world), []);
  });

  it("are a gap of the account where time ends before all are described", async () => {
    const world = await shop();
    for (let index = 0; index < 40; index++) machine(world, `m${index}`, { TaskDefinition: "checkout:1" });
    const { gaps } = await read(world, { within: 2_000 });
    assert.equal(gaps.filter(({ source }) => source === "state-machines").length, 1);
    assert.match(gapsOf({ gaps }).join(), /state-machines truncated account: states:\w+: no time left/);
  });
});

describe("sources beside ECS", () => {
  const LISTS: Partial<Record<ReferenceSourceId, string[]>> = {
    rules: ["events:ListEventBuses", "events:ListRuleNamesByTarget", "events:ListTargetsByRule"],
    pipes: ["pipes:ListPipes"],
    schedules: ["scheduler:ListSchedules"],
    "state-machines": ["states:ListStateMachines", "states:ListStateMachineVersions"],
    codedeploy: ["codedeploy:ListApplications"],
  };

  async function busy(): Promise<World> {
    const world = await shop();
    createService(scopeOf(world), { cluster: "shop", service: "web", taskDefinition: "checkout:1" });
    rule(world, "nightly", arnOf("checkout:2"));
    pipe(world, "orders", arnOf("checkout:3"));
    schedule(world, "once", { arn: CLUSTER, task: arnOf("checkout:4") });
    machine(world, "report", { TaskDefinition: "checkout:5" });
    return world;
  }

  for (const [source, actions] of Object.entries(LISTS)) {
    for (const action of actions) {
      it(`make a denied ${action} a gap of the account that names the action, while all others are read`, async () => {
        const world = await busy();
        failing(world, action.split(":")[1] ?? "", { before: new AwsError("AccessDeniedException", "no") });
        const found = await read(world);
        assert.deepEqual(gapsOf(found), [`${source} denied account: ${action}: AccessDeniedException`]);
        assert.equal(found.gaps[0]?.remedy, `allow ${action} to the role that reads`);
        const sources = new Set<string>(found.references.map((each) => each.source));
        const others = ["services", "service-deployments", "tasks", "rules", "pipes", "schedules", "state-machines"];
        for (const other of others) assert.ok(sources.has(other) || other === source, other);
      });
    }
  }

  for (const { id, actions } of REFERENCE_SOURCES.filter(({ ignorable }) => ignorable)) {
    it(`are not called at all where ${id} is left out`, async () => {
      const world = await busy();
      const { references } = await read(world, { ignored: [id] });
      assert.ok(!references.some(({ source }) => source === id));
      const called = new Set(world.gate.calls.map(({ action }) => action));
      assert.deepEqual(
        actions.filter((action) => called.has(action)),
        [],
      );
    });
  }

  it("say to be left out by name where the Region has no such service", async () => {
    const world = await busy();
    // As Node words it: an error without a name of its own, with a code.
    const absent = Object.assign(new AwsError("Error", "getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" });
    failing(world, "ListPipes", { before: absent });
    const { gaps } = await read(world);
    assert.deepEqual(gapsOf({ gaps }), ["pipes failed account: pipes:ListPipes: ENOTFOUND"]);
    assert.match(gaps[0]?.remedy ?? "", /no such service.* leave pipes out .*ignoredSources/);
  });

  it("are read side by side: a slow one holds no other up", async () => {
    const world = await busy();
    const slow = new AwsError("ThrottlingException", "Rate exceeded");
    failing(world, "ListPipes", { before: slow }, (nth) => nth < 4);
    const startedAt = world.clock.now();
    await read(world);
    const others = world.gate.calls.filter(({ service }) => service !== "pipes");
    assert.ok(world.clock.now() - startedAt >= 3_500, "pipes waited");
    assert.ok(others.every(({ at }) => at - startedAt < 3_000));
  });

  it("are asked for nothing that an action of the source does not name", async () => {
    const world = await busy();
    await read(world);
    const named = new Set(REFERENCE_SOURCES.flatMap(({ actions }) => actions));
    for (const { action } of world.gate.calls) assert.ok(named.has(action), action);
  });
});
