import assert from "node:assert/strict";
import { ACCOUNT, Pulumi } from "./pulumi";
import { ok } from "./run";

describe("an explicit provider, by the real engine", () => {
  let pulumi: Pulumi;

  before(async () => {
    pulumi = await Pulumi.start();
  });
  after(() => pulumi.close());

  it("makes everything in its Region, invokes too, where default providers are disabled", async () => {
    const stack = await pulumi.stack("tests/engine/programs/explicit-provider", "test", {
      "pulumi:disable-default-providers[0]": "aws",
    });
    await ok(stack.up());
    const resources = (await stack.resources()).filter(({ type }) => type.startsWith("aws:"));
    assert.ok(resources.length > 20);
    const regions = new Set(resources.map(({ outputs }) => outputs?.region).filter((region) => region !== undefined));
    assert.deepEqual([...regions], ["eu-central-1"]);
    const { iam, s3 } = pulumi.world.services;
    const roles = [...iam.of(ACCOUNT).roles.keys()];
    assert.ok(roles.includes("ecs-retention-eu-central-1"), roles.join());
    assert.deepEqual(
      [...s3.buckets.values()].map(({ region }) => region),
      ["eu-central-1"],
    );
    assert.deepEqual((await stack.up()).steps, []);
  });
});
