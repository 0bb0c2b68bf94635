import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { type AwsError, type Scope, World } from "../../simulator/index";
import { startLambda } from "../../simulator/lambda/index";
import { registerTaskDefinition } from "../../simulator/services/ecs-definitions";
import { createRole, deleteRolePolicy, putRolePolicy } from "../../simulator/services/iam";
import { createFunction, type LambdaFunction, updateFunction } from "../../simulator/services/lambda";
import { createLogGroup, logEvents } from "../../simulator/services/logs";
import { createBucket } from "../../simulator/services/s3";
import { deleteSchedule, putSchedule } from "../../simulator/services/scheduler";
import { createQueue } from "../../simulator/services/sqs";

const account = "111122223333";
const region = "eu-central-1";
const DAY = 24 * 60 * 60 * 1000;

describe("Lambda in the simulator", () => {
  let code: string;
  let world: World;
  let scope: Scope;
  let lambda: { close(): Promise<void> };
  let target: LambdaFunction;

  before(() => {
    code = mkdtempSync(join(tmpdir(), "function-"));
    buildSync({
      entryPoints: [join(__dirname, "programs/function.mjs")],
      outfile: join(code, "index.mjs"),
      bundle: true,
      platform: "node",
      format: "esm",
      target: "node22",
      banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
      logLevel: "error",
    });
  });
  after(() => rmSync(code, { recursive: true }));

  beforeEach(() => {
    world = new World();
    scope = world.scope(account, region);
    lambda = startLambda(world);
    const roleArn = role("function", "lambda.amazonaws.com", ["ecs:List*", "s3:*", "logs:*", "sqs:SendMessage"]);
    target = createFunction(scope, {
      name: "probe",
      roleArn,
      handler: "index.handler",
      runtime: "nodejs24.x",
      code,
      timeout: 60,
      memorySize: 512,
      environment: { STORE_BUCKET: "store" },
    });
    createLogGroup(scope, { name: "/aws/lambda/probe" });
    createBucket(scope, { name: "store" });
  });
  afterEach(() => lambda.close());

  function role(name: string, service: string, actions: string[], condition = {}): string {
    const trust = {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole", Condition: condition }],
    };
    const { arn } = createRole(scope, { name, trust: JSON.stringify(trust) });
    const Statement = [{ Effect: "Allow", Action: actions, Resource: "*" }];
    putRolePolicy(scope, name, "all", JSON.stringify({ Version: "2012-10-17", Statement }));
    return arn;
  }

  /** Invokes as the account's administrator; returns what Invoke answers, its payload parsed. */
  async function invoke(...steps: [string, unknown?][]) {
    const answer = (await world.gate.call({
      principal: world.admin(account),
      region,
      service: "lambda",
      operation: "Invoke",
      input: { FunctionName: "probe", Payload: JSON.stringify({ steps }) },
    })) as { FunctionError?: string; Payload: Buffer };
    return { error: answer.FunctionError, ...JSON.parse(answer.Payload.toString()) };
  }

  function invokeLater(...steps: [string, unknown?][]) {
    const input = { FunctionName: "probe", InvocationType: "Event", Payload: JSON.stringify({ steps }) };
    const principal = world.admin(account);
    return world.gate.call({ principal, region, service: "lambda", operation: "Invoke", input });
  }

  const messages = () => logEvents(scope, "/aws/lambda/probe").map(({ message }) => message);

  describe("time", () => {
    it("stands still while the function works and moves by what it sleeps, whichever timer it uses", async () => {
      const startedAt = world.clock.now();
      const { results, remaining } = await invoke(
        ["now"],
        ["sleep", 1500],
        ["date"],
        ["sleepTheOldWay", 500],
        ["now"],
        ["interval", 1000],
        ["race", [9000, 2000, 7000]],
      );
      const at = (ms: number) => startedAt + ms;
      const date = new Date(at(1500)).toISOString();
      assert.deepEqual(results, [at(0), null, date, null, at(2000), [at(3000), at(4000), at(5000)], 2000]);
      assert.equal(world.clock.now(), at(7000));
      assert.equal(remaining, 53_000);
    });

    it("is not moved by timers that stand beside a call", async () => {
      const startedAt = world.clock.now();
      const { results } = await invoke(["listBesideTimer", 1], ["listBesideTimer", 50_000], ["yield"]);
      assert.deepEqual(results, [startedAt, startedAt, "yielded"]);
      assert.equal(world.clock.now(), startedAt);
    });

    it("moves although an answer's body was left unread", async () => {
      await invoke(["put", "x"]);
      const startedAt = world.clock.now();
      await invoke(["unreadObject"], ["sleep", 1000]);
      assert.equal(world.clock.now(), startedAt + 1000);
    });

    it("freezes the environment between invocations: a timer left behind fires in the next one", async () => {
      await invoke(["leaveTimer", 5000]);
      await world.clock.advance(DAY);
      assert.ok(!messages().includes("left behind"));
      const { results } = await invoke(["yield"], ["now"]);
      assert.equal(results[1], world.clock.now());
      assert.ok(messages().includes("left behind"));
    });

    it("ends a function that sleeps beyond its timeout, at the timeout", async () => {
      const startedAt = world.clock.now();
      const { error, errorType, errorMessage } = await invoke(["sleep", 61_000]);
      assert.deepEqual([error, errorType], ["Unhandled", "Sandbox.Timedout"]);
      assert.match(errorMessage, /Task timed out after 60\.00 seconds/);
      assert.equal(world.clock.now(), startedAt + 60_000);
      assert.equal((await invoke()).invocations, 1);
    });

    it("ends a function that waits for nothing, as Node.js ends", async () => {
      const { errorType, errorMessage } = await invoke(["hang"]);
      assert.equal(errorType, "Runtime.ExitError");
      assert.match(errorMessage, /exit status 13/);
    });
  });

  describe("an environment", () => {
    it("stays warm: module state survives until the code or configuration changes", async () => {
      assert.equal((await invoke()).invocations, 1);
      await world.clock.advance(30 * DAY);
      assert.equal((await invoke()).invocations, 2);
      updateFunction(scope, "probe", { environment: { STORE_BUCKET: "other" } });
      const changed = await invoke(["environment", "STORE_BUCKET"]);
      assert.deepEqual([changed.invocations, changed.results], [1, ["other"]]);
    });

    it("is replaced after a crash, and one call tells how it ended", async () => {
      await invoke();
      const { error, errorType, errorMessage } = await invoke(["exit", 3]);
      assert.deepEqual([error, errorType], ["Unhandled", "Runtime.ExitError"]);
      assert.match(errorMessage, /exit status 3/);
      assert.equal((await invoke()).invocations, 1);
    });

    it("survives an error of the handler, which is reported with its type", async () => {
      const { error, errorType, errorMessage } = await invoke(["throw", "no such thing"]);
      assert.deepEqual([error, errorType, errorMessage], ["Unhandled", "TypeError", "no such thing"]);
      assert.equal((await invoke()).invocations, 2);
    });

    it("reports code that can not be loaded", async () => {
      updateFunction(scope, "probe", { handler: "missing.handler" });
      assert.equal((await invoke()).errorType, "Runtime.ImportModuleError");
      updateFunction(scope, "probe", { handler: "index.missing" });
      assert.equal((await invoke()).errorType, "Runtime.HandlerNotFound");
    });

    it("needs a folder of code, and says so", async () => {
      updateFunction(scope, "probe", { code: "/no/such/folder" });
      await assert.rejects(invoke(), /Code of function probe: got \/no\/such\/folder, expected a folder/);
    });

    it("is not shared by invocations that overlap", async () => {
      const [one, two] = await Promise.all([invoke(["sleep", 1000]), invoke(["sleep", 1000])]);
      assert.deepEqual([one.invocations, two.invocations], [1, 1]);
      assert.notEqual(one.requestId, two.requestId);
    });

    it("is the only one where concurrency is reserved: the second call is throttled", async () => {
      updateFunction(scope, "probe", { reservedConcurrentExecutions: 1 });
      const outcomes = await Promise.allSettled([invoke(["sleep", 1000]), invoke(["sleep", 1000])]);
      const refused = outcomes.find(({ status }) => status === "rejected") as PromiseRejectedResult;
      assert.deepEqual(outcomes.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
      assert.equal(refused.reason.name, "TooManyRequestsException");
    });

    it("is killed where a fault kills one of its calls", async () => {
      world.gate.faults = (call) => (call.operation === "ListTaskDefinitions" ? { before: "kill" } : undefined);
      const { errorType } = await invoke(["list"]);
      assert.equal(errorType, "Runtime.ExitError");
      world.gate.faults = undefined;
      assert.equal((await invoke(["list"])).invocations, 1);
    });

    it("calls AWS as a session of the function's role, which IAM confines", async () => {
      registerTaskDefinition(scope, { family: "checkout", containerDefinitions: [{ name: "app", image: "app:1" }] });
      const { results } = await invoke(["whoAmI"], ["list"], ["put", "body"], ["get"], ["environment", "AWS_REGION"]);
      assert.equal(results[0], `arn:aws:sts::${account}:assumed-role/function/probe`);
      assert.deepEqual(results[1], [`arn:aws:ecs:${region}:${account}:task-definition/checkout:1`]);
      assert.deepEqual(results.slice(3), ["body", region]);
      putRolePolicy(scope, "function", "all", JSON.stringify({ Version: "2012-10-17", Statement: [] }));
      assert.equal((await invoke(["list"])).errorType, "AccessDeniedException");
    });

    it("does not start under a role that does not trust Lambda", async () => {
      const roleArn = role("stranger", "ec2.amazonaws.com", ["*"]);
      updateFunction(scope, "probe", { roleArn });
      await assert.rejects(invoke(), (error: AwsError) => error.name === "AccessDenied");
    });
  });

  describe("logs", () => {
    it("hold what was printed, each line at its own simulated time, between START and END", async () => {
      const startedAt = world.clock.now();
      await invoke(["say", "one"], ["sleep", 2000], ["complain", "two"]);
      const events = logEvents(scope, "/aws/lambda/probe");
      assert.deepEqual(
        events.map(({ message }) => message.split(" ")[0]),
        ["START", "one", "two", "END", "REPORT"],
      );
      assert.deepEqual(
        events.slice(1, 3).map(({ timestamp }) => timestamp - startedAt),
        [0, 2000],
      );
    });

    it("are lost, and nothing else, where the role may not write them", async () => {
      deleteRolePolicy(scope, "function", "all");
      assert.equal((await invoke(["say", "unheard"])).error, undefined);
      assert.deepEqual(messages(), []);
      const refused = world.gate.calls.filter(({ service, decision }) => service === "logs" && decision === "denied");
      assert.deepEqual(
        refused.map(({ operation }) => operation),
        ["CreateLogStream", "PutLogEvents"],
      );
    });
  });

  describe("an asynchronous invocation", () => {
    const started = () => messages().filter((message) => message.startsWith("START")).length;

    it("is tried again after one and two minutes, then told to the on-failure destination", async () => {
      const queue = createQueue(scope, { name: "failures" });
      target.eventInvoke = { onFailureArn: queue.arn };
      const startedAt = world.clock.now();
      await invokeLater(["throw", "always"]);
      await world.clock.settled();
      assert.deepEqual([started(), world.clock.now() - startedAt], [3, 180_000]);
      const [message] = queue.messages.map(({ body }) => JSON.parse(body));
      assert.equal(queue.messages.length, 1);
      assert.equal(message.requestContext.condition, "RetriesExhausted");
      assert.equal(message.requestContext.approximateInvokeCount, 3);
      assert.deepEqual(message.requestPayload, { steps: [["throw", "always"]] });
      assert.equal(message.responsePayload.errorMessage, "always");
    });

    it("is not tried again where retries are off", async () => {
      target.eventInvoke = { maximumRetryAttempts: 0 };
      await invokeLater(["throw", "once"]);
      await world.clock.settled();
      assert.equal(started(), 1);
    });

    it("waits where it is throttled, and does not count that as an attempt", async () => {
      target.eventInvoke = { maximumRetryAttempts: 0 };
      updateFunction(scope, "probe", { reservedConcurrentExecutions: 1 });
      await Promise.all([invokeLater(["sleep", 30_000]), invokeLater(["sleep", 30_000])]);
      await world.clock.settled();
      assert.equal(started(), 2);
    });
  });

  describe("a schedule", () => {
    const started = () =>
      logEvents(scope, "/aws/lambda/probe")
        .filter(({ message }) => message.startsWith("START"))
        .map(({ timestamp }) => new Date(timestamp).toISOString());

    function schedule(expression: string, settings: { roleArn?: string; deadLetterArn?: string } = {}) {
      const roleArn = settings.roleArn ?? role("scheduler", "scheduler.amazonaws.com", ["lambda:InvokeFunction"]);
      const input = JSON.stringify({ steps: [["say", "at <aws.scheduler.scheduled-time>"]] });
      const fired = { arn: target.arn, input, ...settings, roleArn };
      putSchedule(scope, { name: "daily", group: "default", expression, state: "ENABLED", target: fired });
      return fired;
    }

    it("fires at a rate, at once and then by its own rhythm, until it is disabled", async () => {
      const fired = schedule("rate(1 day)");
      await world.clock.advance(2.5 * DAY);
      assert.deepEqual(started(), ["2026-01-05T00:00:00.000Z", "2026-01-06T00:00:00.000Z", "2026-01-07T00:00:00.000Z"]);
      assert.ok(messages().includes("at 2026-01-06T00:00:00Z"));
      putSchedule(scope, {
        name: "daily",
        group: "default",
        expression: "rate(1 day)",
        state: "DISABLED",
        target: fired,
      });
      await world.clock.advance(2 * DAY);
      assert.equal(started().length, 3);
    });

    it("fires by cron", async () => {
      schedule("cron(30 3 ? * MON-FRI *)");
      await world.clock.advance(7 * DAY);
      assert.deepEqual(
        started().map((time) => time.slice(8, 16)),
        ["05T03:30", "06T03:30", "07T03:30", "08T03:30", "09T03:30"],
      );
      deleteSchedule(scope, "default", "daily");
      await world.clock.advance(7 * DAY);
      assert.equal(started().length, 5);
    });

    it("fires under its role only: without the right to invoke, the event goes to the dead-letter queue", async () => {
      const queue = createQueue(scope, { name: "dead-letters" });
      const roleArn = role("powerless", "scheduler.amazonaws.com", ["sqs:SendMessage"]);
      schedule("rate(1 day)", { roleArn, deadLetterArn: queue.arn });
      await world.clock.advance(DAY / 2);
      assert.deepEqual(started(), []);
      assert.equal(queue.messages.length, 1);
    });

    it("tells the role's trust policy its schedule group and account", async () => {
      const theirs = {
        StringEquals: { "aws:SourceArn": `arn:aws:scheduler:${region}:${account}:schedule-group/other` },
      };
      const mine = {
        StringEquals: { "aws:SourceArn": `arn:aws:scheduler:${region}:${account}:schedule-group/default` },
      };
      const act = ["lambda:InvokeFunction"];
      schedule("rate(1 day)", { roleArn: role("theirs", "scheduler.amazonaws.com", act, theirs) });
      await world.clock.advance(DAY / 2);
      assert.deepEqual(started(), []);
      schedule("rate(2 days)", { roleArn: role("mine", "scheduler.amazonaws.com", act, mine) });
      await world.clock.advance(DAY / 2);
      assert.equal(started().length, 1);
    });
  });

  it("leaves no process behind once it is closed", async () => {
    const { results } = await invoke(["environment", "AWS_LAMBDA_RUNTIME_API"], ["environment", "AWS_ENDPOINT_URL"]);
    await lambda.close();
    await assert.rejects(fetch(`http://${results[0]}/`), /fetch failed/);
    await assert.rejects(fetch(results[1]), /fetch failed/);
    await assert.rejects(invoke(), (error: AwsError) => error.statusCode === 501);
  });
});
