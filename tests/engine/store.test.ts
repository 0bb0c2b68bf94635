import assert from "node:assert/strict";
import { Pulumi } from "./pulumi";
import { ok } from "./run";

describe("a store that a destroyed stack left behind, by the real engine", () => {
  let pulumi: Pulumi;

  before(async () => {
    pulumi = await Pulumi.start();
  });
  after(() => pulumi.close());

  it("is adopted by storeBucketName: no other is made, and it outlives the stack again", async () => {
    const { buckets } = pulumi.world.services.s3;
    const stack = await pulumi.stack("tests/engine/programs/adopted-store", "test");
    await ok(stack.up());
    const [[name = "", bucket] = []] = buckets;
    assert.ok(bucket);
    await ok(stack.destroy());

    await stack.configure({ storeBucketName: name });
    await ok(stack.up());
    assert.deepEqual([...buckets.keys()], [name]);
    const registrations = [...bucket.objects].filter(([, versions]) => !versions.at(-1)?.deleteMarker);
    assert.equal(registrations.length, 1);
    assert.equal(bucket.versioning, "Enabled");
    assert.deepEqual((await stack.up()).steps, []);

    await ok(stack.destroy());
    assert.deepEqual([...buckets.keys()], [name]);
    assert.match(bucket.policy ?? "", /aws:SecureTransport/);
  });
});
