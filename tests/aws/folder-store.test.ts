import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { folderStore } from "../../aws/folder-store";
import type { Clock } from "../../retention/types";

describe("folderStore", () => {
  let root: string;
  let folder: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "store-"));
    folder = join(root, "store");
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it("writes files and folders that nobody else can read", async () => {
    await folderStore(folder).put("archive/a/1.json", "{}", "any");
    const mode = (path: string) => (statSync(join(folder, path)).mode & 0o777).toString(8);
    assert.deepEqual(["archive/a/1.json", "archive/a", "archive", "."].map(mode), ["600", "700", "700", "700"]);
  });

  it("leaves nothing but the object, also where a condition does not hold or the write fails", async () => {
    const store = folderStore(folder);
    await store.put("a/1", "1", "any");
    await assert.rejects(store.put("a/1", "2", "absent"), { name: "StoreConflictError" });
    mkdirSync(join(folder, "a/folder"));
    await assert.rejects(store.put("a/folder", "2", "any"), { code: /EISDIR|EEXIST|EPERM/ });
    assert.deepEqual(readdirSync(folder), ["a"]);
    assert.equal(readFileSync(join(folder, "a/1"), "utf8"), "1");
  });

  it("never leaves the folder, whatever the key", async () => {
    const store = folderStore(folder);
    for (const key of ["../x", "a/../../x", "/x", "a//x", "a/./x", "a/", "", "..", "a\\..\\..\\x", "c:x", "a\0b"]) {
      const named = (error: Error) => error.message.startsWith(`${folder}: got the key "${key}", expected`);
      await assert.rejects(store.put(key, "", "any"), named, key);
      await assert.rejects(store.get(key), named, key);
    }
    assert.deepEqual(readdirSync(root), []);
  });

  it("waits for another writer", async () => {
    mkdirSync(folder);
    const lock = join(folder, ".lock");
    writeFileSync(lock, "half of anoth");
    let slept = 0;
    const clock: Clock = {
      now: () => 0,
      sleep: async () => {
        slept += 1;
        if (slept === 3) rmSync(lock);
      },
    };
    await folderStore(folder, clock).put("a", "1", "any");
    assert.equal(slept, 3);
    assert.equal(readFileSync(join(folder, "a"), "utf8"), "1");
  });

  it("names the lock of a writer that was killed, since when it is there and what to do; reading goes on", async () => {
    const clock: Clock = { now: () => 0, sleep: async () => {} };
    const store = folderStore(folder, clock);
    await store.put("a", "1", "any");
    const lock = join(folder, ".lock");
    writeFileSync(lock, "half of anoth");
    const since = statSync(lock).mtime.toISOString();
    await assert.rejects(store.put("a", "2", "any"), {
      message:
        `${lock} is there since ${since}: another ecs-retention writes, or was killed while it did; ` +
        "once none runs, delete it",
    });
    assert.ok(existsSync(lock), "nobody but a person knows that its writer is gone");
    assert.deepEqual(
      (await store.list("")).map(({ key }) => key),
      ["a"],
    );
    assert.equal((await store.get("a"))?.body, "1");
  });

  it("lets processes that count up one object at once lose no count", async () => {
    const counter = join(__dirname, "programs/count-in-folder.ts");
    const children = Array.from({ length: 3 }, () =>
      fork(counter, [folder, "20"], { execArgv: ["--require", "tsx/cjs"] }),
    );
    for (const [code] of await Promise.all(children.map((child) => once(child, "exit")))) assert.equal(code, 0);
    assert.equal((await folderStore(folder).get("count"))?.body, "60");
  });
});
