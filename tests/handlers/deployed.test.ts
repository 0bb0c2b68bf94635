import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newLedger } from "../../retention/ledger";
import { policyHash } from "../../retention/policy";
import { bundleHandlers } from "../../scripts/bundle";
import type { World } from "../../simulator";
import { startLambda } from "../../simulator/lambda/index";
import { createRole, putRolePolicy } from "../../simulator/services/iam";
import { createFunction } from "../../simulator/services/lambda";
import { createLogGroup, logEvents } from "../../simulator/services/logs";
import { createBucket, putObject } from "../../simulator/services/s3";
import {
  ACCOUNT,
  callsOf,
  DAY,
  deregister,
  keyOf,
  ledgerOf,
  MINUTE,
  newWorld,
  register,
  revisionsOf,
  SECRET,
  scopeOf,
} from "../cleanup/support";

const POLICY = {
  version: 1,
  family: "checkout",
  mode: "enforce",
  taskDefinitions: { keepRevisions: 3, keepSuccessful: 0, keepFor: "0h", unusedFor: "0h" },
};

describe("the bundle as a function", () => {
  const folder = mkdtempSync(join(tmpdir(), "function-"));
  let world: World;
  let lambda: { close(): Promise<void> };

  before(async () => {
    await bundleHandlers({ outdir: folder });
  });
  after(() => rmSync(folder, { recursive: true }));

  beforeEach(async () => {
    world = newWorld();
    lambda = startLambda(world);
    const scope = scopeOf(world);
    createBucket(scope, { name: "store" });
    const roleArn = role("function", { Service: "lambda.amazonaws.com" }, [
      "ecs:List*",
      "ecs:Describe*",
      ...["events", "pipes", "scheduler", "states", "codedeploy"].map((service) => `${service}:*`),
      "s3:*",
      "logs:*",
      "sts:*",
    ]);
    const externalId = { StringEquals: { "sts:ExternalId": policyHash(POLICY) } };
    const root = { AWS: `arn:aws:iam::${ACCOUNT}:root` };
    const cleanupRoleArn = role("cleanup", root, ["ecs:De*TaskDefinition*"], externalId);
    const body = JSON.stringify({ policy: POLICY, cleanupRoleArn });
    putObject(scope, { bucket: "store", key: keyOf("checkout"), body });
    const ledger = JSON.stringify(newLedger(Date.UTC(2020, 0)));
    putObject(scope, { bucket: "store", key: ledgerOf("checkout"), body: ledger });
    createLogGroup(scope, { name: "/aws/lambda/cleanup" });
    createFunction(scope, {
      name: "cleanup",
      roleArn,
      handler: "index.handler",
      runtime: "nodejs24.x",
      code: join(folder, "handlers", "cleanup"),
      timeout: 900,
      memorySize: 512,
      environment: { STORE_BUCKET: "store" },
    });
    await register(world, "checkout", 10);
    deregister(world, "checkout", 1, 4);
    await world.clock.advance(10 * DAY);
  });
  afterEach(() => lambda.close());

  function role(name: string, principal: object, actions: string[], condition = {}): string {
    const trust = { Effect: "Allow", Principal: principal, Action: "sts:AssumeRole", Condition: condition };
    const { arn } = createRole(scopeOf(world), { name, trust: document(trust) });
    putRolePolicy(scopeOf(world), name, "all", document({ Effect: "Allow", Action: actions, Resource: "*" }));
    return arn;
  }

  const document = (statement: object) => JSON.stringify({ Version: "2012-10-17", Statement: [statement] });

  async function invoke(event: object = {}) {
    const answer = (await world.gate.call({
      principal: world.admin(ACCOUNT),
      region: "eu-central-1",
      service: "lambda",
      operation: "Invoke",
      input: { FunctionName: "cleanup", Payload: JSON.stringify(event) },
    })) as { FunctionError?: string; Payload: Buffer };
    return { error: answer.FunctionError, ...JSON.parse(answer.Payload.toString()) };
  }

  it("removes under its roles at the run's pace, and logs JSON lines without any environment value", async () => {
    const startedAt = world.clock.now();
    const { error, removed, report } = await invoke();
    assert.deepEqual([error, removed], [undefined, 7]);
    assert.match(report, /^reports\/.*\.json$/);
    assert.deepEqual(revisionsOf(world, "checkout", "ACTIVE"), [8, 9, 10]);
    const [first = 0, , last = 0] = callsOf(world, "DeregisterTaskDefinition").map(({ at }) => at);
    assert.ok(last - first >= 4000, "one in two seconds");
    assert.ok(last - startedAt < 20_000, "time moves only for what the run waits for");
    const lines = logEvents(scopeOf(world), "/aws/lambda/cleanup").map(({ message }) => message);
    assert.ok(
      lines.some((line) => line.includes('"run ended"')),
      lines.join("\n"),
    );
    assert.ok(lines.some((line) => line.includes("CompletedFullRuns")));
    assert.ok(!lines.join().includes(SECRET));
  }).timeout(60_000);

  it("that is killed while it removes ends, run again, where an undisturbed one does", async () => {
    world.gate.faults = ({ operation }) => {
      return operation === "DeleteTaskDefinitions" ? { after: "kill" } : undefined;
    };
    assert.ok((await invoke()).error);
    world.gate.faults = undefined;
    assert.equal((await invoke()).nothing, "held");
    await world.clock.advance(11 * MINUTE);
    assert.equal((await invoke()).error, undefined);
    assert.deepEqual(revisionsOf(world, "checkout", "ACTIVE"), [8, 9, 10]);
    assert.deepEqual(revisionsOf(world, "checkout", "INACTIVE"), [5, 6, 7]);
  }).timeout(60_000);

  it("answers an event that it does not understand with an error that names it, and removes nothing", async () => {
    const { error, errorMessage } = await invoke({ service: "checkout" });
    assert.ok(error);
    assert.match(errorMessage, /^event: service: got an unknown property/);
    assert.equal(revisionsOf(world, "checkout", "ACTIVE").length, 6);
  }).timeout(60_000);
});
