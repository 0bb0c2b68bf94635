import assert from "node:assert/strict";
import { memoryStore } from "../../../aws/memory-store";
import { loadLedgers } from "../../../cleanup/store/ledgers";
import { newLedger, recordRemovals } from "../../../retention/ledger";

const NOW = Date.UTC(2027, 2, 1);
const RUN = { account: "111122223333", region: "eu-central-1", runId: "run-1" };
const ONE = "policies/shop/prod/checkout-1a2b.json";
const OTHER = "policies/shop/prod/basket-3c4d.json";
const used = (at: number) => ({ ...newLedger(NOW), lastUsed: { "checkout:1": at } });

describe("ledgers", () => {
  it("begin now where there was none, and are there for the next run once they were saved", async () => {
    const store = memoryStore();
    const first = await loadLedgers(store, RUN, [ONE], NOW);
    assert.deepEqual(first.of(ONE), newLedger(NOW));
    first.set(ONE, used(NOW));
    assert.deepEqual(await store.list(""), []);
    await first.save();
    assert.deepEqual(
      (await store.list("")).map(({ key }) => key),
      [`ledger/111122223333-eu-central-1/${ONE}`],
    );
    const second = await loadLedgers(store, { ...RUN, runId: "run-2" }, [ONE], NOW + 1000);
    assert.deepEqual(second.of(ONE), used(NOW));
    assert.equal(second.note(ONE), undefined);
  });

  it("are written only where they changed, each after the other in one run", async () => {
    const store = memoryStore();
    const ledgers = await loadLedgers(store, RUN, [ONE, OTHER], NOW);
    await ledgers.save();
    const both = await store.list("");
    assert.equal(both.length, 2, "when a new one began must be known the next time");
    await ledgers.save();
    ledgers.set(ONE, { ...newLedger(NOW) });
    await ledgers.save();
    assert.deepEqual(await store.list(""), both);
    for (const at of [NOW + 1, NOW + 2]) {
      ledgers.set(ONE, used(at));
      await ledgers.save();
    }
    const [basket, checkout] = await store.list("");
    assert.deepEqual(basket, both[0]);
    assert.notDeepEqual(checkout, both[1]);
    assert.deepEqual((await loadLedgers(store, RUN, [ONE], NOW)).of(ONE), used(NOW + 2));
  });

  it("are written for the registrations that are asked for", async () => {
    const store = memoryStore();
    const ledgers = await loadLedgers(store, RUN, [ONE, OTHER], NOW);
    ledgers.set(ONE, used(NOW));
    ledgers.set(OTHER, used(NOW));
    await ledgers.save([OTHER]);
    assert.deepEqual(
      (await store.list("")).map(({ key }) => key),
      [`ledger/111122223333-eu-central-1/${OTHER}`],
    );
  });

  it("of registrations that were not loaded, such as those of a killed run, are left alone", async () => {
    const store = memoryStore();
    const before = await loadLedgers(store, RUN, [ONE], NOW);
    before.set(ONE, used(NOW));
    await before.save();
    const ledgers = await loadLedgers(store, RUN, [], NOW + 1000);
    assert.deepEqual(ledgers.of(ONE), newLedger(NOW + 1000));
    ledgers.set(ONE, used(NOW + 1000));
    await ledgers.save([ONE]);
    assert.deepEqual((await loadLedgers(store, RUN, [ONE], NOW)).of(ONE), used(NOW));
  });

  it("are not written over what another run wrote", async () => {
    const store = memoryStore();
    const [slow, fast] = [await loadLedgers(store, RUN, [ONE], NOW), await loadLedgers(store, RUN, [ONE], NOW)];
    fast.set(ONE, recordRemovals(fast.of(ONE), { batch: "journal/1", at: NOW, count: 3 }));
    await fast.save();
    slow.set(ONE, used(NOW));
    await assert.rejects(slow.save(), { name: "StoreConflictError" });
    assert.equal((await loadLedgers(store, RUN, [ONE], NOW)).of(ONE).removed.length, 1);
  });

  it("keep apart accounts, Regions and registrations", async () => {
    const store = memoryStore();
    await (await loadLedgers(store, { ...RUN, region: "us-east-1" }, [ONE], NOW - 9)).save();
    await (await loadLedgers(store, { ...RUN, account: "999988887777" }, [ONE], NOW - 9)).save();
    await (await loadLedgers(store, RUN, [OTHER], NOW - 9)).save();
    assert.equal((await loadLedgers(store, RUN, [ONE], NOW)).of(ONE).since, NOW);
  });

  it("have a name of their own for a policy's file, wherever it lies", async () => {
    const store = memoryStore();
    const files = ["../policy.json", "/home/me/policy.json", "policy.json", "C:\\policy.json"];
    await (await loadLedgers(store, RUN, files, NOW)).save();
    const keys = (await store.list("")).map(({ key }) => key);
    assert.equal(keys.length, 4);
    for (const key of keys) assert.match(key, /^ledger\/111122223333-eu-central-1\/[^/\\:]+$/);
  });

  for (const [what, body] of Object.entries({ broken: "{", "of a newer version": '{"version":2,"uses":{}}' })) {
    it(`start anew where the old one is ${what}, say so, and replace it`, async () => {
      const store = memoryStore();
      const key = `ledger/111122223333-eu-central-1/${ONE}`;
      await store.put(key, body, "absent");
      const ledgers = await loadLedgers(store, RUN, [ONE], NOW);
      assert.deepEqual(ledgers.of(ONE), newLedger(NOW));
      assert.match(ledgers.note(ONE) ?? "", /begins on 2027-03-01/);
      await ledgers.save();
      const next = await loadLedgers(store, RUN, [ONE], NOW + 1000);
      assert.deepEqual([next.of(ONE), next.note(ONE)], [newLedger(NOW), undefined]);
    });
  }
});
