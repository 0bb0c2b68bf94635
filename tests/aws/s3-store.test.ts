import assert from "node:assert/strict";
import { calls } from "../../aws/retry";
import { s3Store } from "../../aws/s3-store";
import { AwsError } from "../../simulator";
import { createBucket } from "../../simulator/services/s3";
import { callsOf, connectAdmin, failing, HOUR, newWorld, scopeOf } from "../cleanup/support";

function setUp() {
  const world = newWorld(2);
  createBucket(scopeOf(world), { name: "store" });
  const store = s3Store(connectAdmin(world).s3(), "store", calls(world.clock, world.clock.now() + HOUR));
  return { world, store };
}

describe("s3Store", () => {
  it("gives back what was put, and nothing for a key that is not there", async () => {
    const { store } = setUp();
    const etag = await store.put("a/b.json", '{"ü":1}', "any");
    assert.deepEqual(await store.get("a/b.json"), { body: '{"ü":1}', etag });
    assert.equal(await store.get("a/c.json"), undefined);
  });

  it("lists all keys below a prefix, over several pages", async () => {
    const { store } = setUp();
    for (const key of ["a/1", "a/2", "a/3", "a/4", "a/5", "ab", "b/1"]) await store.put(key, "", "any");
    assert.deepEqual(await store.list("a/"), ["a/1", "a/2", "a/3", "a/4", "a/5"]);
    assert.deepEqual(await store.list("c/"), []);
  });

  it("writes on condition, and tells a conflict from a failure", async () => {
    const { world, store } = setUp();
    const conflict = { name: "StoreConflictError" };
    const first = await store.put("key", "1", "absent");
    await assert.rejects(store.put("key", "2", "absent"), conflict);
    const second = await store.put("key", "2", first);
    await assert.rejects(store.put("key", "3", first), conflict);
    await assert.rejects(store.put("gone", "3", first), conflict);
    assert.deepEqual(await store.get("key"), { body: "2", etag: second });

    failing(world, "PutObject", { before: new AwsError("AccessDenied", "no", 403) });
    await assert.rejects(store.put("key", "4", "any"), { name: "ReadError" });
  });

  it("names the object that cannot be read", async () => {
    const { world, store } = setUp();
    failing(world, "GetObject", { before: new AwsError("AccessDenied", "no", 403) });
    await assert.rejects(store.get("policies/odd.json"), { message: "policies/odd.json: s3:GetObject: AccessDenied" });
  });

  it("asks again while S3 is unavailable", async () => {
    const { world, store } = setUp();
    failing(world, "PutObject", { before: new AwsError("SlowDown", "slow", 503) }, (nth) => nth < 3);
    await world.clock.actor(() => store.put("key", "1", "any"));
    assert.equal(callsOf(world, "PutObject").length, 3);
  });
});
