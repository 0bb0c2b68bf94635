import assert from "node:assert/strict";
import { memoryStore } from "../../../aws/memory-store";
import { type Batch, batchKey, readBatch, writeIntent, writeOutcomes } from "../../../cleanup/store/journal";
import type { Outcome } from "../../../retention/types";

const AT = Date.UTC(2027, 2, 1, 23, 59);
const RUN = { account: "111122223333", region: "eu-central-1", runId: "run-1" };
const KEY = batchKey(RUN, 7, 1, AT);
const BATCH: Batch = {
  version: 1,
  runId: "run-1",
  lease: 7,
  at: AT,
  intents: [
    { registration: "policies/a.json", action: "deregister", subjects: ["a:1", "a:2"] },
    { registration: "policies/b.json", action: "delete", subjects: ["b:1"] },
  ],
};
const OUTCOMES: Outcome[] = [{ subject: "a:1", action: "deregister", result: "done", at: AT }];

describe("the journal", () => {
  it("has a key for each batch, by its day, of its own even where a run id comes twice", () => {
    assert.equal(KEY, "journal/111122223333-eu-central-1/2027-03-01/run-1-7-1.json");
    const keys = [
      KEY,
      batchKey(RUN, 7, 2, AT),
      batchKey(RUN, 8, 1, AT),
      batchKey({ ...RUN, runId: "run-2" }, 7, 1, AT),
    ];
    assert.equal(new Set(keys).size, 4);
  });

  it("holds the intent, then the outcomes", async () => {
    const store = memoryStore();
    assert.equal(await readBatch(store, KEY), undefined);
    const etag = await writeIntent(store, KEY, BATCH);
    const intent = await readBatch(store, KEY);
    assert.deepEqual(intent, { batch: { ...BATCH, writer: intent?.batch && writerOf(intent.batch) }, etag });
    await writeOutcomes(store, KEY, { ...BATCH, outcomes: OUTCOMES, endedAt: AT + 1 }, etag);
    const { batch } = (await readBatch(store, KEY)) ?? {};
    assert.deepEqual(batch?.outcomes, OUTCOMES);
    assert.deepEqual(batch?.intents, BATCH.intents);
    assert.equal(batch?.endedAt, AT + 1);
  });

  it("is written by one run: no second intent, and no outcomes after somebody settled the batch", async () => {
    const store = memoryStore();
    const etag = await writeIntent(store, KEY, BATCH);
    await assert.rejects(writeIntent(store, KEY, BATCH), { name: "StoreConflictError" });
    await writeOutcomes(store, KEY, { ...BATCH, outcomes: [], endedAt: AT }, etag);
    const late = writeOutcomes(store, KEY, { ...BATCH, outcomes: OUTCOMES, endedAt: AT }, etag);
    await assert.rejects(late, { name: "StoreConflictError" });
    assert.deepEqual((await readBatch(store, KEY))?.batch?.outcomes, []);
  });

  for (const body of [
    "",
    "{",
    "null",
    "[]",
    '{"version":2,"intents":[]}',
    '{"version":1}',
    '{"version":1,"intents":[{}]}',
  ]) {
    it(`says that nobody knows what ${body || "an empty object"} removed`, async () => {
      const store = memoryStore();
      await store.put(KEY, body, "absent");
      assert.deepEqual(await readBatch(store, KEY), {
        unreadable: `${KEY}: cannot be read; what its run removed is not known`,
      });
    });
  }
});

function writerOf(batch: Batch): unknown {
  const { writer } = batch as Batch & { writer?: string };
  assert.match(writer ?? "", /^run-1\//);
  return writer;
}
