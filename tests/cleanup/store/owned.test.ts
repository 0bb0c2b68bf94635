import assert from "node:assert/strict";
import { memoryStore } from "../../../aws/memory-store";
import { putOwned, writeOwned } from "../../../cleanup/store/owned";
import { AwsError } from "../../../simulator";
import { simulatedStore } from "../../aws/stored";

describe("an object that one writer owns", () => {
  it("is written although the answer was lost, and read back once", async () => {
    const { world, store } = simulatedStore();
    let lost = 0;
    world.gate.faults = ({ operation }) =>
      operation === "PutObject" && lost++ === 0 ? { after: new AwsError("InternalError", "lost", 500) } : undefined;
    const etag = await world.clock.actor(() => writeOwned(store, "key", { a: 1 }, "absent", "run-1"));
    assert.equal((await store.get("key"))?.etag, etag);
    const operations = world.gate.calls.map(({ operation }) => operation);
    assert.deepEqual(operations, ["PutObject", "PutObject", "GetObject", "GetObject"]);
  });

  it("names who wrote it, each time another", async () => {
    const store = memoryStore();
    const bodies = [];
    for (let time = 0; time < 2; time++) {
      await writeOwned(store, `${time}`, { a: 1 }, "absent", "run-1");
      bodies.push(JSON.parse((await store.get(`${time}`))?.body ?? ""));
    }
    assert.match(bodies[0].writer, /^run-1\/[0-9a-f-]{36}$/);
    assert.notEqual(bodies[0].writer, bodies[1].writer);
    assert.equal(bodies[0].a, 1);
  });

  it("is not written over what somebody else wrote, even of the same run id and content", async () => {
    const store = memoryStore();
    const first = await writeOwned(store, "key", { a: 1 }, "absent", "run-1");
    const other = await writeOwned(store, "key", { a: 2 }, first, "run-2");
    const conflict = { name: "StoreConflictError" };
    await assert.rejects(writeOwned(store, "key", { a: 1 }, "absent", "run-1"), conflict);
    await assert.rejects(writeOwned(store, "key", { a: 3 }, first, "run-1"), conflict);
    // Changed back: as S3 would have it, the same content has the same etag.
    await writeOwned(store, "key", { a: 1 }, other, "run-2");
    await assert.rejects(writeOwned(store, "key", { a: 3 }, first, "run-1"), conflict);
  });

  it("is not there where somebody removed it", async () => {
    await assert.rejects(putOwned(memoryStore(), "key", "1", "etag of what was removed"), {
      name: "StoreConflictError",
    });
  });

  it("passes on what is no conflict", async () => {
    const store = { ...memoryStore(), put: () => Promise.reject(new Error("denied")) };
    await assert.rejects(putOwned(store, "key", "1", "absent"), { message: "denied" });
  });
});
