import type { Scope } from "../operation";
import { type Bucket, bucketOf, createBucket, deleteBucket, getObject, putObject } from "../services/s3";
import { block, optionalText, type ResourceKind, type ResourceTable, tagsOf, text } from "./resource";
import { contentOf, type Values } from "./values";

const find = (scope: Scope, name: string): Bucket | undefined => scope.world.services.s3.buckets.get(name);

/** A resource that is one setting of a bucket; its id is the bucket's name. */
function bucketSetting(
  name: string,
  options: { json?: string[]; apply?(bucket: Bucket, inputs: Values): void; clear?(bucket: Bucket): void } = {},
): ResourceKind {
  const put = (scope: Scope, inputs: Values) => {
    const bucket = bucketOf(scope, text(inputs.bucket));
    const { bucket: _, region: _region, __defaults: _defaults, ...setting } = inputs;
    bucket.settings[name] = setting;
    options.apply?.(bucket, inputs);
    return { id: bucket.name };
  };
  return {
    replaceOn: ["bucket", "expectedBucketOwner"],
    json: options.json,
    settings: ["skipDestroy"],
    computed: [],
    create: put,
    describe: (scope, id) => {
      const setting = find(scope, id)?.settings[name];
      return setting === undefined ? undefined : { bucket: id, ...block(setting) };
    },
    update: (scope, _id, inputs) => void put(scope, inputs),
    delete: (scope, id, state) => {
      const bucket = find(scope, id);
      if (!bucket || state.skipDestroy) return;
      delete bucket.settings[name];
      options.clear?.(bucket);
    },
  };
}

function bodyOf(inputs: Values): Buffer {
  if (typeof inputs.content === "string") return Buffer.from(inputs.content);
  if (typeof inputs.contentBase64 === "string") return Buffer.from(inputs.contentBase64, "base64");
  return [...contentOf(inputs.source).values()][0] ?? Buffer.alloc(0);
}

function put(scope: Scope, inputs: Values): { id: string } {
  const [bucket, key] = [text(inputs.bucket), text(inputs.key)];
  putObject(scope, { bucket, key, body: bodyOf(inputs), contentType: optionalText(inputs.contentType) });
  return { id: `${bucket}/${key}` };
}

function location(id: string): [bucket: string, key: string] {
  const slash = id.indexOf("/");
  return [id.slice(0, slash), id.slice(slash + 1)];
}

export const s3Resources: ResourceTable = {
  "aws:s3/bucket:Bucket": {
    autoName: { property: "bucket", maxLength: 63, lower: true },
    defaults: { forceDestroy: false },
    replaceOn: ["bucket", "bucketPrefix", "bucketNamespace", "objectLockEnabled"],
    settings: ["forceDestroy"],
    computed: ["arn", "bucketDomainName", "bucketRegionalDomainName", "bucketRegion", "hostedZoneId"],
    create: (scope, inputs) => ({ id: createBucket(scope, { name: text(inputs.bucket), tags: tagsOf(inputs) }).name }),
    describe: (scope, id) => {
      const bucket = find(scope, id);
      if (bucket?.account !== scope.account) return undefined;
      return {
        bucket: id,
        arn: bucket.arn,
        bucketDomainName: `${id}.s3.amazonaws.com`,
        bucketRegionalDomainName: `${id}.s3.${bucket.region}.amazonaws.com`,
        bucketRegion: bucket.region,
        hostedZoneId: "Z3AQBSTGFYJSTF",
      };
    },
    update: (scope, id, inputs) => {
      bucketOf(scope, id).tags = tagsOf(inputs);
    },
    delete: (scope, id, state) => deleteBucket(scope, id, state.forceDestroy === true),
  },
  "aws:s3/bucketVersioning:BucketVersioning": bucketSetting("BucketVersioning", {
    apply: (bucket, inputs) => {
      const { status } = block(inputs.versioningConfiguration);
      bucket.versioning = status === "Enabled" || status === "Suspended" ? status : undefined;
    },
    // Versioning cannot be taken back, only suspended.
    clear: (bucket) => {
      if (bucket.versioning) bucket.versioning = "Suspended";
    },
  }),
  "aws:s3/bucketPolicy:BucketPolicy": bucketSetting("BucketPolicy", {
    json: ["policy"],
    apply: (bucket, inputs) => {
      bucket.policy = text(inputs.policy);
    },
    clear: (bucket) => {
      bucket.policy = undefined;
    },
  }),
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": bucketSetting(
    "BucketServerSideEncryptionConfiguration",
  ),
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": bucketSetting("BucketPublicAccessBlock"),
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": bucketSetting("BucketOwnershipControls"),
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": bucketSetting("BucketLifecycleConfiguration"),
  "aws:s3/bucketObjectv2:BucketObjectv2": {
    defaults: { forceDestroy: false },
    replaceOn: ["bucket", "key"],
    settings: ["forceDestroy"],
    computed: ["arn", "etag", "versionId"],
    changedByUpdate: ["etag", "versionId"],
    create: put,
    describe: (scope, id) => {
      const [bucket, key] = location(id);
      const found = find(scope, bucket) && getObject(scope, bucket, key);
      if (!found) return undefined;
      const etag = found.etag.replaceAll('"', "");
      return { bucket, key, arn: `${bucketOf(scope, bucket).arn}/${key}`, etag, versionId: found.versionId };
    },
    update: (scope, _id, inputs) => void put(scope, inputs),
    // The provider removes every version of an object that it has seen a version of.
    delete: (scope, id) => {
      const [bucket, key] = location(id);
      find(scope, bucket)?.objects.delete(key);
    },
  },
};
