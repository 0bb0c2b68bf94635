import assert from "node:assert/strict";
import { listRevisions } from "../../simulator/services/ecs-definitions";
import { ACCOUNT, Pulumi, REGION, type Stack } from "./pulumi";
import { ok } from "./run";

describe("the replacement of a task definition, by the real engine", () => {
  let pulumi: Pulumi;
  let stack: Stack;

  beforeEach(async () => {
    pulumi = await Pulumi.start();
  });
  afterEach(() => pulumi.close());

  async function deployed(config: Record<string, string>) {
    stack = await pulumi.stack("tests/engine/programs/replacement", "test", config);
    await up();
  }

  async function up(config: Record<string, string> = {}) {
    await stack.configure(config);
    const { steps } = await ok(stack.up());
    return steps.filter(({ type }) => type === "aws:ecs/taskDefinition:TaskDefinition").map(({ op }) => op);
  }

  const statuses = () =>
    Object.fromEntries(
      listRevisions(pulumi.world.scope(ACCOUNT, REGION)).map(({ revision, status }) => [revision, status]),
    );

  it("deregisters the old revision without retainRevisions", async () => {
    await deployed({ image: "app:1" });
    await stack.configure({ image: "app:2" });
    const replaced = (await ok(stack.preview())).steps.find(({ op }) => op === "replace");
    assert.deepEqual(replaced?.diffs, ["containerDefinitions"]);
    assert.deepEqual(await up(), ["create-replacement", "replace", "delete-replaced"]);
    assert.deepEqual(statuses(), { 1: "INACTIVE", 2: "ACTIVE" });
  });

  it("keeps the old revision ACTIVE with retainRevisions, also when the stack is destroyed", async () => {
    await deployed({ image: "app:1", retain: "true" });
    await up({ image: "app:2" });
    assert.deepEqual(statuses(), { 1: "ACTIVE", 2: "ACTIVE" });
    await ok(stack.destroy());
    assert.deepEqual(statuses(), { 1: "ACTIVE", 2: "ACTIVE" });
  });

  it("keeps the old revision where retainRevisions was introduced in an update of its own, which replaces nothing", async () => {
    await deployed({ image: "app:1" });
    assert.deepEqual(await up({ retain: "true" }), ["update"]);
    await up({ image: "app:2" });
    assert.deepEqual(statuses(), { 1: "ACTIVE", 2: "ACTIVE" });
  });

  it("still deregisters it where retainRevisions arrives together with a new image: the old state decides", async () => {
    await deployed({ image: "app:1" });
    await up({ retain: "true", image: "app:2" });
    assert.deepEqual(statuses(), { 1: "INACTIVE", 2: "ACTIVE" });
    await up({ image: "app:3" });
    assert.deepEqual(statuses(), { 1: "INACTIVE", 2: "ACTIVE", 3: "ACTIVE" });
  });
});
