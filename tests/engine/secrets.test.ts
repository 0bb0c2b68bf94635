import assert from "node:assert/strict";
import { listRevisions } from "../../simulator/services/ecs-definitions";
import { ACCOUNT, Pulumi, REGION, type Stack } from "./pulumi";
import { ok } from "./run";

describe("a secret in a container's environment, by the real engine", () => {
  const password = "correct-horse-battery-staple";
  let pulumi: Pulumi;
  let stack: Stack;

  before(async () => {
    pulumi = await Pulumi.start();
    const config = { tag: "1", password: { secret: password } };
    stack = await pulumi.stack("tests/engine/programs/secret", "test", config);
  });
  after(() => pulumi.close());

  it("is in no preview, before and after the stack exists, and in no update", async () => {
    const runs = [await ok(stack.preview()), await ok(stack.up())];
    await stack.configure({ tag: "2" });
    runs.push(await ok(stack.preview()), await ok(stack.up()), await ok(stack.refresh()));
    for (const { text } of runs) assert.ok(!text.includes(password), text);
  });

  it("is not on disk: not in the state, its history or the configuration", () => {
    const disk = pulumi.onDisk();
    assert.ok(disk.includes("aws:ecs/taskDefinition:TaskDefinition"), "the state was not found");
    assert.ok(!disk.includes(password));
  });

  it("did reach the task definition", () => {
    const revisions = listRevisions(pulumi.world.scope(ACCOUNT, REGION));
    assert.equal(revisions.length, 2);
    assert.ok(revisions.every(({ definition }) => JSON.stringify(definition).includes(password)));
  });

  it("leaves the execution role's statements readable", async () => {
    const resources = await stack.resources();
    const policy = resources.find(({ urn }) => urn.endsWith("::checkout-execution-policy"));
    assert.match(String(policy?.inputs?.policy), /ecr:BatchGetImage/);
  });
});
