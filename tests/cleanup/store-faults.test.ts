import assert from "node:assert/strict";
import type { Store } from "../../retention/types";
import { AwsError, type Fault, type World } from "../../simulator";
import { createBucket } from "../../simulator/services/s3";
import { storeOf as bucketStore } from "../aws/stored";
import {
  callsOf,
  DAY,
  deregister,
  leftBy,
  MINUTE,
  newWorld,
  register,
  registered,
  resultOf,
  scopeOf,
  storeOf,
} from "./support";

const SERVICES = [registered("checkout", { taskDefinitions: { keepRevisions: 1 } })];

interface Account {
  world: World;
  store: Store;
}

/** Three revisions to deregister and two to delete, and a store that has known the family for years. */
async function account(storeIn?: (world: World) => Store): Promise<Account> {
  const world = newWorld(0);
  await register(world, "checkout", 6, MINUTE);
  deregister(world, "checkout", 1, 2);
  await world.clock.advance(10 * DAY);
  return { world, store: await storeOf(SERVICES, storeIn?.(world)) };
}

const inBucket = () =>
  account((world) => {
    createBucket(scopeOf(world), { name: "store" });
    return bucketStore(world);
  });

/** A whole run; how it ended. */
async function runOn(world: World, store: Store, runId: string): Promise<string> {
  try {
    const { held } = await resultOf(world, SERVICES, { store, runId });
    return held ? `held by ${held.runId}` : "done";
  } catch (error) {
    return (error as Error).name;
  }
}

/** How often an undisturbed run calls the store, and what every other run must come to. */
async function undisturbed() {
  const { world, store } = await account();
  const counts = { get: 0, put: 0, list: 0 };
  const counting = interrupted(store, () => {}, counts);
  assert.equal(await runOn(world, counting, "run-1"), "done");
  return { counts, calls: counts.get + counts.put + counts.list, expected: await settled(world, store) };
}

/** What must be the same however the runs were disturbed, once the next one has ended. */
async function settled(world: World, store: Store) {
  await world.clock.advance(10 * MINUTE);
  assert.equal(await runOn(world, store, "last"), "done");
  await world.clock.advance(10 * MINUTE);
  return leftBy(world, store, ["checkout"]);
}

const removals = (world: World) =>
  callsOf(world, "DeregisterTaskDefinition").length + callsOf(world, "DeleteTaskDefinitions").length;

describe("what outlives a run", () => {
  it("costs as many calls as the modules say", async () => {
    const { counts, expected } = await undisturbed();
    assert.deepEqual(counts, {
      // Lease, state, ledger.
      get: 1 + 1 + 1,
      // Facts and registrations; before the one batch what stops it, and registrations again.
      list: 1 + 1 + 2,
      // Lease taken and released, facts, ledger, report, state; for the batch lease, intent, archive, ledger, facts, outcomes.
      put: 2 + 1 + 1 + 1 + 1 + (1 + 1 + 2 + 1 + 1 + 1),
    });
    assert.deepEqual(expected.counted, [5]);
  });

  it("is completed where one is killed at any call, and the next one at any of its own", async () => {
    const { calls, expected } = await undisturbed();
    for (let nth = 1; nth <= calls; nth++) {
      for (let second = 1; second <= calls; second++) {
        const { world, store } = await account();
        assert.equal(await runOn(world, killed(world, store, nth), "run-1"), "KilledError");
        await world.clock.advance(10 * MINUTE);
        await runOn(world, killed(world, store, second), "run-2");
        assert.deepEqual(await settled(world, store), expected, `killed at call ${nth} and at call ${second}`);
      }
    }
  }).timeout(60_000);

  const faults: Record<string, Fault> = {
    "an answer is lost": { after: new AwsError("InternalError", "lost", 500) },
    "S3 is unavailable": { before: new AwsError("ServiceUnavailable", "later", 503) },
    "S3 is asked to slow down": { before: new AwsError("SlowDown", "later", 503) },
    "another write is under way": { before: new AwsError("ConditionalRequestConflict", "later", 409) },
  };
  for (const [what, fault] of Object.entries(faults)) {
    it(`is as after an undisturbed run where ${what} at any call`, async () => {
      const { calls, expected } = await undisturbed();
      for (let nth = 1; nth <= calls; nth++) {
        const { world, store } = await inBucket();
        let seen = 0;
        world.gate.faults = ({ service }) => (service === "s3" && ++seen === nth ? fault : undefined);
        assert.equal(await runOn(world, store, "run-1"), "done", `call ${nth}`);
        world.gate.faults = undefined;
        assert.deepEqual(await settled(world, store), expected, `at call ${nth}`);
      }
    });
  }

  it("survives one that sleeps through its lease at any call and goes on between any two of the next", async () => {
    const { calls, expected } = await undisturbed();
    let stopped = 0;
    for (let nth = 2; nth <= calls; nth++) {
      for (let wakesAt = 1; wakesAt <= calls; wakesAt++) {
        const { world, store } = await account();
        const { clock } = world;
        const asleep = signal();
        const wakes = signal();
        const sleeps = at(nth, () => {
          asleep.give();
          return clock.wait(wakes.given);
        });
        const zombie = runOn(world, interrupted(store, sleeps), "zombie");
        await asleep.given;
        await clock.advance(10 * MINUTE);
        const goesOn = at(wakesAt, async () => {
          const before = removals(world);
          wakes.give();
          await clock.wait(zombie);
          // Before the next run has taken the lease, with its second call, this one may renew it and go on.
          if (wakesAt > 2) assert.equal(removals(world), before, "it removes nothing more");
        });
        const next = await runOn(world, interrupted(store, goesOn), "next");
        wakes.give();
        if ((await zombie) !== "done") stopped += 1;
        // A ledger that comes late from the one that slept makes the next end without having removed anything.
        const endedEarly = next === "done" && removals(world) === 0;
        if (next !== "done" || endedEarly) {
          if (!endedEarly) {
            assert.match(next, wakesAt > 2 ? /^StoreConflictError$/ : /^held by a run that began at the same time$/);
          }
        }
        const what = `slept at call ${nth}, went on at ${wakesAt}: ${next}`;
        assert.deepEqual(await settled(world, store), expected, what);
      }
    }
    assert.ok(stopped > 60, `only ${stopped} had lost their lease`);
  }).timeout(60_000);
});

function signal(): { given: Promise<void>; give(): void } {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}

const at = (nth: number, happens: () => void | Promise<void>) => (call: number) =>
  call === nth ? happens() : undefined;

/** Something else happens before a call, the first of which is 1. */
function interrupted(
  store: Store,
  before: (nth: number) => void | Promise<void>,
  counts = { get: 0, put: 0, list: 0 },
): Store {
  let calls = 0;
  async function call<T>(kind: keyof typeof counts, made: () => Promise<T>): Promise<T> {
    calls += 1;
    counts[kind] += 1;
    await before(calls);
    return made();
  }
  return {
    get: (key) => call("get", () => store.get(key)),
    put: (...given) => call("put", () => store.put(...given)),
    list: (prefix) => call("list", () => store.list(prefix)),
  };
}

/** The process that makes the nth call is killed before it. */
function killed(world: World, store: Store, nth: number): Store {
  const dies = () => {
    world.clock.currentActor?.kill();
    return new Promise<void>(() => {});
  };
  return interrupted(store, at(nth, dies));
}
