import assert from "node:assert/strict";
import { ReadError } from "../../aws/retry";
import { isGood } from "../../cleanup/registrations";
import type { AccountState, Ledger, Report, Store } from "../../retention/types";
import { AwsError, type World } from "../../simulator";
import { tagTaskDefinition } from "../../simulator/services/ecs-definitions";
import { createCluster, runTask, stopTask } from "../../simulator/services/ecs-services";
import {
  ACCOUNT,
  answering,
  arnOf,
  callsOf,
  connectAdmin,
  DAY,
  deregister,
  failing,
  HOUR,
  keyOf,
  LEASE,
  ledgerOf,
  MINUTE,
  newWorld,
  outcomes,
  outcomesOf,
  REGION,
  readJson,
  register,
  registered,
  resultOf,
  revisionsOf,
  runIn,
  STATE,
  scopeOf,
  storeOf,
  verdictsOf,
} from "./support";

const CHECKOUT = [registered("checkout")];

/** So many superseded ACTIVE revisions, and so many that have been INACTIVE for long. */
async function backlog(active: number, inactive = 0): Promise<World> {
  const world = newWorld(0);
  await register(world, "checkout", inactive + active + 3, MINUTE);
  deregister(world, "checkout", 1, inactive);
  await world.clock.advance(10 * DAY);
  createCluster(scopeOf(world), "shop");
  return world;
}

/** Does something while the nth removing call of a kind is answered. */
const during = (world: World, operation: string, nth: number, act: () => unknown) =>
  answering(connectAdmin(world), operation, async (output, now) => {
    if (now === nth) await act();
    return output;
  });

const runOf = (world: World, revision: number) =>
  runTask(scopeOf(world), { cluster: "shop", taskDefinition: `checkout:${revision}` });

/** How many removals ended how; of the postponed ones, by what. */
function counts(report: Report): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { result, postponedBy = result } of outcomes(report, "checkout")) {
    sums[postponedBy] = (sums[postponedBy] ?? 0) + 1;
  }
  return sums;
}

describe("a run in passes", () => {
  it("spares what came into use since it began, with the task that uses it, and removes the rest", async () => {
    const world = await backlog(170);
    let task = "";
    const connect = during(world, "DeregisterTaskDefinition", 20, () => {
      task = runOf(world, 165).arn;
    });
    const report = await runIn(world, CHECKOUT, { connect });
    assert.deepEqual(counts(report), { done: 169, spared: 1 });
    const spared = outcomes(report, "checkout").find(({ result }) => result === "spared");
    assert.equal(spared?.subject, arnOf("checkout:165"));
    assert.deepEqual(
      spared.references?.map(({ source, by }) => [source, by]),
      [["tasks", task]],
    );
    // Its verdict stays what it was when the run began.
    assert.ok(verdictsOf(report, "checkout").includes("165 deregister superseded"));
    assert.deepEqual(revisionsOf(world, "checkout", "ACTIVE"), [165, 171, 172, 173]);
  });

  it("leaves to the next run what only a later pass would remove", async () => {
    const world = await backlog(170);
    const task = runOf(world, 5);
    const connect = during(world, "DeregisterTaskDefinition", 20, async () => {
      stopTask(scopeOf(world), task);
      await world.clock.sleep(MINUTE);
    });
    const report = await runIn(world, CHECKOUT, { connect });
    assert.deepEqual(counts(report), { done: 169 });
    assert.deepEqual(revisionsOf(world, "checkout", "ACTIVE"), [5, 171, 172, 173]);
    await world.clock.advance(2 * DAY);
    assert.deepEqual(outcomesOf(await runIn(world, CHECKOUT), "checkout"), ["checkout:5 deregister done"]);
  });

  it("reads again where somebody took long to agree", async () => {
    const world = await backlog(4);
    let task: unknown;
    const confirm = async () => {
      await world.clock.sleep(20 * MINUTE);
      task = runOf(world, 2);
      return true;
    };
    const report = await runIn(world, CHECKOUT, { confirm, deadline: world.clock.now() + HOUR });
    assert.ok(task);
    assert.deepEqual(counts(report), { done: 3, spared: 1 });
    assert.equal(callsOf(world, "ListClusters").length, 2);
  });

  it("ends where AWS throttles, and says that the next run goes on", async () => {
    const world = await backlog(6);
    const store = await storeOf(CHECKOUT);
    const throttled = { before: new AwsError("ThrottlingException", "Rate exceeded") };
    failing(world, "DeregisterTaskDefinition", throttled, (nth) => nth === 3);
    const report = await runIn(world, CHECKOUT, { store });
    assert.deepEqual(counts(report), { done: 2, pace: 4 });
    assert.equal((await readJson<AccountState>(store, STATE)).pending, true);
  });

  it("lists again what describing made old: the newest revisions may be others by then", async () => {
    const world = await backlog(3);
    const connect = answering(connectAdmin(world), "DescribeTaskDefinition", async (output, nth) => {
      if (nth === 5) {
        deregister(world, "checkout", 4, 6);
        await world.clock.sleep(2 * MINUTE);
      }
      return output;
    });
    const report = await runIn(world, CHECKOUT, { connect });
    assert.deepEqual(counts(report), {});
    assert.deepEqual(revisionsOf(world, "checkout", "ACTIVE"), [1, 2, 3]);
  });

  it("begins no pass without two minutes for it", async () => {
    const world = await backlog(200);
    const report = await runIn(world, CHECKOUT, { deadline: world.clock.now() + 8 * MINUTE });
    assert.equal(callsOf(world, "ListClusters").length, 1);
    assert.ok((counts(report).time ?? 0) > 0);
  });
});

describe("before each batch a run", () => {
  it("looks for a stop, and tells what it found", async () => {
    const world = await backlog(170);
    const store = await storeOf(CHECKOUT);
    const connect = during(world, "DeregisterTaskDefinition", 20, () => store.put("control/STOP", "", "any"));
    const report = await runIn(world, CHECKOUT, { connect, store });
    assert.equal(report.stopped, "control/STOP");
    assert.ok((counts(report).stop ?? 0) > 10);
    assert.equal((await readJson<AccountState>(store, STATE)).pending, false);

    const before = revisionsOf(world, "checkout", "ACTIVE");
    const next = await runIn(world, CHECKOUT, { store });
    assert.deepEqual(Object.keys(counts(next)), ["stop"]);
    assert.deepEqual(revisionsOf(world, "checkout", "ACTIVE"), before);
  });

  it("leaves a service alone whose registration was written or removed meanwhile, and goes on with others", async () => {
    const world = await backlog(170);
    await register(world, "basket", 5, MINUTE);
    await world.clock.advance(2 * DAY);
    const store = await storeOf([...CHECKOUT, registered("basket")]);
    const etag = await store.put(keyOf("checkout"), "{}", "any");
    const connect = during(world, "DeregisterTaskDefinition", 20, () => store.put(keyOf("checkout"), "[]", "any"));
    const [checkout] = CHECKOUT.filter(isGood);
    assert.ok(checkout);
    const report = await runIn(world, [{ ...checkout, etag }, registered("basket")], { connect, store });
    assert.ok((counts(report).changed ?? 0) > 10);
    assert.deepEqual(
      outcomesOf(report, "basket"),
      [1, 2].map((revision) => `basket:${revision} deregister done`),
    );

    const gone = await runIn(world, [{ ...checkout, etag: "another" }], { store });
    assert.deepEqual(Object.keys(counts(gone)), ["changed"]);
  });

  it("counts what was removed in 24 hours against the limit, and tells when the backlog ends", async () => {
    const world = await backlog(5, 3);
    const limited = [registered("checkout", { limits: { maxRemovals: 6 } })];
    const store = await storeOf(limited);
    const first = await runIn(world, limited, { store });
    assert.deepEqual(counts(first), { done: 6, limit: 2 });
    // Deletions go first: a definition that is INACTIVE for long is nearer to its end.
    assert.equal(outcomesOf(first, "checkout").filter((each) => each.endsWith("delete done")).length, 3);
    const { removed } = await readJson<Ledger>(store, ledgerOf("checkout"));
    assert.deepEqual(
      removed.map(({ count }) => count),
      [6],
    );
    // Two deregistrations tomorrow, and their deletions after seven days more.
    const ends = (first.services[0]?.backlogEnds ?? 0) - world.clock.now();
    assert.ok(ends > 7 * DAY && ends <= 8 * DAY, `${ends / DAY} days`);

    await world.clock.advance(22 * HOUR);
    assert.deepEqual(counts(await runIn(world, limited, { store })), { limit: 2 });
    await world.clock.advance(2 * HOUR);
    const last = await runIn(world, limited, { store });
    assert.deepEqual(counts(last), { done: 2 });
    assert.equal(last.services[0]?.backlogEnds, undefined);
  });

  it("writes what it is about to remove, and afterwards what became of it", async () => {
    const world = await backlog(3, 12);
    const store = await storeOf(CHECKOUT);
    const journal = async () => {
      const [entry, ...others] = await store.list("journal/");
      assert.deepEqual(others, []);
      return readJson<{ intents: { subjects: string[] }[]; outcomes?: unknown[] }>(store, entry?.key ?? "");
    };
    let intent: Awaited<ReturnType<typeof journal>> | undefined;
    const connect = during(world, "DeregisterTaskDefinition", 1, async () => {
      intent = await journal();
    });
    const report = await runIn(world, CHECKOUT, { connect, store });
    assert.equal(intent?.outcomes, undefined);
    assert.equal(intent?.intents.flatMap(({ subjects }) => subjects).length, 15);
    const outcomeOf = (await journal()).outcomes;
    assert.deepEqual(outcomeOf, outcomes(report, "checkout"));
  });
});

describe("right before each removal a run", () => {
  it("reads the revision again, with its tags: held, gone or moved on, it is spared", async () => {
    const world = await backlog(4, 3);
    tagTaskDefinition(scopeOf(world), "checkout:2", { "ecs-retention:keep-until": "2999-01-01" });
    tagTaskDefinition(scopeOf(world), "checkout:4", { "ecs-retention:keep-until": "who knows" });
    tagTaskDefinition(scopeOf(world), "checkout:5", { "ecs-retention:keep-until": "2020-01-01" });
    const connect = during(world, "DeleteTaskDefinitions", 1, () => deregister(world, "checkout", 6, 6));
    const report = await runIn(world, CHECKOUT, { connect });
    assert.deepEqual(outcomesOf(report, "checkout").sort(), [
      "checkout:1 delete done",
      "checkout:2 delete spared",
      "checkout:3 delete done",
      "checkout:4 deregister spared",
      "checkout:5 deregister done",
      "checkout:6 deregister spared",
      "checkout:7 deregister done",
    ]);
    const causes = outcomes(report, "checkout").map(({ cause }) => cause);
    assert.ok(causes.includes("held by its tag ecs-retention:keep-until"));
    assert.ok(causes.includes("its status is INACTIVE now"));
    assert.deepEqual(
      callsOf(world, "DeleteTaskDefinitions").map(({ resources }) => resources),
      [[arnOf("checkout:1"), arnOf("checkout:3")]],
    );
  });

  it("archives what it deletes, and deletes nothing that could not be archived", async () => {
    const world = await backlog(0, 12);
    const store = await storeOf(CHECKOUT);
    const put: Store["put"] = async (key, body, ifMatch) => {
      if (!key.startsWith("archive/") || !key.includes("/7.")) return store.put(key, body, ifMatch);
      throw new ReadError(`${key}: s3:PutObject`, new AwsError("AccessDenied", "no", 403));
    };
    const report = await runIn(world, CHECKOUT, { store: { ...store, put } });
    assert.deepEqual(counts(report), { done: 11, failed: 1 });
    const failed = outcomes(report, "checkout").find(({ result }) => result === "failed");
    assert.equal(failed?.subject, arnOf("checkout:7"));
    assert.match(failed.cause ?? "", /^its JSON was not archived: .*s3:PutObject: AccessDenied$/);
    assert.deepEqual(revisionsOf(world, "checkout", "INACTIVE"), [7]);
    for (const { archived, result } of outcomes(report, "checkout")) {
      assert.deepEqual(archived?.missing, result === "done" ? ["app: environment TOKEN"] : undefined);
    }
    assert.equal((await store.list(`archive/${ACCOUNT}-${REGION}/checkout/`)).length, 11);
  });
});

describe("a run that another one overtakes", () => {
  for (const [what, overtake] of Object.entries({
    "took its lease": (store: Store) => {
      const lease = { version: 1, number: 9, runId: "other", expiresAt: Date.UTC(2999, 0) };
      return store.put(LEASE, JSON.stringify(lease), "any");
    },
    "wrote its ledger": (store: Store) => store.put(ledgerOf("checkout"), "{}", "any"),
  })) {
    it(`stops where that ${what}, tells what it did, and writes nothing that belongs to the other`, async () => {
      const world = await backlog(170);
      const store = await storeOf(CHECKOUT);
      const connect = during(world, "DeregisterTaskDefinition", 20, () => overtake(store));
      const told: Report[] = [];
      const { report } = await resultOf(world, CHECKOUT, { connect, store, onReport: (each) => told.push(each) });
      assert.ok(report);
      assert.deepEqual(told, [report]);
      const { done = 0, time = 0, ...others } = counts(report);
      assert.ok(done >= 20 && done < 160 && time > 0 && done + time === 170, `${done} and ${time}`);
      assert.deepEqual(others, {});
      assert.equal(await store.get(STATE), undefined);
    });
  }
});

describe("the descriptions of a run", () => {
  const described = (world: World) => callsOf(world, "DescribeTaskDefinition").filter(({ error }) => !error).length;

  it("are kept: a later run describes what is new, and what it removes", async () => {
    const world = await backlog(4, 3);
    const store = await storeOf(CHECKOUT);
    await runIn(world, CHECKOUT, { store });
    const first = described(world);
    assert.equal(first, 10 + 7);
    await runIn(world, CHECKOUT, { store });
    assert.equal(described(world), first);

    // Of what was deregistered here the answer told the date; of what somebody else deregistered nobody knows it yet.
    deregister(world, "checkout", 8, 8);
    await register(world, "checkout", 1);
    await runIn(world, CHECKOUT, { store });
    assert.equal(described(world), first + 2);
    await world.clock.advance(8 * DAY);
    const report = await runIn(world, CHECKOUT, { store });
    assert.deepEqual(counts(report), { done: 5 });
    assert.equal(described(world), first + 2 + 5);
  });

  it("take half of the time at most; the next run goes on where they ended, all services in turn", async () => {
    const world = await backlog(0, 400);
    await register(world, "basket", 30, MINUTE);
    const both = [registered("checkout"), registered("basket")];
    const store = await storeOf(both);
    const first = await runIn(world, both, { store, deadline: world.clock.now() + 90_000 + 20_000, mode: "report" });
    const unread = verdictsOf(first, "checkout").filter((each) => each.endsWith("keep unread")).length;
    assert.ok(unread > 200 && unread < 400, `${unread}`);
    assert.deepEqual(
      verdictsOf(first, "basket").filter((each) => each.endsWith("unread")),
      [],
    );
    assert.equal((await readJson<AccountState>(store, STATE)).pending, true);
    const second = await runIn(world, both, { store, mode: "report" });
    assert.deepEqual(
      verdictsOf(second, "checkout").filter((each) => each.endsWith("unread")),
      [],
    );
    // Each of them once; the second run followed at once and was throttled.
    assert.equal(described(world), 403 + 30);
  });
});
