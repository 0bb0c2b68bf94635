import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AwsStandIn, RESOURCES, type Resource } from "../../simulator/provider/provider";
import { hashAssets, UNKNOWN, type Values } from "../../simulator/provider/values";
import { findTaskDefinition } from "../../simulator/services/ecs-definitions";
import { putRolePolicy } from "../../simulator/services/iam";
import { putObject } from "../../simulator/services/s3";
import { World } from "../../simulator/world";

const TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition";
const ROLE = "aws:iam/role:Role";
const POLICY = "aws:iam/policy:Policy";
const ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";
const BUCKET = "aws:s3/bucket:Bucket";
const FUNCTION = "aws:lambda/function:Function";
const REPOSITORY = "aws:ecr/repository:Repository";
const LIFECYCLE = JSON.stringify({
  rules: [
    {
      rulePriority: 1,
      selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 14 },
      action: { type: "expire" },
    },
  ],
});
const TRUST = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole"}]}';
const DEFINITION = { family: "checkout", cpu: "256", containerDefinitions: '[{"name":"app","image":"shop:1"}]' };

describe("the stand-in for the aws provider", () => {
  let world: World;
  let aws: AwsStandIn;
  beforeEach(() => {
    world = new World();
    aws = new AwsStandIn(world, { account: "111111111111", region: "eu-west-1" });
  });

  const make = (type: string, name: string, inputs: Values): Resource =>
    aws.create(type, aws.check(type, name, inputs));
  const change = (type: string, olds: Resource, inputs: Values): Resource =>
    aws.update(type, olds.id, olds, aws.check(type, "any", inputs, olds.inputs));

  describe("check", () => {
    it("generates a name of the resource's name and seven hex digits, and keeps it afterwards", () => {
      const first = aws.check(ROLE, "cleanup", { assumeRolePolicy: TRUST });
      assert.match(String(first.name), /^cleanup-[0-9a-f]{7}$/);
      assert.equal(aws.check(ROLE, "cleanup", { assumeRolePolicy: TRUST }, first).name, first.name);
    });

    it("refuses a name that leaves no room for what is generated, as the engine does", () => {
      assert.throws(
        () => aws.check(ROLE, "r".repeat(57), { assumeRolePolicy: TRUST }),
        /plus 7 random chars is longer/,
      );
      assert.match(String(aws.check(ROLE, "r".repeat(56), { assumeRolePolicy: TRUST }).name), /^r{56}-[0-9a-f]{7}$/);
    });

    it("generates bucket names in lower case", () => {
      assert.match(String(aws.check(BUCKET, "MyStore", {}).bucket), /^mystore-[0-9a-f]{7}$/);
    });

    it("makes a new name where a chosen one was taken away", () => {
      const chosen = aws.check(ROLE, "cleanup", { name: "fixed", assumeRolePolicy: TRUST });
      const { name } = aws.check(ROLE, "cleanup", { assumeRolePolicy: TRUST }, chosen);
      assert.match(String(name), /^cleanup-/);
    });

    it("refuses a JSON property that is none, without showing it", () => {
      assert.throws(
        () => aws.check(TASK_DEFINITION, "checkout", { family: "checkout", containerDefinitions: "[{ hunter2" }),
        (error: Error) =>
          /"containerDefinitions" contains an invalid JSON/.test(error.message) && !/hunter2/.test(error.message),
      );
    });

    it("names a type or a function that it does not know", () => {
      assert.throws(() => aws.check("aws:sns/topic:Topic", "alarms", {}), /no resource type aws:sns\/topic:Topic/);
      assert.throws(() => aws.invoke("aws:ec2/getVpc:getVpc", {}), /no function aws:ec2\/getVpc:getVpc/);
    });
  });

  describe("diff", () => {
    const diff = (type: string, olds: Values, news: Values) => {
      const before = aws.check(type, "x", olds);
      return aws.diff(type, before, aws.check(type, "x", news, before));
    };

    it("compares JSON by its meaning", () => {
      const reordered = '[ { "image": "shop:1", "name": "app" } ]';
      assert.deepEqual(diff(TASK_DEFINITION, DEFINITION, { ...DEFINITION, containerDefinitions: reordered }).diffs, []);
    });

    it("replaces a task definition for whatever is registered, and updates it for what is not", () => {
      const replaced = { containerDefinitions: "[]", cpu: "512", family: "basket", executionRoleArn: "arn:role" };
      assert.deepEqual(diff(TASK_DEFINITION, DEFINITION, { ...DEFINITION, ...replaced }).replaces.sort(), [
        "containerDefinitions",
        "cpu",
        "executionRoleArn",
        "family",
      ]);
      const { diffs, replaces } = diff(TASK_DEFINITION, DEFINITION, {
        ...DEFINITION,
        skipDestroy: true,
        tags: { a: "b" },
      });
      assert.deepEqual({ diffs: diffs.sort(), replaces }, { diffs: ["skipDestroy", "tags"], replaces: [] });
    });

    it("takes an unknown value for a change", () => {
      const { replaces } = diff(TASK_DEFINITION, DEFINITION, { ...DEFINITION, executionRoleArn: UNKNOWN });
      assert.deepEqual(replaces, ["executionRoleArn"]);
    });

    it("deletes before it replaces only where a chosen name stays", () => {
      const named = { name: "fixed", path: "/a/", assumeRolePolicy: TRUST };
      assert.equal(diff(ROLE, named, { ...named, path: "/b/" }).deleteBeforeReplace, true);
      const unnamed = { path: "/a/", assumeRolePolicy: TRUST };
      assert.equal(diff(ROLE, unnamed, { ...unnamed, path: "/b/" }).deleteBeforeReplace, false);
      assert.equal(diff(ROLE, named, { ...named, name: "other" }).deleteBeforeReplace, false);
    });

    it("sees new content behind an archive's unchanged path, and none in the hash that the state keeps", () => {
      const folder = mkdtempSync(join(tmpdir(), "code-"));
      const write = (text: string) => writeFileSync(join(folder, "index.mjs"), text);
      const archive = () => hashAssets({ code: signed("0def7320c3a5731c473e5ecbe6d01bc7", { path: folder }) }, "/");
      write("one");
      const first = archive();
      const kept = { code: { ...(first.code as Values), path: undefined } };
      assert.deepEqual(aws.diff(FUNCTION, kept, archive()).diffs, []);
      write("two");
      assert.deepEqual(aws.diff(FUNCTION, kept, archive()).diffs, ["code"]);
    });
  });

  it("makes nothing in a preview and says which outputs are unknown", () => {
    const { id, outputs } = aws.create(
      ROLE,
      aws.check(ROLE, "cleanup", { name: "fixed", assumeRolePolicy: TRUST }),
      true,
    );
    assert.deepEqual({ id, arn: outputs.arn, name: outputs.name }, { id: "", arn: UNKNOWN, name: "fixed" });
    assert.equal(world.services.iam.of("111111111111").roles.size, 0);
  });

  it("keeps known outputs in the preview of an update", () => {
    const role = make(ROLE, "cleanup", { assumeRolePolicy: TRUST });
    const news = { ...role.inputs, description: "new" };
    assert.equal(aws.update(ROLE, role.id, role, news, true).outputs.arn, role.outputs.arn);
    assert.equal(world.services.iam.of("111111111111").roles.get(role.id)?.description, undefined);
  });

  describe("task definitions", () => {
    it("are registered with what the inputs say and deregistered by what the state says", () => {
      const first = make(TASK_DEFINITION, "checkout", { ...DEFINITION, ephemeralStorage: { sizeInGib: 30 } });
      const scope = aws.scope;
      const found = findTaskDefinition(scope, String(first.outputs.arn));
      assert.equal(found?.definition.containerDefinitions?.[0]?.image, "shop:1");
      assert.deepEqual(found?.definition.ephemeralStorage, { sizeInGiB: 30 });
      assert.equal(first.outputs.revision, 1);
      make(TASK_DEFINITION, "checkout", DEFINITION);
      aws.delete(TASK_DEFINITION, first.id, first.outputs);
      assert.equal(found?.status, "INACTIVE");
      assert.equal(findTaskDefinition(scope, "checkout:2")?.status, "ACTIVE");
    });

    it("stay where skipDestroy was saved before", () => {
      const made = make(TASK_DEFINITION, "checkout", DEFINITION);
      const kept = change(TASK_DEFINITION, made, { ...DEFINITION, skipDestroy: true });
      assert.equal(kept.outputs.revision, 1);
      aws.delete(TASK_DEFINITION, kept.id, kept.outputs);
      assert.equal(findTaskDefinition(aws.scope, "checkout:1")?.status, "ACTIVE");
    });

    it("are gone for a refresh once they are deregistered", () => {
      const made = make(TASK_DEFINITION, "checkout", DEFINITION);
      make(TASK_DEFINITION, "checkout", DEFINITION);
      assert.equal(aws.read(TASK_DEFINITION, made.id, made.inputs, made.outputs)?.outputs.revision, 1);
      aws.delete(TASK_DEFINITION, made.id, made.outputs);
      assert.equal(aws.read(TASK_DEFINITION, made.id, made.inputs, made.outputs), undefined);
    });
  });

  describe("errors of AWS", () => {
    it("refuse a second role of a name", () => {
      make(ROLE, "a", { name: "fixed", assumeRolePolicy: TRUST });
      assert.throws(() => make(ROLE, "b", { name: "fixed", assumeRolePolicy: TRUST }), { name: "EntityAlreadyExists" });
    });

    it("refuse to delete a role with policies", () => {
      const role = make(ROLE, "a", { assumeRolePolicy: TRUST });
      putRolePolicy(aws.scope, role.id, "by-hand", TRUST);
      assert.throws(() => aws.delete(ROLE, role.id, role.outputs), { name: "DeleteConflict" });
    });

    it("refuse to delete a managed policy, and a role, that are attached to each other", () => {
      const role = make(ROLE, "a", { assumeRolePolicy: TRUST });
      const policy = make(POLICY, "a", { policy: TRUST });
      const attachment = make(ATTACHMENT, "a", { role: role.id, policyArn: policy.outputs.arn });
      assert.throws(() => aws.delete(ROLE, role.id, role.outputs), { name: "DeleteConflict" });
      assert.throws(() => aws.delete(POLICY, policy.id, policy.outputs), { name: "DeleteConflict" });
      aws.delete(ATTACHMENT, attachment.id, attachment.outputs);
      aws.delete(POLICY, policy.id, policy.outputs);
      aws.delete(ROLE, role.id, role.outputs);
      assert.equal(aws.read(ROLE, role.id, role.inputs), undefined);
    });

    it("refuse an attachment of a policy that does not exist", () => {
      const role = make(ROLE, "a", { assumeRolePolicy: TRUST });
      const policyArn = "arn:aws:iam::111111111111:policy/nobody";
      assert.throws(() => make(ATTACHMENT, "a", { role: role.id, policyArn }), { name: "NoSuchEntity" });
    });

    it("refuse a bucket of a name that someone else has, and its deletion while it holds anything", () => {
      const bucket = make(BUCKET, "store", { bucket: "store" });
      const other = new AwsStandIn(world, { account: "222222222222", region: "eu-west-1" });
      assert.throws(() => other.create(BUCKET, { bucket: "store" }), { name: "BucketAlreadyExists" });
      putObject(aws.scope, { bucket: "store", key: "a", body: "b" });
      assert.throws(() => aws.delete(BUCKET, bucket.id, bucket.outputs), { name: "BucketNotEmpty" });
      const forced = change(BUCKET, bucket, { bucket: "store", forceDestroy: true });
      aws.delete(BUCKET, forced.id, forced.outputs);
      assert.equal(aws.read(BUCKET, bucket.id, bucket.inputs), undefined);
    });

    it("refuse a function and a schedule whose role does not exist", () => {
      const role = "arn:aws:iam::111111111111:role/nobody";
      assert.throws(() => make(FUNCTION, "f", { role, handler: "index.handler" }), {
        name: "InvalidParameterValueException",
      });
      const target = { arn: "arn:aws:lambda:eu-west-1:111111111111:function:f", roleArn: role };
      assert.throws(() => make("aws:scheduler/schedule:Schedule", "s", { scheduleExpression: "rate(1 day)", target }), {
        name: "ValidationException",
      });
    });

    it("say nothing where what is deleted is gone already", () => {
      const role = make(ROLE, "a", { assumeRolePolicy: TRUST });
      aws.delete(ROLE, role.id, role.outputs);
      aws.delete(ROLE, role.id, role.outputs);
    });
  });

  it("deploys a folder as a function's code and keeps what was deployed", () => {
    const folder = mkdtempSync(join(tmpdir(), "code-"));
    writeFileSync(join(folder, "index.mjs"), "export const handler = 1;");
    const role = make(ROLE, "f", { assumeRolePolicy: TRUST }).outputs.arn;
    const code = signed("0def7320c3a5731c473e5ecbe6d01bc7", { path: folder });
    const made = make(FUNCTION, "f", { role, code, handler: "index.handler", runtime: "nodejs24.x" });
    writeFileSync(join(folder, "index.mjs"), "export const handler = 2;");
    const state = world.services.lambda.at(aws.scope).functions.get(made.id);
    assert.equal(readFileSync(join(state?.code ?? "", "index.mjs"), "utf8"), "export const handler = 1;");
    assert.equal(made.outputs.codeSha256, state?.codeSha256);
    assert.equal(made.outputs.arn, `arn:aws:lambda:eu-west-1:111111111111:function:${made.id}`);
  });

  it("removes every version of an object with it", () => {
    make(BUCKET, "store", { bucket: "store" });
    const versioningConfiguration = { status: "Enabled" };
    make("aws:s3/bucketVersioning:BucketVersioning", "store", { bucket: "store", versioningConfiguration });
    const type = "aws:s3/bucketObjectv2:BucketObjectv2";
    const object = make(type, "policy", { bucket: "store", key: "policies/a.json", content: "{}" });
    const changed = change(type, object, { bucket: "store", key: "policies/a.json", content: "[]" });
    assert.notEqual(changed.outputs.versionId, object.outputs.versionId);
    aws.delete(type, changed.id, changed.outputs);
    aws.delete(BUCKET, "store", { bucket: "store" });
    assert.equal(world.services.s3.buckets.size, 0);
  });

  it("reads back what drifted, and an import's inputs", () => {
    const role = make(ROLE, "a", { name: "a", assumeRolePolicy: TRUST });
    const edited = TRUST.replace("sts:AssumeRole", "sts:TagSession");
    change(ROLE, role, { name: "a", assumeRolePolicy: edited });
    assert.equal(aws.read(ROLE, "a", role.inputs)?.inputs.assumeRolePolicy, edited);
    const imported = aws.read(ROLE, "a")?.inputs;
    assert.equal(imported?.assumeRolePolicy, edited);
    assert.equal("arn" in (imported ?? {}), false);
  });

  it("changes a managed policy in place, and makes a new one for another path or description", () => {
    const policy = make(POLICY, "a", { policy: TRUST, description: "one" });
    const edited = TRUST.replace("sts:AssumeRole", "sts:TagSession");
    const changed = change(POLICY, policy, { policy: edited, description: "one" });
    assert.equal(aws.read(POLICY, changed.id)?.inputs.policy, edited);
    const replaced = aws.check(POLICY, "a", { policy: edited, path: "/app/", description: "two" }, policy.inputs);
    assert.deepEqual(aws.diff(POLICY, changed.inputs, replaced).replaces.sort(), ["description", "path"]);
    assert.equal(
      make(POLICY, "b", { name: "b", path: "/app/", policy: TRUST }).id,
      "arn:aws:iam::111111111111:policy/app/b",
    );
  });

  it("gives a role that exists by its name", () => {
    const role = make(ROLE, "a", { name: "theirs", path: "/app/", assumeRolePolicy: TRUST });
    const { id, arn, uniqueId } = aws.invoke("aws:iam/getRole:getRole", { name: "theirs" });
    assert.deepEqual([id, arn, uniqueId], [role.id, role.outputs.arn, role.outputs.uniqueId]);
    assert.throws(() => aws.invoke("aws:iam/getRole:getRole", { name: "nobody" }), { name: "NoSuchEntity" });
  });

  it("answers for the account, the Region and the partition", () => {
    const china = new AwsStandIn(world, { account: "111111111111", region: "cn-north-1" });
    assert.equal(aws.invoke("aws:index/getCallerIdentity:getCallerIdentity", {}).accountId, "111111111111");
    assert.equal(aws.invoke("aws:index/getRegion:getRegion", {}).region, "eu-west-1");
    assert.equal(china.invoke("aws:index/getPartition:getPartition", {}).partition, "aws-cn");
  });

  it("makes every type, and after its deletion none is left", () => {
    const role = make(ROLE, "f", { assumeRolePolicy: TRUST });
    const bucket = make(BUCKET, "store", {});
    const cluster = make("aws:ecs/cluster:Cluster", "shop", {});
    const task = make(TASK_DEFINITION, "checkout", DEFINITION);
    const queue = make("aws:sqs/queue:Queue", "failed", { messageRetentionSeconds: 60 });
    const group = make("aws:scheduler/scheduleGroup:ScheduleGroup", "g", {});
    const code = signed("0def7320c3a5731c473e5ecbe6d01bc7", {
      assets: { "index.mjs": signed("c44067f5952c0a294b673a41bacd8c17", { text: "export const handler = 1;" }) },
    });
    const lambda = make(FUNCTION, "f", {
      role: role.outputs.arn,
      code,
      handler: "index.handler",
      runtime: "nodejs24.x",
    });
    const repository = make(REPOSITORY, "x", {});
    const policy = make(POLICY, "p", { policy: TRUST });
    const target = { arn: lambda.outputs.arn, roleArn: role.outputs.arn };
    const inBucket = { bucket: bucket.id };
    const inputs: Record<string, Values> = {
      "aws:ecs/service:Service": { cluster: cluster.id, taskDefinition: task.outputs.arn, desiredCount: 1 },
      "aws:iam/rolePolicy:RolePolicy": { role: role.id, policy: TRUST },
      [ATTACHMENT]: { role: role.id, policyArn: policy.outputs.arn },
      "aws:s3/bucketVersioning:BucketVersioning": { ...inBucket, versioningConfiguration: { status: "Enabled" } },
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {
        ...inBucket,
        rules: [],
      },
      "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": { ...inBucket, blockPublicAcls: true },
      "aws:s3/bucketOwnershipControls:BucketOwnershipControls": {
        ...inBucket,
        rule: { objectOwnership: "BucketOwnerEnforced" },
      },
      "aws:s3/bucketPolicy:BucketPolicy": { ...inBucket, policy: TRUST },
      "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": { ...inBucket, rules: [] },
      "aws:s3/bucketObjectv2:BucketObjectv2": { ...inBucket, key: "a", content: "b" },
      "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": {
        functionName: lambda.id,
        maximumRetryAttempts: 0,
      },
      "aws:scheduler/schedule:Schedule": { groupName: group.id, scheduleExpression: "rate(1 day)", target },
      "aws:cloudwatch/logGroup:LogGroup": { retentionInDays: 7 },
      "aws:cloudwatch/metricAlarm:MetricAlarm": { metricName: "Errors", dimensions: { FunctionName: lambda.id } },
      "aws:ecr/lifecyclePolicy:LifecyclePolicy": { repository: repository.id, policy: LIFECYCLE },
    };
    const made: [string, Resource][] = [
      [ROLE, role],
      [BUCKET, bucket],
      ["aws:ecs/cluster:Cluster", cluster],
      [TASK_DEFINITION, task],
      ["aws:sqs/queue:Queue", queue],
      ["aws:scheduler/scheduleGroup:ScheduleGroup", group],
      [FUNCTION, lambda],
      [REPOSITORY, repository],
      [POLICY, policy],
      ...Object.entries(inputs).map(([type, each]): [string, Resource] => [type, make(type, "x", each)]),
    ];
    assert.deepEqual(made.map(([type]) => type).sort(), Object.keys(RESOURCES).sort());
    for (const [type, { id, inputs: saved, outputs }] of made) {
      const read = aws.read(type, id, saved, outputs);
      assert.deepEqual(read?.inputs, saved, `${type} drifts without a change`);
      for (const key of RESOURCES[type]?.computed ?? []) assert.notEqual(outputs[key], undefined, `${type}.${key}`);
    }
    for (const [type, { id, outputs }] of made.reverse()) aws.delete(type, id, outputs);
    for (const [type, { id, inputs: saved, outputs }] of made) {
      assert.equal(aws.read(type, id, saved, outputs), undefined, `${type} is left`);
    }
  });
});

function signed(signature: string, value: Values): Values {
  return { "4dabf18193072939515e22adb298388d": signature, ...value };
}
