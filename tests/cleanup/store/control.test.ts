import assert from "node:assert/strict";
import { memoryStore } from "../../../aws/memory-store";
import { stopOf } from "../../../cleanup/store/control";

describe("a stop", () => {
  it("is whatever lies below control/, by name, and nothing else", async () => {
    const store = memoryStore();
    await store.put("controls", "", "any");
    assert.equal(await stopOf(store), undefined);
    await store.put("control/STOP", "", "any");
    assert.equal(await stopOf(store), "control/STOP");
    await store.put("control/PAUSED", "", "any");
    assert.equal(await stopOf(store), "control/PAUSED, control/STOP");
  });

  it("is not the folder itself, which the S3 console leaves there", async () => {
    const store = memoryStore();
    await store.put("control/", "", "any");
    assert.equal(await stopOf(store), undefined);
  });
});
