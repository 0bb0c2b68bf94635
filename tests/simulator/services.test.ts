import assert from "node:assert/strict";
import { type Principal, World } from "../../simulator";
import { Schedules } from "../../simulator/lambda/schedules";
import { registerTaskDefinition } from "../../simulator/services/ecs-definitions";
import { createCluster } from "../../simulator/services/ecs-services";
import { createRole, putRolePolicy } from "../../simulator/services/iam";
import { createFunction, deleteFunction } from "../../simulator/services/lambda";
import { createLogGroup, logEvents } from "../../simulator/services/logs";
import { createScheduleGroup, deleteScheduleGroup, putSchedule } from "../../simulator/services/scheduler";
import { createQueue } from "../../simulator/services/sqs";
import { openSession } from "../../simulator/services/sts";

const A = "111111111111";
const region = "eu-central-1";

describe("simulated Lambda, Logs, SQS and Scheduler", () => {
  let world: World;
  const scope = () => world.scope(A, region);
  const call = (service: string, operation: string, input: object, principal: Principal = world.admin(A)) =>
    world.gate.call({ principal, region, service, operation, input });
  const actingAs = (...Statement: object[]) => {
    const role = createRole(scope(), { name: "role", trust: '{"Statement":[]}' });
    putRolePolicy(scope(), "role", "inline", JSON.stringify({ Version: "2012-10-17", Statement }));
    return openSession(scope(), role, { name: "s" });
  };
  const deployed = () =>
    createFunction(scope(), { name: "cleanup", roleArn: "r", handler: "h", runtime: "nodejs24.x", code: "/dist" });

  /** What lambda/ plugs in, reduced to one function's work. */
  const plugIn = (work: (name: string, payload: string) => Promise<string>) => {
    world.hooks.invoke = async (_scope, target, payload) => ({ payload: await work(target.name, payload) });
    world.hooks.invokeLater = async (_scope, target, payload) => void (await work(target.name, payload));
  };

  beforeEach(() => {
    world = new World();
  });

  it("keeps what is logged, in the stream of the caller's group alone", async () => {
    createLogGroup(scope(), { name: "/aws/lambda/cleanup" });
    const Resource = `arn:aws:logs:${region}:${A}:log-group:/aws/lambda/cleanup:*`;
    const caller = actingAs({ Effect: "Allow", Action: ["logs:CreateLogStream", "logs:PutLogEvents"], Resource });
    const stream = { logGroupName: "/aws/lambda/cleanup", logStreamName: "2026/01/05/[$LATEST]a" };
    const logEvent = { timestamp: world.clock.now(), message: "hello" };
    await assert.rejects(call("logs", "PutLogEvents", { ...stream, logEvents: [logEvent] }, caller), {
      name: "ResourceNotFoundException",
    });
    await call("logs", "CreateLogStream", stream, caller);
    await call("logs", "PutLogEvents", { ...stream, logEvents: [logEvent] }, caller);
    assert.deepEqual(logEvents(scope(), "/aws/lambda/cleanup"), [logEvent]);
    const other = { ...stream, logGroupName: "/aws/lambda/other" };
    await assert.rejects(call("logs", "CreateLogStream", other, caller), { name: "AccessDeniedException" });
  });

  it("takes messages from whom its policies let in, and for queues that exist", async () => {
    const queue = createQueue(scope(), { name: "failures" });
    const caller = actingAs({ Effect: "Allow", Action: "sqs:SendMessage", Resource: queue.arn });
    await call("sqs", "SendMessage", { QueueUrl: queue.url, MessageBody: "{}" }, caller);
    assert.deepEqual(
      queue.messages.map((each) => each.body),
      ["{}"],
    );
    await assert.rejects(call("sqs", "SendMessage", { QueueUrl: `${queue.url}-2`, MessageBody: "{}" }, caller), {
      name: "AccessDenied",
    });
    await assert.rejects(call("sqs", "SendMessage", { QueueUrl: `${queue.url}-2`, MessageBody: "{}" }), {
      name: "QueueDoesNotExist",
    });
  });

  it("lets time move while a caller awaits a function, and answers with the function's end", async () => {
    deployed();
    plugIn(async (name, payload) => {
      await world.clock.sleep(60_000);
      return JSON.stringify({ ran: name, with: JSON.parse(payload) });
    });
    const started = world.clock.now();
    const answer = await world.clock.actor(() =>
      call("lambda", "Invoke", { FunctionName: "cleanup", Payload: '{"a":1}' }),
    );
    assert.deepEqual(JSON.parse(answer.Payload), { ran: "cleanup", with: { a: 1 } });
    assert.equal(world.clock.now(), started + 60_000);
  });

  it("accepts an event at once and runs the function behind it", async () => {
    const { arn } = deployed();
    const ended: number[] = [];
    plugIn(async () => {
      await world.clock.sleep(60_000);
      ended.push(world.clock.now());
      return "null";
    });
    const { StatusCode } = await call("lambda", "Invoke", { FunctionName: arn, InvocationType: "Event" });
    assert.deepEqual([StatusCode, ended.length], [202, 0]);
    await world.clock.settled();
    assert.equal(ended.length, 1);
    deleteFunction(scope(), "cleanup");
    await assert.rejects(call("lambda", "Invoke", { FunctionName: arn }), { name: "ResourceNotFoundException" });
  });

  it("tells whoever fires schedules of each that is put or deleted, a group's too", () => {
    const changes: string[] = [];
    world.hooks.scheduleChanged = (_scope, group, name) => {
      changes.push(`${group}/${name} ${world.services.scheduler.at(scope()).schedules.has(`${group}/${name}`)}`);
    };
    const schedule = { name: "daily", group: "cleanup", expression: "rate(1 day)", state: "ENABLED" as const };
    const target = { arn: "f", roleArn: "r" };
    assert.throws(() => putSchedule(scope(), { ...schedule, target }), { name: "ResourceNotFoundException" });
    createScheduleGroup(scope(), "cleanup");
    putSchedule(scope(), { ...schedule, target });
    deleteScheduleGroup(scope(), "cleanup");
    assert.deepEqual(changes, ["cleanup/daily true", "cleanup/daily false"]);
  });

  it("runs tasks for a schedule that targets a cluster, and starts nothing of a revision that cannot run", async () => {
    const schedules = new Schedules(world);
    world.hooks.scheduleChanged = (at, group, name) => schedules.changed(at, group, name);
    const { arn, tasks } = createCluster(scope(), "jobs");
    registerTaskDefinition(scope(), { family: "job", containerDefinitions: [{ name: "app", image: "a:1" }] });
    const trust = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "scheduler.amazonaws.com" } };
    const document = JSON.stringify({ Version: "2012-10-17", Statement: [trust] });
    const { arn: roleArn } = createRole(scope(), { name: "scheduler", trust: document });
    const fires = (TaskDefinitionArn: string) =>
      putSchedule(scope(), {
        name: TaskDefinitionArn,
        group: "default",
        expression: "rate(1 day)",
        state: "ENABLED",
        target: { arn, roleArn, ecs: { TaskDefinitionArn, TaskCount: 2 } },
      });
    fires("job");
    fires("job:7");
    await world.clock.advance(1.5 * 24 * 3_600_000);
    schedules.close();
    const started = [...tasks.values()].map(({ taskDefinition, group }) => [taskDefinition.split("/")[1], group]);
    assert.deepEqual(started, Array(4).fill(["job:1", "family:job"]));
  });
});
