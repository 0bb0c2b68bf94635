import assert from "node:assert/strict";
import fc from "fast-check";
import { memoryStore } from "../../../aws/memory-store";
import { type Lease, takeLease } from "../../../cleanup/store/lease";
import type { Clock, Store } from "../../../retention/types";

const MINUTE = 60_000;
const KEY = "lease/111122223333-eu-central-1.json";
const PLACE = { account: "111122223333", region: "eu-central-1" };

/** One moment for all, and the clock of each who reads it. */
class Time {
  now = Date.UTC(2027, 2, 1);

  clock(ahead = 0): Clock {
    return { now: () => this.now + ahead, sleep: async () => {} };
  }

  pass(minutes: number): void {
    this.now += minutes * MINUTE;
  }
}

async function taken(store: Store, clock: Clock, runId = "run-1"): Promise<Lease> {
  const { lease, held } = await takeLease(store, { ...PLACE, runId, clock });
  assert.ok(lease, `held by ${held?.runId}`);
  return lease;
}

async function heldBy(store: Store, clock: Clock, runId = "run-2"): Promise<{ runId: string; until: number }> {
  const { held } = await takeLease(store, { ...PLACE, runId, clock });
  assert.ok(held, "nobody held it");
  return held;
}

/** Tells the calls that are made. */
function counting(store: Store): { store: Store; calls: string[] } {
  const calls: string[] = [];
  const called = <T>(name: string, answer: T): T => {
    calls.push(name);
    return answer;
  };
  const counted: Store = {
    get: (key) => called("get", store.get(key)),
    put: (...given) => called("put", store.put(...given)),
    list: (prefix) => called("list", store.list(prefix)),
  };
  return { store: counted, calls };
}

describe("the lease", () => {
  it("is held by one run, until it releases it or 10 minutes have passed", async () => {
    const time = new Time();
    const store = memoryStore();
    const first = await taken(store, time.clock());
    assert.deepEqual(await heldBy(store, time.clock()), { runId: "run-1", until: time.now + 10 * MINUTE });
    await first.release();
    const second = await taken(store, time.clock(), "run-2");
    time.pass(9.9);
    await heldBy(store, time.clock(), "run-3");
    time.pass(0.1);
    const third = await taken(store, time.clock(), "run-3");
    assert.deepEqual([first.number, second.number, third.number], [1, 2, 3]);
  });

  it("takes a GET and a PUT, one PUT more for each batch and one to release it", async () => {
    const time = new Time();
    const { store, calls } = counting(memoryStore());
    const lease = await taken(store, time.clock());
    assert.deepEqual(calls, ["get", "put"]);
    await lease.renew("journal/1");
    await lease.store.put("ledger/1", "", "any");
    assert.deepEqual(calls.slice(2), ["put", "put"]);
    await lease.release();
    assert.deepEqual(calls.slice(4), ["put"]);
  });

  it("is not taken by a second process of the same run id: an event may be delivered twice", async () => {
    const time = new Time();
    const store = memoryStore();
    await taken(store, time.clock());
    assert.equal((await heldBy(store, time.clock(), "run-1")).runId, "run-1");
  });

  it("names the last batch to the next holder, however it ended, until another is opened", async () => {
    const time = new Time();
    const store = memoryStore();
    const first = await taken(store, time.clock());
    assert.equal(first.unsettled, undefined);
    await first.renew("journal/1");
    await first.renew();
    time.pass(11);
    const second = await taken(store, time.clock(), "killed before it settled anything");
    assert.equal(second.unsettled, "journal/1");
    time.pass(11);
    const third = await taken(store, time.clock());
    assert.equal(third.unsettled, "journal/1");
    await third.renew();
    await third.renew("journal/2");
    await third.release();
    assert.equal((await taken(store, time.clock())).unsettled, "journal/2");
  });

  it("is relied on for 5 minutes after it was renewed, and can be renewed later where nobody took it", async () => {
    const time = new Time();
    const store = memoryStore();
    const lease = await taken(store, time.clock());
    time.pass(4.9);
    assert.ok(lease.holds());
    time.pass(0.1);
    assert.ok(!lease.holds());
    time.pass(20);
    await lease.renew();
    assert.ok(lease.holds());
    await heldBy(store, time.clock());
  });

  it("is renewed by itself before a write, once it is not sure any more; also where several write at once", async () => {
    const time = new Time();
    const { store, calls } = counting(memoryStore());
    const lease = await taken(store, time.clock());
    time.pass(30);
    await Promise.all(["a", "b", "c"].map((key) => lease.store.put(key, "", "absent")));
    assert.ok(lease.holds());
    calls.length = 0;
    await lease.store.put("d", "", "absent");
    assert.deepEqual(calls, ["put"]);
  });

  it("stops a holder that slept too long: it writes nothing more, and does not take the lease from the next", async () => {
    const time = new Time();
    const store = memoryStore();
    const zombie = await taken(store, time.clock());
    time.pass(10);
    const next = await taken(store, time.clock(), "run-2");
    const before = await store.list("");
    const lost = {
      name: "LeaseLostError",
      message: `${KEY}: this run let it go, or took so long that another one has it; it stops`,
    };
    await assert.rejects(zombie.store.put("ledger/1", "{}", "any"), lost);
    await assert.rejects(zombie.renew("journal/1"), lost);
    await zombie.release();
    assert.ok(!zombie.holds());
    assert.deepEqual(await store.list(""), before);
    assert.ok(next.holds());
    await next.renew();
  });

  it("is not held again by a write after its release", async () => {
    const time = new Time();
    const store = memoryStore();
    const lease = await taken(store, time.clock());
    await lease.release();
    await assert.rejects(lease.store.put("ledger/1", "{}", "any"), { name: "LeaseLostError" });
    await taken(store, time.clock(), "run-2");
  });

  it("is lost for good, even where the one who took it released it", async () => {
    const time = new Time();
    const store = memoryStore();
    const zombie = await taken(store, time.clock());
    time.pass(10);
    await (await taken(store, time.clock(), "run-2")).release();
    await assert.rejects(zombie.renew(), { name: "LeaseLostError" });
    await assert.rejects(zombie.store.put("ledger/1", "{}", "any"), { name: "LeaseLostError" });
  });

  it("may be taken at once after its release, by a clock that is behind too", async () => {
    const time = new Time();
    const store = memoryStore();
    await (await taken(store, time.clock(4 * MINUTE))).release();
    await taken(store, time.clock(-4 * MINUTE), "run-2");
  });

  it("ends by itself where it cannot be released", async () => {
    const time = new Time();
    const store = memoryStore();
    const refusing = { ...store };
    const lease = await taken(refusing, time.clock());
    refusing.put = () => Promise.reject(new Error("denied"));
    await lease.release();
    await heldBy(store, time.clock());
    time.pass(10);
    await taken(store, time.clock(), "run-2");
  });

  for (const [what, body] of Object.entries({
    "is no JSON": "{",
    "is null": "null",
    "has a number that is none": '{"version":1,"number":"7","runId":"x","expiresAt":0}',
    "names no run": '{"version":1,"number":7,"expiresAt":0}',
    "has no end": '{"version":1,"number":7,"runId":"x","expiresAt":"soon"}',
    "names a batch that is none": '{"version":1,"number":7,"runId":"x","expiresAt":0,"batch":1}',
    "has no version": '{"number":7,"runId":"x","expiresAt":0}',
    "is of no version that ever was": '{"version":0,"number":7,"runId":"x","expiresAt":0}',
    "ends far in the future": JSON.stringify({ version: 1, number: 7, runId: "x", expiresAt: Date.UTC(2028, 0) }),
  })) {
    it(`counts as held for 10 minutes where it ${what}: somebody may hold it`, async () => {
      const time = new Time();
      const store = memoryStore();
      await store.put(KEY, body, "absent");
      const runId = "nobody: run-2 found a lease that cannot be right";
      assert.deepEqual(await heldBy(store, time.clock()), { runId, until: time.now + 10 * MINUTE });
      time.pass(9.9);
      await heldBy(store, time.clock());
      time.pass(0.1);
      await taken(store, time.clock());
    });
  }

  it("keeps the batch of a lease that ends too far in the future", async () => {
    const time = new Time();
    const store = memoryStore();
    const zombie = await taken(store, time.clock(60 * MINUTE));
    await zombie.renew("journal/1");
    await heldBy(store, time.clock());
    assert.equal(zombie.holds(), true, "it removes for 5 minutes at most");
    await assert.rejects(zombie.renew(), { name: "LeaseLostError" });
    assert.equal(zombie.holds(), false, "from when it knows");
    time.pass(10);
    assert.equal((await taken(store, time.clock())).unsettled, "journal/1");
  });

  it("is believed that ends as late as a clock which is 5 minutes ahead would write", async () => {
    const time = new Time();
    const store = memoryStore();
    await taken(store, time.clock(5 * MINUTE), "ahead");
    assert.deepEqual(await heldBy(store, time.clock()), { runId: "ahead", until: time.now + 15 * MINUTE });
  });

  it("passes on what the store fails with, and says who was faster where somebody was", async () => {
    const time = new Time();
    const failing = { ...memoryStore(), put: () => Promise.reject(new Error("denied")) };
    await assert.rejects(takeLease(failing, { ...PLACE, runId: "run-1", clock: time.clock() }), { message: "denied" });

    const store = { ...memoryStore() };
    const lease = await taken(store, time.clock());
    store.put = () => Promise.reject(new Error("denied"));
    await assert.rejects(lease.renew(), { name: "Error", message: "denied" });
    assert.equal(lease.holds(), true);

    const shared = memoryStore();
    const slow = { ...shared, get: async () => undefined };
    await taken(shared, time.clock());
    const { runId, until } = await heldBy(slow, time.clock());
    assert.deepEqual({ runId, until }, { runId: "a run that began at the same time", until: time.now + 10 * MINUTE });
  });

  it("is left to the newer version that wrote it", async () => {
    const store = memoryStore();
    await store.put(KEY, '{"version":2,"holders":[]}', "absent");
    await assert.rejects(takeLease(store, { ...PLACE, runId: "run-1", clock: new Time().clock() }), {
      message: `${KEY}: got version 2, expected 1; update this ecs-retention to the one that wrote it`,
    });
    assert.equal((await store.get(KEY))?.body, '{"version":2,"holders":[]}');
  });

  it("is taken by one of several that begin at once, whoever is faster at which call", async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.boolean(), async (scheduler, expired) => {
        const time = new Time();
        const store = memoryStore();
        if (expired) await taken(store, time.clock(), "old");
        time.pass(10);
        const slow: Store = {
          ...store,
          get: scheduler.scheduleFunction((key: string) => store.get(key)),
          put: scheduler.scheduleFunction((...given: Parameters<Store["put"]>) => store.put(...given)),
        };
        const runs = ["a", "a", "b"].map((runId) => takeLease(slow, { ...PLACE, runId, clock: time.clock() }));
        await scheduler.waitFor(Promise.all(runs));
        const leases = (await Promise.all(runs)).flatMap(({ lease }) => lease ?? []);
        assert.equal(leases.length, 1);
      }),
    );
  });

  it("never has two holders while clocks differ by less than 5 minutes, whatever they do and when", async () => {
    const step = fc.record({
      who: fc.nat(2),
      what: fc.constantFrom("take", "take", "renew", "put", "release", "die"),
      minutes: fc.constantFrom(0, 0, 1, 3, 5, 6, 10),
    });
    const skews = fc.array(fc.integer({ min: -149_999, max: 149_999 }), { minLength: 3, maxLength: 3 });
    let changes = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), skews, async (steps, ahead) => {
        const time = new Time();
        const store = memoryStore();
        const leases: (Lease | undefined)[] = [];
        let written = 0;
        for (const { who, what, minutes } of steps) {
          time.pass(minutes);
          const lease = leases[who];
          if (what === "die") leases[who] = undefined;
          else if (what === "take" && !lease?.holds()) {
            const result = await takeLease(store, { ...PLACE, runId: `run-${who}`, clock: time.clock(ahead[who]) });
            if (result.lease) {
              leases[who] = result.lease;
              changes += 1;
              assert.ok(result.lease.number > written, "each holder has a higher number");
              written = result.lease.number;
            }
          } else if (what === "renew" || what === "put") {
            const writing = what === "renew" ? lease?.renew() : lease?.store.put("ledger", `${lease.number}`, "any");
            const done = await writing?.then(
              () => true,
              () => false,
            );
            // Whoever holds a lower number than the last one may never write again.
            if (done) assert.equal(lease?.number, written);
          } else if (what === "release") await lease?.release();
          const holders = leases.filter((each) => each?.holds());
          assert.ok(holders.length <= 1, `${holders.length} hold it`);
        }
      }),
      { numRuns: 300 },
    );
    assert.ok(changes > 100, `only ${changes} changes of holders: nothing was tried`);
  });
});
