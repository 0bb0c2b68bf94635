import assert from "node:assert/strict";
import { Logger } from "@aws-lambda-powertools/logger";
import type { Context } from "aws-lambda";
import { cleanupHandler, handler } from "../../handlers/cleanup";
import { newLedger } from "../../retention/ledger";
import { policyHash } from "../../retention/policy";
import { AwsError, type World } from "../../simulator";
import { tagTaskDefinition } from "../../simulator/services/ecs-definitions";
import { createRole, putRolePolicy } from "../../simulator/services/iam";
import { createBucket, getObject, putObject } from "../../simulator/services/s3";
import {
  ACCOUNT,
  connectAdmin,
  DAY,
  failing,
  keyOf,
  LEASE,
  ledgerOf,
  MINUTE,
  newWorld,
  REGION,
  register,
  revisionsOf,
  SECRET,
  STATE,
  scopeOf,
} from "../cleanup/support";

const POLICY = {
  version: 1,
  family: "checkout",
  mode: "enforce",
  taskDefinitions: { keepRevisions: 3, keepSuccessful: 0, keepFor: "0h", unusedFor: "0h" },
};

async function account(policy: object = POLICY): Promise<World> {
  const world = newWorld();
  const scope = scopeOf(world);
  await register(world, "checkout", 6);
  await world.clock.advance(2 * DAY);
  createBucket(scope, { name: "store" });
  const principal = { AWS: `arn:aws:iam::${ACCOUNT}:root` };
  const condition = { StringEquals: { "sts:ExternalId": policyHash(policy) } };
  const trust = { Effect: "Allow", Principal: principal, Action: "sts:AssumeRole", Condition: condition };
  const { arn } = createRole(scope, {
    name: "cleanup",
    trust: JSON.stringify({ Version: "2012-10-17", Statement: [trust] }),
  });
  const all = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "ecs:*", Resource: "*" }] };
  putRolePolicy(scope, "cleanup", "all", JSON.stringify(all));
  putObject(scope, { bucket: "store", key: keyOf("checkout"), body: JSON.stringify({ policy, cleanupRoleArn: arn }) });
  const ledger = JSON.stringify(newLedger(Date.UTC(2020, 0)));
  putObject(scope, { bucket: "store", key: ledgerOf("checkout"), body: ledger });
  return world;
}

/** Invokes the handler as Lambda does; gives what it returned, log lines and metrics. */
async function invokeAs(world: World, event: unknown, lines: Record<string, unknown>[] = []) {
  const metrics: Record<string, number> = {};
  let published = 0;
  const write = (line: string) => void lines.push(JSON.parse(line));
  const logger = new Logger({ serviceName: "ecs-retention" });
  Object.assign(logger, { console: { debug: write, info: write, warn: write, error: write, log: write } });
  const invocation = cleanupHandler({
    connect: connectAdmin(world),
    clock: world.clock,
    region: REGION,
    bucket: "store",
    settings: { acknowledgedGaps: [], ignoredSources: [] },
    logger,
    metrics: {
      addMetric: (name, _unit, value) => void Object.assign(metrics, { [name]: value }),
      publishStoredMetrics: () => void published++,
    },
  });
  const context = {
    awsRequestId: "b5c9d1f0-0000-4000-8000-000000000001",
    invokedFunctionArn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:cleanup`,
    getRemainingTimeInMillis: () => 15 * MINUTE,
  } as Context;
  const summary = await world.clock.actor(() => invocation(event, context));
  return { summary, lines, metrics, published };
}

/** The same where it runs. */
async function invoke(world: World, event: unknown, lines: Record<string, unknown>[] = []) {
  const { summary, published, metrics } = await invokeAs(world, event, lines);
  assert.equal(published, 1);
  assert.ok("report" in summary);
  return { answer: summary, lines, metrics };
}

describe("the cleanup handler", () => {
  it("runs on what the schedule sends and answers with a summary and the report's key", async () => {
    const world = await account();
    const { answer, metrics } = await invoke(world, {});
    assert.deepEqual(
      { ...answer, report: "" },
      {
        runId: "b5c9d1f0-0000-4000-8000-000000000001",
        report: "",
        services: 1,
        refused: 0,
        gaps: 0,
        removed: 3,
        failed: 0,
        spared: 0,
        postponed: 0,
      },
    );
    assert.ok(getObject(scopeOf(world), "store", answer.report));
    assert.deepEqual(revisionsOf(world, "checkout", "ACTIVE"), [4, 5, 6]);
    assert.deepEqual(metrics, {
      RevisionsRemoved: 3,
      RemovalsFailed: 0,
      RevisionsSpared: 0,
      RemovalsPostponed: 0,
      ServicesRefused: 0,
      CompletedFullRuns: 1,
    });
  });

  it("logs JSON lines with the run's id, a line for every removal, and no environment value", async () => {
    const world = await account();
    const { lines, answer } = await invoke(world, {});
    assert.ok(lines.every(({ runId }) => runId === answer.runId));
    assert.equal(lines.filter(({ message }) => message === "removal").length, 3);
    assert.equal(lines.at(-1)?.message, "run ended");
    assert.ok(!JSON.stringify(lines).includes(SECRET));
  });

  it("names the service in its lines under a key that the logger does not keep for itself", async () => {
    const world = await account();
    const { warn } = console;
    const warnings: unknown[] = [];
    console.warn = (...args) => void warnings.push(args);
    try {
      const { lines } = await invoke(world, {});
      assert.equal(lines.find(({ message }) => message === "planned")?.serviceName, "checkout");
    } finally {
      console.warn = warn;
    }
    assert.deepEqual(warnings, []);
  });

  it("logs every removal also where the report cannot be written afterwards", async () => {
    const world = await account();
    const denied = { before: new AwsError("AccessDenied", "no", 403) };
    world.gate.faults = ({ resources }) => (resources[0]?.includes("/reports/") ? denied : undefined);
    const lines: Record<string, unknown>[] = [];
    await assert.rejects(invoke(world, {}, lines), { message: /^reports\/.*: s3:PutObject: AccessDenied$/ });
    assert.deepEqual(revisionsOf(world, "checkout", "ACTIVE"), [4, 5, 6]);
    assert.equal(lines.filter(({ message }) => message === "removal").length, 3);
  });

  it("counts no full run where only some services were asked for, only planned, or the account was not read", async () => {
    const limited = await invoke(await account(), { services: ["checkout"] });
    assert.equal(limited.metrics.CompletedFullRuns, undefined);
    assert.equal(limited.answer.removed, 3);

    const planned = await invoke(await account(), { mode: "report" });
    assert.equal(planned.metrics.CompletedFullRuns, undefined);
    assert.equal(planned.answer.removed, 0);

    const world = await account();
    failing(world, "ListClusters", { before: new AwsError("AccessDeniedException", "no") });
    const unread = await invoke(world, {});
    assert.equal(unread.metrics.CompletedFullRuns, undefined);
    assert.equal(unread.lines[0]?.message, "not read");

    const unlisted = await account();
    failing(unlisted, "ListTaskDefinitions", { before: new AwsError("AccessDeniedException", "no") });
    assert.equal((await invoke(unlisted, {})).metrics.CompletedFullRuns, undefined);
  });

  it("answers without metrics where another run holds the lease, or nothing is to be continued", async () => {
    const world = await account();
    const idle = await invokeAs(world, { continue: true });
    assert.deepEqual(idle.summary, { runId: idle.summary.runId, nothing: "pending" });
    assert.deepEqual(
      idle.lines.map(({ level, message }) => [level, message]),
      [["INFO", "nothing to continue"]],
    );
    const lease = { version: 1, number: 1, runId: "other", expiresAt: world.clock.now() + MINUTE };
    putObject(scopeOf(world), { bucket: "store", key: LEASE, body: JSON.stringify(lease) });
    const held = await invokeAs(world, {});
    assert.deepEqual(held.summary, { runId: held.summary.runId, nothing: "held" });
    assert.deepEqual(
      held.lines.map(({ level, message }) => [level, message]),
      [["INFO", "another run holds the lease"]],
    );
    for (const { metrics, published } of [idle, held]) assert.deepEqual([metrics, published], [{}, 0]);
    assert.equal(revisionsOf(world, "checkout", "ACTIVE").length, 6);
  });

  it("counts a run that continues as a full one", async () => {
    const world = await account();
    putObject(scopeOf(world), { bucket: "store", key: STATE, body: JSON.stringify({ version: 1, pending: true }) });
    const { metrics, answer } = await invoke(world, { continue: true });
    assert.equal(metrics.CompletedFullRuns, 1);
    assert.equal(answer.removed, 3);
  });

  it("tells what was spared, what stopped it, and the notes of a service", async () => {
    const tagged = await account();
    tagTaskDefinition(scopeOf(tagged), "checkout:1", { "ecs-retention:keep-until": "2999-01-01" });
    const spared = await invoke(tagged, {});
    assert.deepEqual([spared.metrics.RevisionsSpared, spared.metrics.RevisionsRemoved], [1, 2]);
    assert.deepEqual(
      spared.lines.filter(({ message }) => message === "removal").map(({ level }) => level),
      ["INFO", "INFO", "INFO"],
    );

    const world = await account();
    putObject(scopeOf(world), { bucket: "store", key: "control/STOP", body: "" });
    assert.equal((await invoke(world, {})).lines.at(-1)?.stopped, "control/STOP");

    putObject(scopeOf(world), { bucket: "store", key: ledgerOf("checkout"), body: "{" });
    const { lines } = await invoke(world, {});
    assert.match(String(lines.find(({ message }) => message === "note")?.note), /^its ledger begins/);
  });

  it("counts a full run where every policy only reports", async () => {
    const { metrics, answer } = await invoke(await account({ ...POLICY, mode: "report" }), {});
    assert.equal(metrics.CompletedFullRuns, 1);
    assert.equal(answer.removed, 0);
  });

  it("refuses an event that it does not understand, naming what was given and what it takes", async () => {
    const wrong: [unknown, RegExp][] = [
      [{ service: "checkout" }, /event: service: got an unknown property, expected one of services, mode, continue/],
      [{ continue: false }, /event: continue: got false, expected true/],
      [{ mode: "enforce" }, /event: mode: got "enforce", expected "report"/],
      [{ services: [] }, /event: services: got a list of 0, expected a list/],
      [{ services: [7] }, /event: services: got a list of 1, expected a list/],
      [{ services: "checkout" }, /event: services: got "checkout"/],
      ["now", /event: got "now", expected an object/],
    ];
    for (const [event, message] of wrong) {
      const world = await account();
      await assert.rejects(invoke(world, event), { message });
      assert.deepEqual(revisionsOf(world, "checkout", "ACTIVE").length, 6);
    }
  });

  it("says what is missing or wrong in its environment", async () => {
    const before = { ...process.env };
    const fails = async (environment: Record<string, string>, message: RegExp) => {
      delete process.env.STORE_BUCKET;
      Object.assign(process.env, { AWS_REGION: REGION, ...environment });
      await assert.rejects(handler({}, {} as Context), message);
    };
    try {
      await fails({}, /^Error: STORE_BUCKET: got nothing, expected/);
      const STORE_BUCKET = "store";
      await fails({ STORE_BUCKET, SETTINGS: "{" }, /^Error: SETTINGS: got 1 characters that are not JSON/);
      const ignoredSources = [{ source: "tasks", reason: "none" }];
      const SETTINGS = JSON.stringify({ ignoredSources });
      await fails({ STORE_BUCKET, SETTINGS }, /^Error: SETTINGS: .*ignoredSources\[0\]\.source: got "tasks"/);
    } finally {
      process.env = before;
    }
  });
});
