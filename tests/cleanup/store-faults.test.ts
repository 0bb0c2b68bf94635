import assert from "node:assert/strict";
import { memoryStore } from "../../aws/memory-store";
import type { Store } from "../../retention/types";
import { AwsError, type Fault, type World } from "../../simulator";
import { simulatedStore, storeOf } from "../aws/stored";
import { outcomeOf, type Shared, shared, smallRun } from "./small-run";

const MINUTE = 60_000;

/** A bucket, and what runs in it share. */
function inBucket() {
  const { world } = simulatedStore();
  const common = shared(world.clock);
  const run = (runId: string) => world.clock.actor(() => smallRun(common, storeOf(world), runId));
  return { world, common, run, outcome: () => outcomeOf(common, storeOf(world)) };
}

/** The same in memory, with a clock to put forward. */
function inMemory() {
  let now = Date.UTC(2027, 2, 1);
  const common: Shared = shared({ now: () => now, sleep: async () => {} });
  const store = memoryStore();
  const pass = (minutes: number) => {
    now += minutes * MINUTE;
  };
  return { common, store, pass, outcome: () => outcomeOf(common, store) };
}

/** Each call of one undisturbed run, and what every other must come to. */
async function undisturbed() {
  const { world, run, outcome } = inBucket();
  assert.equal(await run("run-1"), "done");
  const calls = world.gate.calls.map(({ operation, error }) => ({ operation, error }));
  return { calls, expected: await outcome() };
}

const at = (world: World, nth: number, fault: Fault) => {
  world.gate.faults = (_, n) => (n === nth ? fault : undefined);
};

describe("what outlives a run", () => {
  it("costs as many calls as the modules say", async () => {
    const { calls, expected } = await undisturbed();
    assert.deepEqual(expected.counted, [4, 4]);
    assert.equal(expected.left, 0);
    const count = (operation: string) => calls.filter((each) => each.operation === operation).length;
    // Lease, state, a ledger for each registration; no segment of facts yet.
    assert.equal(count("GetObject"), 1 + 1 + 2);
    assert.equal(count("ListObjectsV2"), 1);
    // Lease taken and released, facts, state; for each batch lease, intent, archive, ledgers, outcomes.
    assert.equal(count("PutObject"), 2 + 1 + 1 + 2 * (1 + 1 + 4 + 2 + 1));
  });

  for (const moment of ["before", "after"] as const) {
    it(`is completed by the next run where one is killed at any call, ${moment} its effect`, async () => {
      const { calls, expected } = await undisturbed();
      for (let nth = 1; nth <= calls.length; nth++) {
        // A refusal has no effect to be killed after.
        if (moment === "after" && calls[nth - 1]?.error) continue;
        const { world, common, run, outcome } = inBucket();
        at(world, nth, { [moment]: "kill" });
        await assert.rejects(run("run-1"), { name: "KilledError" }, `at call ${nth} of ${calls.length}`);
        assert.equal(world.gate.calls.length, nth, "a killed run calls nothing more");
        world.gate.faults = undefined;
        const before = common.removed.length;
        if ((await run("run-2")) !== "done") {
          assert.equal(common.removed.length, before, "whoever finds the lease held removes nothing");
          await world.clock.advance(10 * MINUTE);
          assert.equal(await run("run-3"), "done");
        }
        assert.deepEqual(await outcome(), expected, `killed at call ${nth}, ${calls[nth - 1]?.operation}`);
      }
    });
  }

  it("is completed where one is killed at any call, and the next one at any of its own", async () => {
    const { calls, expected } = await undisturbed();
    for (let nth = 1; nth <= calls.length; nth++) {
      for (let second = 1; second <= calls.length; second++) {
        const { common, store, pass, outcome } = inMemory();
        // Its last call, the release, it does not miss.
        const first = nth < calls.length ? "Killed" : "done";
        assert.equal(await smallRun(common, killed(store, nth), "run-1").catch(nameOf), first);
        pass(10);
        await smallRun(common, killed(store, second), "run-2").catch(nameOf);
        pass(10);
        assert.equal(await smallRun(common, store, "run-3"), "done");
        assert.deepEqual(await outcome(), expected, `killed at call ${nth} and at call ${second}`);
      }
    }
  });

  const faults: Record<string, Fault> = {
    "an answer is lost": { after: new AwsError("InternalError", "lost", 500) },
    "S3 is unavailable": { before: new AwsError("ServiceUnavailable", "later", 503) },
    "S3 is asked to slow down": { before: new AwsError("SlowDown", "later", 503) },
    "another write is under way": { before: new AwsError("ConditionalRequestConflict", "later", 409) },
  };
  for (const [what, fault] of Object.entries(faults)) {
    it(`is as after an undisturbed run where ${what} at any call`, async () => {
      const { calls, expected } = await undisturbed();
      for (let nth = 1; nth <= calls.length; nth++) {
        const { world, run, outcome } = inBucket();
        at(world, nth, fault);
        assert.equal(await run("run-1"), "done", `call ${nth}`);
        world.gate.faults = undefined;
        assert.deepEqual(await outcome(), expected, `at call ${nth}, ${calls[nth - 1]?.operation}`);
        assert.equal(await run("run-2"), "done", "the lease was released");
      }
    });
  }

  for (const moment of ["before", "after"] as const) {
    it(`survives one that sleeps through its lease ${moment} any call and goes on between any two of the next`, async () => {
      const { calls, expected } = await undisturbed();
      let stopped = 0;
      for (let nth = 2; nth <= calls.length; nth++) {
        for (let wakesAt = 1; wakesAt <= calls.length; wakesAt++) {
          const { common, store, pass, outcome } = inMemory();
          const asleep = signal();
          const wakes = signal();
          const sleeps = () => {
            asleep.give();
            return wakes.given;
          };
          const zombie = smallRun(common, interrupted(store, nth, moment, sleeps), "zombie").catch(nameOf);
          await asleep.given;
          pass(10);
          const wakeIt = async () => {
            const before = common.removed.length;
            wakes.give();
            await zombie;
            // Before the next run has taken the lease, with its second call, this one may renew it and go on.
            if (wakesAt > 2) assert.equal(common.removed.length, before, "it removes nothing more");
          };
          const next = await smallRun(common, interrupted(store, wakesAt, "before", wakeIt), "next").catch(nameOf);
          wakes.give();
          if ((await zombie) !== "done") stopped += 1;
          if (next !== "done") {
            assert.match(next, wakesAt > 2 ? /^StoreConflictError$/ : /^held by a run that began at the same time$/);
            pass(10);
            assert.equal(await smallRun(common, store, "last"), "done");
          }
          assert.deepEqual(await outcome(), expected, `slept at call ${nth}, went on at ${wakesAt}: ${next}`);
        }
      }
      assert.ok(stopped > 600, `only ${stopped} had lost their lease`);
    });
  }
});

const nameOf = ({ name }: Error) => name;

function signal(): { given: Promise<void>; give(): void } {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}

/** Something else happens before or after the nth call. */
function interrupted(store: Store, nth: number, moment: "before" | "after", happens: () => Promise<void>): Store {
  let calls = 0;
  async function call<T>(made: () => Promise<T>): Promise<T> {
    calls += 1;
    const now = calls === nth;
    if (now && moment === "before") await happens();
    const answer = await made();
    if (now && moment === "after") await happens();
    return answer;
  }
  return {
    get: (key) => call(() => store.get(key)),
    put: (...given) => call(() => store.put(...given)),
    list: (prefix) => call(() => store.list(prefix)),
  };
}

/** A process that makes no call from its nth on. */
function killed(store: Store, nth: number): Store {
  let dead = false;
  const alive = (made: Store): Store => ({
    get: (key) => (dead ? dies() : made.get(key)),
    put: (...given) => (dead ? dies() : made.put(...given)),
    list: (prefix) => (dead ? dies() : made.list(prefix)),
  });
  const dies = () => Promise.reject(Object.assign(new Error("killed"), { name: "Killed" }));
  return alive(
    interrupted(store, nth, "before", () => {
      dead = true;
      return dies();
    }),
  );
}
