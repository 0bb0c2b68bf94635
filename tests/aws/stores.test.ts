import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { folderStore } from "../../aws/folder-store";
import { memoryStore } from "../../aws/memory-store";
import { simulatedStore } from "./stored";

describe("every store", () => {
  const folders: string[] = [];
  after(() => {
    for (const folder of folders) rmSync(folder, { recursive: true });
  });

  function newFolder(): string {
    folders.push(mkdtempSync(join(tmpdir(), "store-")));
    return join(folders.at(-1) as string, "made on the first write");
  }

  const STORES = { s3Store: () => simulatedStore().store, folderStore: () => folderStore(newFolder()), memoryStore };

  for (const [name, open] of Object.entries(STORES)) {
    it(`gives back what was put, and nothing for a key that is not there: ${name}`, async () => {
      const store = open();
      assert.equal(await store.get("a/b.json"), undefined);
      const etag = await store.put("a/b.json", '{"ü":1}\n', "any");
      assert.deepEqual(await store.get("a/b.json"), { body: '{"ü":1}\n', etag });
      assert.equal(await store.get("a/c.json"), undefined);
    });

    it(`lists keys and etags below a prefix, sorted by bytes, over several pages: ${name}`, async () => {
      const store = open();
      assert.deepEqual(await store.list("a/"), []);
      const etags = new Map<string, string>();
      for (const key of ["a/é", "a/z", "a/B/1", "a/b", "a/10", "a/9", "ab", "b/1"]) {
        etags.set(key, await store.put(key, `of ${key}`, "any"));
      }
      const sorted = ["a/10", "a/9", "a/B/1", "a/b", "a/z", "a/é"];
      assert.deepEqual(
        await store.list("a/"),
        sorted.map((key) => ({ key, etag: etags.get(key) })),
      );
      assert.deepEqual((await store.list("a/B")).length, 1);
      assert.deepEqual((await store.list("")).length, 8);
      assert.deepEqual(await store.list("c/"), []);
    });

    it(`writes only on the condition given: ${name}`, async () => {
      const store = open();
      const conflict = { name: "StoreConflictError", message: "key was written by somebody else meanwhile" };
      const first = await store.put("key", "1", "absent");
      await assert.rejects(store.put("key", "2", "absent"), conflict);
      const second = await store.put("key", "2", first);
      assert.notEqual(second, first);
      await assert.rejects(store.put("key", "3", first), conflict);
      await assert.rejects(store.put("gone", "3", first), { name: "StoreConflictError" });
      assert.deepEqual(await store.get("key"), { body: "2", etag: second });
      assert.equal(await store.get("gone"), undefined);
      await store.put("key", "4", "any");
      assert.equal((await store.get("key"))?.body, "4");
    });
  }
});
