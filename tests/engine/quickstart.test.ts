import assert from "node:assert/strict";
import { ACCOUNT, Pulumi, REGION, type Stack } from "./pulumi";
import { changes, ok, type Run, type Step } from "./run";

/** What a policy grants, one line an action and resource; nothing where the engine does not know it yet. */
function grants({ inputs }: Step): string[] {
  if (typeof inputs.policy !== "string" || !inputs.policy.startsWith("{")) return [];
  // A lifecycle policy has no statements.
  const statements: { Action: string[]; Resource: string[] }[] = JSON.parse(inputs.policy).Statement ?? [];
  return statements.flatMap(({ Action, Resource }) =>
    Action.flatMap((action) => Resource.map((resource) => `${action} on ${resource}`)),
  );
}

describe("the quickstart, by the real engine", () => {
  const revisions = `arn:aws:ecs:${REGION}:${ACCOUNT}:task-definition/checkout:*`;
  let pulumi: Pulumi;
  let stack: Stack;
  let previewed: Run;

  before(async () => {
    pulumi = await Pulumi.start();
    stack = await pulumi.stack(".", "test");
  });
  after(() => pulumi.close());

  const bucketNames = () => [...pulumi.world.services.s3.buckets.keys()];
  const roleNames = () => [...pulumi.world.services.iam.of(ACCOUNT).roles.keys()];
  const registration = async () =>
    (await stack.resources()).find(({ urn }) => urn.endsWith("::checkout-registration"))?.outputs?.key as string;

  it("is previewed without making anything", async () => {
    previewed = await ok(stack.preview());
    assert.ok(previewed.steps.every(({ op }) => op === "create"));
    assert.deepEqual(bucketNames(), []);
    assert.deepEqual(roleNames(), []);
  });

  it("shows in its first preview what the function may read, and no right to remove anything", () => {
    const shown = previewed.steps.flatMap(grants);
    assert.ok(shown.includes(`ecs:DescribeServices on arn:aws:ecs:${REGION}:${ACCOUNT}:service/*`), shown.join("\n"));
    assert.deepEqual(
      shown.filter((grant) => /^ecs:(De(lete|register)|Update|Stop|Put)/.test(grant)),
      [],
    );
  });

  it("is made as it was previewed", async () => {
    assert.deepEqual(changes(await ok(stack.up())), changes(previewed));
    const [bucket = ""] = bucketNames();
    const keys = [...(pulumi.world.services.s3.buckets.get(bucket)?.objects.keys() ?? [])];
    assert.deepEqual(keys, [await registration()]);
  });

  it("changes nothing in a second up, and finds no drift in a refresh", async () => {
    assert.deepEqual(changes(await ok(stack.up())), []);
    assert.deepEqual(changes(await ok(stack.refresh())), []);
  });

  it("shows the change to enforce as a new role that may remove this family's revisions", async () => {
    await stack.configure({ mode: "enforce" });
    const preview = await ok(stack.preview());
    assert.deepEqual(changes(preview), [
      "create checkout-removal-policy",
      "create checkout-removal-role",
      "update checkout-registration",
    ]);
    assert.deepEqual(preview.steps.flatMap(grants), [
      "ecs:DeregisterTaskDefinition on *",
      `ecs:DeleteTaskDefinitions on ${revisions}`,
    ]);
    assert.deepEqual(changes(await ok(stack.up())), changes(preview));
    assert.deepEqual(changes(await ok(stack.up())), []);
  });

  it("shows the change back to report as the end of that role", async () => {
    await stack.configure({ mode: "report" });
    const preview = await ok(stack.preview());
    assert.deepEqual(changes(preview), [
      "delete checkout-removal-policy",
      "delete checkout-removal-role",
      "update checkout-registration",
    ]);
    assert.deepEqual(changes(await ok(stack.up())), changes(preview));
  });

  it("finds schedules that someone deleted in a refresh, and makes them again", async () => {
    const { schedules } = pulumi.world.services.scheduler.at(pulumi.world.scope(ACCOUNT, REGION));
    schedules.clear();
    const names = ["checkout-cleanup-continuation", "checkout-cleanup-schedule"];
    assert.deepEqual(
      changes(await ok(stack.refresh())),
      names.map((name) => `delete ${name}`),
    );
    assert.deepEqual(
      changes(await ok(stack.up())),
      names.map((name) => `create ${name}`),
    );
    assert.equal(schedules.size, 2);
  });

  it("fails in a preview where the policy is wrong, with the property's path", async () => {
    await stack.configure({ mode: "remove" });
    const { status, errors } = await stack.preview();
    assert.notEqual(status, 0);
    assert.match(errors, /mode: got "remove", expected .*"report"/);
    await stack.configure({ mode: "report" });
  });

  it("fails with a second function in the same account and Region, which leaves nothing behind", async () => {
    const second = await pulumi.stack("examples/three-services", "second");
    const { status, errors } = await second.up();
    assert.notEqual(status, 0);
    assert.match(errors, /EntityAlreadyExists: Role with name ecs-retention-eu-west-1 already exists/);
    assert.equal(bucketNames().length, 1);
    const left = (await second.resources()).filter(({ id }) => id !== undefined && !id.startsWith("urn:"));
    assert.deepEqual(
      left.filter(({ type }) => type.startsWith("aws:")),
      [],
    );
  });

  it("is destroyed but for the bucket, with its settings and without the registration", async () => {
    const [bucket = ""] = bucketNames();
    await ok(stack.destroy());
    assert.deepEqual(bucketNames(), [bucket]);
    assert.deepEqual(roleNames(), []);
    const kept = pulumi.world.services.s3.buckets.get(bucket);
    assert.equal(kept?.versioning, "Enabled");
    assert.match(kept?.policy ?? "", /aws:SecureTransport/);
    assert.ok([...(kept?.objects.values() ?? [])].every((versions) => versions.at(-1)?.deleteMarker));
    assert.deepEqual(await stack.resources(), []);
  });

  it("is made again after that, with a new bucket", async () => {
    await ok(stack.up());
    assert.equal(bucketNames().length, 2);
  });
});
