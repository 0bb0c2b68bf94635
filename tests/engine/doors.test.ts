import assert from "node:assert/strict";
import { deploy, destroy } from "../../simulator/provider/deploy";
import { World } from "../../simulator/world";
import { ACCOUNT, Pulumi, REGION } from "./pulumi";
import { ok } from "./run";

/** What is drawn at random: tails of generated names, ids, hashes. */
const DRAWN =
  /(?<=-)[0-9a-f]{7}\b|\b[0-9a-f]{32,}\b|\bA[A-Z]{3}[A-Z0-9]{17}\b|(?<=ecs-svc\/)\d+|(?<=:service-(revision|deployment)\/[^/]+\/[^/]+\/)[0-9a-f]+/g;

/**
 * All state of a world as plain data, without what is drawn at random and without the ids of object versions: the engine
 * makes a bucket's versioning and its first object side by side, so that this object's version may be "null".
 */
function snapshot(value: unknown): unknown {
  if (typeof value === "string") return value.replace(DRAWN, "*");
  if (Buffer.isBuffer(value)) return snapshot(value.toString("latin1"));
  if (value instanceof Set) return snapshot([...value].sort());
  if (Array.isArray(value)) return value.map(snapshot);
  // What ends a timer.
  if (typeof value === "function") return "function";
  if (typeof value !== "object" || value === null) return value;
  const members = value instanceof Map ? [...value] : Object.entries(value);
  const entries = members
    .filter(([key]) => key !== "versionId")
    .map(([key, item]) => [String(snapshot(key)), snapshot(item)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

describe("the two front doors of the simulator", () => {
  let pulumi: Pulumi;

  before(async () => {
    pulumi = await Pulumi.start();
  });
  after(() => pulumi.close());

  it("leave the same state: the quickstart made, changed and destroyed by the engine and on the test runtime", async () => {
    const project = "ecs-retention-quickstart";
    const world = new World();
    const options = { program: "examples/quickstart", project, stack: "test", account: ACCOUNT, region: REGION };
    const stack = await pulumi.stack("examples/quickstart", "test");
    const changes: Record<string, string>[] = [{ mode: "report" }, { mode: "enforce", version: "1.5.0" }];
    for (const config of changes) {
      await stack.configure(config);
      await ok(stack.up());
      const prefixed = Object.entries(config).map(([key, value]) => [`${project}:${key}`, value]);
      await deploy(world, { ...options, config: Object.fromEntries(prefixed) });
      assert.deepEqual(snapshot(world.services), snapshot(pulumi.world.services));
    }
    assert.equal(world.services.s3.buckets.size, 1);
    await ok(stack.destroy());
    await destroy(world, options);
    assert.deepEqual(snapshot(world.services), snapshot(pulumi.world.services));
  });
});
