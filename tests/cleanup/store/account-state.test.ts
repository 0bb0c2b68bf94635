import assert from "node:assert/strict";
import { memoryStore } from "../../../aws/memory-store";
import { loadState, saveState } from "../../../cleanup/store/account-state";
import { readPolicy } from "../../../retention/policy";
import type { AccountState, RetentionPolicy } from "../../../retention/types";

const RUN = { account: "111122223333", region: "eu-central-1", runId: "run-1" };
const KEY = "state/111122223333-eu-central-1.json";
const POLICY = readPolicy({ family: "checkout" }).policy as RetentionPolicy;
const EMPTY: AccountState = {
  version: 1,
  failed: [],
  referenced: {},
  completedDeployments: {},
  lastClaims: {},
  refused: [],
  pending: false,
};
const FULL: AccountState = {
  version: 1,
  failed: ["arn:1"],
  referenced: { checkout: ["arn:service"], batch: [] },
  completedDeployments: { "arn:service": { deployment: "arn:deployment", taskDefinitions: ["arn:1"] } },
  lastClaims: { "policies/a.json": { policy: POLICY }, "policies/b.json": { policy: POLICY, goneSince: 5 } },
  refused: ["policies/a.json"],
  pending: true,
};

const load = (store = memoryStore()) => loadState(store, RUN.account, RUN.region);

async function loadFrom(body: unknown) {
  const store = memoryStore();
  await store.put(KEY, typeof body === "string" ? body : JSON.stringify(body), "absent");
  return load(store);
}

describe("the account's state", () => {
  it("is empty before the first run, and no two runs share it", async () => {
    const { state, ...rest } = await load();
    assert.deepEqual([state, rest], [EMPTY, { etag: "absent" }]);
    state.failed.push("arn:1");
    assert.deepEqual((await load()).state, EMPTY);
  });

  it("is as it was saved, again and again", async () => {
    const store = memoryStore();
    const saved = await saveState(store, RUN, await load(store), FULL);
    assert.deepEqual(await load(store), { ...saved, state: FULL });
    await saveState(store, RUN, saved, EMPTY);
    assert.deepEqual((await load(store)).state, EMPTY);
  });

  it("is not written over what another run wrote", async () => {
    const store = memoryStore();
    const [slow, fast] = [await load(store), await load(store)];
    await saveState(store, RUN, fast, FULL);
    await assert.rejects(saveState(store, RUN, slow, EMPTY), { name: "StoreConflictError" });
    assert.deepEqual((await load(store)).state, FULL);
  });

  it("is understood as an older version wrote it, also the policies in it", async () => {
    const older = { version: 1, failed: ["arn:1"], lastClaims: { a: { policy: { version: 1, family: "checkout" } } } };
    const { state, note } = await loadFrom(older);
    assert.deepEqual(state, { ...EMPTY, failed: ["arn:1"], lastClaims: { a: { policy: POLICY } } });
    assert.equal(note, undefined);
  });

  for (const [body, given] of [
    ["{", "1 characters that are not JSON"],
    ["null", "4 characters that are not JSON"],
    ['"state"', "7 characters that are not JSON"],
    ["{}", "version undefined"],
    [{ ...FULL, version: 2 }, "version 2"],
  ] as const) {
    it(`starts anew from ${given}, says so, and is replaced`, async () => {
      const store = memoryStore();
      await store.put(KEY, typeof body === "string" ? body : JSON.stringify(body), "absent");
      const loaded = await load(store);
      assert.deepEqual(loaded.state, EMPTY);
      assert.equal(loaded.note, `${KEY}: got ${given}, expected version 1; what the account remembered starts anew`);
      await saveState(store, RUN, loaded, FULL);
      assert.deepEqual((await load(store)).state, FULL);
    });
  }

  for (const [field, values] of Object.entries({
    failed: ["arn:1", [1], {}],
    referenced: ["a", [], { a: "arn" }, { a: [1] }, { a: null }],
    completedDeployments: [[], { a: "arn" }, { a: { deployment: "x" } }, { a: { taskDefinitions: [] } }, { a: null }],
    lastClaims: ["a", [], null],
    refused: [null, "policies/a.json"],
    pending: ["yes", 1],
  })) {
    it(`keeps the rest where ${field} cannot be read, and says so`, async () => {
      for (const value of values) {
        const { state, note } = await loadFrom({ ...FULL, [field]: value });
        assert.deepEqual(state, { ...FULL, [field]: EMPTY[field as keyof AccountState] }, JSON.stringify(value));
        assert.equal(note, `${KEY}: ${field} cannot be read and starts anew`);
      }
    });
  }

  it("keeps the other claims where one cannot be read, and names it", async () => {
    for (const claim of [null, {}, { policy: { family: "" } }, { policy: POLICY, goneSince: "today" }]) {
      const { state, note } = await loadFrom({ ...FULL, lastClaims: { ...FULL.lastClaims, "policies/c.json": claim } });
      assert.deepEqual(state, FULL);
      assert.equal(note, `${KEY}: lastClaims of policies/c.json cannot be read and starts anew`);
    }
  });
});
