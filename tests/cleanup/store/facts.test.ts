import assert from "node:assert/strict";
import { memoryStore } from "../../../aws/memory-store";
import { openFacts } from "../../../cleanup/store/facts";
import type { RevisionFact, Store } from "../../../retention/types";

const FOLDER = "facts/111122223333-eu-central-1/";
const open = (store: Store) => openFacts(store, "111122223333", "eu-central-1");
const fact = (number: number, more: Partial<RevisionFact> = {}): RevisionFact => ({
  revision: `checkout:${number}`,
  registeredAt: 1000 + number,
  plaintextSecrets: [],
  ...more,
});

async function lines(store: Store, key: string): Promise<string[]> {
  return ((await store.get(FOLDER + key))?.body ?? "").split("\n").slice(0, -1);
}

describe("facts of revisions", () => {
  it("are known at once, and in the next run where they were saved", async () => {
    const store = memoryStore();
    const first = await open(store);
    assert.equal(first.of("checkout:1"), undefined);
    first.add(fact(1, { deregisteredAt: 5, plaintextSecrets: ["app: environment KEY"] }));
    assert.equal(first.of("checkout:1")?.deregisteredAt, 5);
    assert.equal((await open(store)).of("checkout:1"), undefined);
    await first.save();
    assert.deepEqual((await open(store)).of("checkout:1"), first.of("checkout:1"));
    assert.deepEqual(
      (await store.list("")).map(({ key }) => key),
      [`${FOLDER}000001.jsonl`],
    );
  });

  it("are added to, one line each; the same again is nothing new", async () => {
    const store = memoryStore();
    const first = await open(store);
    first.add(fact(1));
    await first.save();
    first.add(fact(2));
    await first.save();
    const second = await open(store);
    second.add({ plaintextSecrets: [], registeredAt: 1001, revision: "checkout:1" });
    await second.save();
    second.add(fact(3));
    await second.save();
    assert.equal((await lines(store, "000001.jsonl")).length, 3);
  });

  it("of a revision are replaced by later ones", async () => {
    const store = memoryStore();
    const first = await open(store);
    first.add(fact(1));
    await first.save();
    first.add(fact(1, { deregisteredAt: 9 }));
    await first.save();
    assert.equal((await open(store)).of("checkout:1")?.deregisteredAt, 9);
  });

  it("fill segments of 5,000 lines, of which only the last is written again", async () => {
    const store = memoryStore();
    const facts = await open(store);
    for (let number = 1; number <= 4_999; number++) facts.add(fact(number));
    await facts.save();
    for (let number = 5_000; number <= 10_001; number++) facts.add(fact(number));
    await facts.save();
    const counts = await Promise.all([1, 2, 3].map((number) => lines(store, `00000${number}.jsonl`)));
    assert.deepEqual(
      counts.map(({ length }) => length),
      [5_000, 5_000, 1],
    );

    const before = await store.list(FOLDER);
    const later = await open(store);
    later.add(fact(10_002));
    await later.save();
    const after = await store.list(FOLDER);
    assert.deepEqual(after.slice(0, 2), before.slice(0, 2));
    assert.equal((await lines(store, "000003.jsonl")).length, 2);
    const all = await open(store);
    for (const number of [1, 5_000, 5_001, 10_001, 10_002])
      assert.deepEqual(all.of(`checkout:${number}`), fact(number));
  });

  it("put nothing where nothing was added", async () => {
    const store = memoryStore();
    await (await open(store)).save();
    assert.deepEqual(await store.list(""), []);
  });

  it("are read past broken lines, which stay as they are", async () => {
    const store = memoryStore();
    const good = '{"version":1,"revision":"checkout:1","registeredAt":1001,"plaintextSecrets":[]}';
    const broken = [
      "{",
      "null",
      '{"version":2,"revision":"checkout:2","plaintextSecrets":[]}',
      '{"version":1,"revision":3,"plaintextSecrets":[]}',
      '{"version":1,"revision":"checkout:4","registeredAt":"today","plaintextSecrets":[]}',
      '{"version":1,"revision":"checkout:5"}',
      '{"version":1,"revision":"checkout:6","plaintextSecrets":[7]}',
      '{"version":1,"revision":"checkout:7","plaintextSec',
    ];
    await store.put(`${FOLDER}000001.jsonl`, [...broken.slice(0, 7), good, broken[7]].join("\n"), "absent");
    await store.put(`${FOLDER}notes.txt`, good.replace(":1", ":9"), "absent");
    const facts = await open(store);
    assert.deepEqual(facts.of("checkout:1"), fact(1));
    for (let number = 2; number <= 9; number++) assert.equal(facts.of(`checkout:${number}`), undefined);
    facts.add(fact(7));
    await facts.save();
    assert.deepEqual((await open(store)).of("checkout:7"), fact(7));
    assert.deepEqual((await lines(store, "000001.jsonl")).slice(0, 7), broken.slice(0, 7));
  });

  it("are not written over what another run added", async () => {
    const store = memoryStore();
    const [slow, fast] = [await open(store), await open(store)];
    fast.add(fact(1));
    await fast.save();
    slow.add(fact(2));
    await assert.rejects(slow.save(), { name: "StoreConflictError" });
  });
});
