import assert from "node:assert/strict";
import { Pulumi, type Stack } from "./pulumi";
import { ok } from "./run";

describe("stacks that share one cleanup function, by the real engine", () => {
  let pulumi: Pulumi;
  let platform: Stack;
  let other: Stack;

  before(async () => {
    pulumi = await Pulumi.start();
    platform = await pulumi.stack("examples/three-services", "platform");
    other = await pulumi.stack("examples/another-stack", "other", { platform: platform.reference });
  });
  after(() => pulumi.close());

  /** Families that are registered, of every bucket there is. */
  const registered = () =>
    [...pulumi.world.services.s3.buckets.values()].flatMap(({ objects }) =>
      [...objects.values()].flatMap((versions) => {
        const latest = versions.at(-1);
        return !latest || latest.deleteMarker ? [] : [JSON.parse(latest.body.toString()).policy.family as string];
      }),
    );

  it("lets a second stack join through a StackReference: its policy lies in the first one's store", async () => {
    await ok(platform.up());
    await ok(other.up());
    assert.deepEqual(registered().sort(), ["basket", "checkout", "invoices", "search"]);
    assert.deepEqual(
      (await other.resources()).filter(({ type }) => type.startsWith("aws:lambda/")),
      [],
    );
    assert.deepEqual((await other.up()).steps, []);
  });

  it("keeps the others registered when the second stack is destroyed", async () => {
    await ok(other.destroy());
    assert.deepEqual(registered().sort(), ["basket", "checkout", "search"]);
  });
});
