import assert from "node:assert/strict";
import { type StoredRunOptions, storedRun } from "../../cleanup/stored-run";
import { accountStatements, cleanupStatements, ownStatements } from "../../permissions/cleanup";
import { policyDocument } from "../../permissions/statement";
import { cleanupTrust } from "../../permissions/trust";
import { newLedger } from "../../retention/ledger";
import { policyHash, readPolicy } from "../../retention/policy";
import type { Report, RetentionPolicy } from "../../retention/types";
import { AwsError, type World } from "../../simulator";
import { createRole, putRolePolicy, updateTrust } from "../../simulator/services/iam";
import { createBucket, getObject, listKeys, putObject } from "../../simulator/services/s3";
import { openSession } from "../../simulator/services/sts";
import { connectTo } from "../../simulator/wire/middleware";
import {
  ACCOUNT,
  arnOf,
  callsOf,
  DAY,
  deregister,
  failing,
  gapsOf,
  keyOf,
  LEASE,
  ledgerOf,
  MINUTE,
  newWorld,
  outcomes,
  outcomesOf,
  REGION,
  register,
  revisionsOf,
  STATE,
  scopeOf,
  state,
} from "./support";

const BUCKET = "retention-store";
const SCOPE = { partition: "aws", account: ACCOUNT, region: REGION };
const ROLE_PATH = `/ecs-retention/${REGION}/`;
const FUNCTION_ROLE = `ecs-retention-${REGION}`;

/** An account with the store and the function's role as components make them. */
async function account(families: string[]): Promise<World> {
  const world = newWorld();
  const scope = scopeOf(world);
  createBucket(scope, { name: BUCKET });
  createRole(scope, { name: FUNCTION_ROLE, trust: policyDocument([]) });
  const own = {
    bucket: BUCKET,
    logGroup: "/aws/lambda/cleanup",
    queueArn: `arn:aws:sqs:${REGION}:${ACCOUNT}:failures`,
  };
  const statements = [...accountStatements(SCOPE, ROLE_PATH), ...ownStatements(SCOPE, own)];
  putRolePolicy(scope, FUNCTION_ROLE, "run", policyDocument(statements));
  for (const family of families) {
    await register(world, family, 8);
    deregister(world, family, 1, 3);
    deploy(world, family);
    putObject(scope, { bucket: BUCKET, key: ledgerOf(family), body: JSON.stringify(newLedger(Date.UTC(2020, 0))) });
  }
  await world.clock.advance(10 * DAY);
  return world;
}

/** Registers a policy together with its cleanup role. */
function deploy(world: World, family: string): void {
  const scope = scopeOf(world);
  const taskDefinitions = { keepRevisions: 3, keepSuccessful: 0, keepFor: "0h", unusedFor: "0h" };
  const { policy } = readPolicy({ family, mode: "enforce", taskDefinitions });
  const role = `cleanup-${family}`;
  const functionRole = `arn:aws:iam::${ACCOUNT}:role/${FUNCTION_ROLE}`;
  createRole(scope, {
    name: role,
    path: ROLE_PATH,
    trust: policyDocument(cleanupTrust(SCOPE, functionRole, policyHash(policy))),
  });
  putRolePolicy(scope, role, "remove", policyDocument(cleanupStatements(SCOPE, { family, familyMatch: "exact" })));
  write(world, family, policy);
}

function write(world: World, family: string, policy: unknown): void {
  const cleanupRoleArn = `arn:aws:iam::${ACCOUNT}:role${ROLE_PATH}cleanup-${family}`;
  const body = JSON.stringify({ version: 1, policy, cleanupRoleArn });
  putObject(scopeOf(world), { bucket: BUCKET, key: keyOf(family), body });
}

let runs = 0;

async function runStored(world: World, more: Partial<StoredRunOptions> = {}) {
  const { report, key = "" } = await resultOfStored(world, more);
  return { report: report ?? assert.fail("it did not run"), key };
}

function resultOfStored(world: World, more: Partial<StoredRunOptions> = {}) {
  const scope = scopeOf(world);
  const role = world.services.iam.of(ACCOUNT).roles.get(FUNCTION_ROLE);
  const session = openSession(scope, role ?? assert.fail("no role"), { name: "function" });
  return world.clock.actor(() =>
    storedRun({
      connect: connectTo(world, session, REGION),
      clock: world.clock,
      bucket: BUCKET,
      account: ACCOUNT,
      region: REGION,
      runId: `run-${++runs}`,
      settings: { acknowledgedGaps: [], ignoredSources: [] },
      deadline: world.clock.now() + 15 * MINUTE,
      ...more,
    }),
  );
}

const stored = (world: World, key: string) =>
  JSON.parse(getObject(scopeOf(world), BUCKET, key)?.body.toString() ?? "null");

describe("the deployed run", () => {
  it("removes for each service under its own role, and leaves its report in the store", async () => {
    const world = await account(["checkout", "basket"]);
    const { report, key } = await runStored(world, { runId: "first" });
    for (const family of ["checkout", "basket"]) {
      assert.deepEqual(new Set(outcomesOf(report, family).map((each) => each.split(" ")[2])), new Set(["done"]));
      assert.deepEqual(revisionsOf(world, family, "ACTIVE"), [6, 7, 8]);
    }
    assert.deepEqual(gapsOf(report), []);
    assert.match(key, /^reports\/\d{4}-\d\d-\d\d\/first\.json$/);
    assert.deepEqual(stored(world, key), report);
    assert.equal(report.calls["sts:AssumeRole"], 2);
    // Lease, two registrations and their ledgers, state; of the lease's own writes none is read back.
    assert.equal(report.calls["s3:GetObject"], 6);

    const removing = world.gate.calls.filter(({ operation }) => /^De(register|lete)TaskDefinition/.test(operation));
    for (const { principal, resources } of removing) {
      assert.match(principal, /assumed-role\/cleanup-(checkout|basket)\/first$/);
      const family = /cleanup-(\w+)/.exec(principal)?.[1] ?? "";
      for (const arn of resources) assert.ok(arn === "*" || arn.startsWith(arnOf(`${family}:`)), arn);
    }
    assert.deepEqual(
      world.gate.calls.filter(({ decision }) => decision === "denied"),
      [],
    );
  });

  it("is refused by IAM where a registration was edited, and removes for the others", async () => {
    const world = await account(["checkout", "basket"]);
    const edited = structuredClone(stored(world, keyOf("checkout")).policy) as RetentionPolicy;
    edited.taskDefinitions.keepRevisions = 1;
    write(world, "checkout", edited);
    const { report } = await runStored(world);
    assert.deepEqual(
      callsOf(world, "AssumeRole")
        .map(({ decision }) => decision)
        .sort(),
      ["allowed", "denied"],
    );
    const service = (of: Report) => of.services.find(({ registration }) => registration === keyOf("checkout"));
    assert.deepEqual(service(report)?.problems, []);
    assert.ok(service(report)?.notes.some((note) => /^policy and role differ: being deployed, or edited/.test(note)));
    assert.ok(outcomes(report, "checkout").every(({ postponedBy }) => postponedBy === "refused"));
    assert.deepEqual(stored(world, STATE).refused, [keyOf("checkout")]);
    assert.equal(stored(world, STATE).pending, false);
    assert.equal(revisionsOf(world, "checkout", "ACTIVE").length, 5);
    assert.equal(revisionsOf(world, "basket", "ACTIVE").length, 3);

    const { report: second } = await runStored(world);
    assert.match(service(second)?.problems[0]?.fix ?? "", /^policy and role differ: being deployed, or edited/);

    const { policy } = stored(world, STATE).lastClaims[keyOf("checkout")];
    write(world, "checkout", { ...policy, taskDefinitions: { ...policy.taskDefinitions, keepRevisions: 3 } });
    const { report: mended } = await runStored(world);
    assert.deepEqual(service(mended)?.problems, []);
    assert.deepEqual(stored(world, STATE).refused, []);
    assert.equal(revisionsOf(world, "checkout", "ACTIVE").length, 3);
  });

  it("cannot remove with a role that belongs to another family", async () => {
    const world = await account(["checkout", "basket"]);
    const scope = scopeOf(world);
    // Somebody who may change roles lets checkout's policy open basket's role.
    const trust = world.services.iam.of(ACCOUNT).roles.get("cleanup-checkout")?.trust ?? "";
    updateTrust(scope, "cleanup-basket", trust);
    const { policy } = stored(world, keyOf("checkout"));
    const cleanupRoleArn = `arn:aws:iam::${ACCOUNT}:role${ROLE_PATH}cleanup-basket`;
    putObject(scope, { bucket: BUCKET, key: keyOf("checkout"), body: JSON.stringify({ policy, cleanupRoleArn }) });
    await runStored(world);
    const deletions = callsOf(world, "DeleteTaskDefinitions").filter(({ principal }) => principal.includes("basket"));
    assert.ok(deletions.some(({ decision }) => decision === "denied"));
    assert.deepEqual(revisionsOf(world, "checkout", "DELETE_IN_PROGRESS"), []);
  });

  it("lets one service's broken registration end that service's part alone", async () => {
    const world = await account(["checkout", "basket"]);
    write(world, "checkout", { family: "checkout", mode: "enforce", taskDefinitions: { keepRevisions: 0 } });
    putObject(scopeOf(world), { bucket: BUCKET, key: "policies/shop/prod/not-json.json", body: "{" });
    const before = state(world).filter((each) => each.startsWith("checkout"));
    const { report } = await runStored(world);
    const problems = report.services.map(({ problems }) => problems.map(({ path }) => path).join());
    assert.deepEqual(problems.sort(), ["", "policies/shop/prod/not-json.json", "taskDefinitions.keepRevisions"]);
    assert.deepEqual(
      state(world).filter((each) => each.startsWith("checkout")),
      before,
    );
    assert.equal(revisionsOf(world, "basket", "ACTIVE").length, 3);
  });

  it("stops all removal where something of the account cannot be read", async () => {
    const world = await account(["checkout", "basket"]);
    const before = state(world);
    failing(world, "ListClusters", { before: new AwsError("AccessDeniedException", "no") });
    const { report } = await runStored(world);
    assert.equal(gapsOf(report).length, 1);
    assert.deepEqual(state(world), before);
    assert.deepEqual(callsOf(world, "AssumeRole"), []);
  });

  it("remembers what failed until it is removed, and forgets it then", async () => {
    const world = await account(["checkout"]);
    failing(world, "DeleteTaskDefinitions", { before: new AwsError("InvalidParameterException", "no") });
    await runStored(world);
    const failed = [3, 2, 1].map((revision) => arnOf(`checkout:${revision}`));
    assert.deepEqual(stored(world, STATE).failed, failed);

    // A run without time for them must not forget them.
    await runStored(world, { deadline: world.clock.now() + 91_000 });
    assert.deepEqual(stored(world, STATE).failed, failed);

    world.gate.faults = undefined;
    await runStored(world);
    assert.deepEqual(stored(world, STATE).failed, []);
    assert.deepEqual(revisionsOf(world, "checkout", "DELETE_IN_PROGRESS"), [1, 2, 3]);
  });

  it("gives way where another run wrote its own memory meanwhile, and says of one that it does not understand", async () => {
    const world = await account(["checkout"]);
    for (const body of ["{", "[]", "null", '{"version":2,"failed":["x"]}']) {
      putObject(scopeOf(world), { bucket: BUCKET, key: STATE, body });
      const { report } = await runStored(world);
      assert.ok(
        report.services[0]?.notes.some((note) => note.startsWith(STATE)),
        body,
      );
      assert.deepEqual(stored(world, STATE).failed, []);
    }
    const other = { version: 1, failed: ["other"] };
    world.gate.faults = ({ operation, resources }) => {
      if (operation === "PutObject" && resources[0]?.includes("/reports/")) {
        putObject(scopeOf(world), { bucket: BUCKET, key: STATE, body: JSON.stringify(other) });
      }
      return undefined;
    };
    await runStored(world);
    assert.deepEqual(stored(world, STATE), other);
  });

  it("ends at once, successfully, where another run holds the lease, and where nothing is to be continued", async () => {
    const world = await account(["checkout"]);
    const before = state(world);
    const lease = { version: 1, number: 7, runId: "other", expiresAt: world.clock.now() + MINUTE };
    putObject(scopeOf(world), { bucket: BUCKET, key: LEASE, body: JSON.stringify(lease) });
    for (const more of [{}, { mode: "report" as const }]) {
      const { held } = await resultOfStored(world, more);
      assert.deepEqual(held, { runId: "other", until: lease.expiresAt });
    }
    assert.deepEqual(await resultOfStored(world, { continue: true }), { idle: true });
    assert.deepEqual(state(world), before);
    assert.deepEqual(callsOf(world, "ListTaskDefinitions"), []);

    putObject(scopeOf(world), { bucket: BUCKET, key: STATE, body: JSON.stringify({ version: 1, pending: true }) });
    assert.equal((await resultOfStored(world, { continue: true })).held?.runId, "other");
    await world.clock.advance(2 * MINUTE);
    const { report } = await resultOfStored(world, { continue: true });
    assert.ok(report && outcomes(report, "checkout").every(({ result }) => result === "done"));
    assert.equal(stored(world, STATE).pending, false);
    assert.deepEqual(await resultOfStored(world, { continue: true }), { idle: true });
  });

  it("continues what it had no time for, and not what a limit postponed", async () => {
    const world = await account(["checkout"]);
    const { report } = await runStored(world, { deadline: world.clock.now() + 91_500 });
    assert.ok(outcomes(report, "checkout").some(({ postponedBy }) => postponedBy === "time"));
    assert.equal(stored(world, STATE).pending, true);
    assert.ok((await resultOfStored(world, { continue: true })).report);
    assert.equal(stored(world, STATE).pending, false);

    const { policy } = stored(world, keyOf("checkout"));
    const scope = scopeOf(world);
    await register(world, "checkout", 4);
    await world.clock.advance(2 * DAY);
    const limited = { ...policy, limits: { maxRemovals: 1 } };
    const role = `arn:aws:iam::${ACCOUNT}:role/${FUNCTION_ROLE}`;
    updateTrust(scope, "cleanup-checkout", policyDocument(cleanupTrust(SCOPE, role, policyHash(limited))));
    write(world, "checkout", limited);
    const { report: second } = await runStored(world);
    const postponed = outcomes(second, "checkout").filter(({ result }) => result === "postponed");
    assert.ok(postponed.length >= 3 && postponed.every(({ postponedBy }) => postponedBy === "limit"));
    assert.ok((second.services[0]?.backlogEnds ?? 0) > world.clock.now() + 2 * DAY);
    assert.equal(stored(world, STATE).pending, false);
  });

  it("refuses a service that nobody registered, by name, before it reads anything", async () => {
    const world = await account(["checkout"]);
    await assert.rejects(
      runStored(world, { services: ["chekout"] }),
      /services: got "chekout", expected one of .*checkout/,
    );
    assert.deepEqual(callsOf(world, "ListTaskDefinitions"), []);
  });

  it("changes nothing in mode report but its own report", async () => {
    const world = await account(["checkout"]);
    const before = state(world);
    const { report, key } = await runStored(world, { mode: "report" });
    assert.deepEqual(state(world), before);
    const facts = `facts/${ACCOUNT}-${REGION}/000001.jsonl`;
    assert.deepEqual(listKeys(scopeOf(world), BUCKET), [
      ...[facts, LEASE, ledgerOf("checkout"), keyOf("checkout"), key, STATE],
    ]);
    assert.equal((stored(world, key) as Report).mode, report.mode);
  });

  it("fails as a whole where the store cannot be read, removing nothing", async () => {
    const world = await account(["checkout"]);
    failing(world, "ListObjectsV2", { before: new AwsError("AccessDenied", "no", 403) });
    await assert.rejects(runStored(world), /s3:ListObjectsV2: AccessDenied/);
    assert.equal(revisionsOf(world, "checkout", "ACTIVE").length, 5);
  });
});
