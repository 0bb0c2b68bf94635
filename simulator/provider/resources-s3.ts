import type { Scope } from "../operation";
import { type Bucket, bucketOf, createBucket, deleteBucket, getObject, putObject } from "../services/s3";
import {
  block,
  halves,
  kind,
  optionalText,
  type ResourceKind,
  type ResourceTable,
  retag,
  tagsOf,
  text,
} from "./resource";
import type { Values } from "./values";

const find = (scope: Scope, name: string): Bucket | undefined => {
  const bucket = scope.world.services.s3.buckets.get(name);
  return bucket?.account === scope.account ? bucket : undefined;
};

/** A resource that is one setting of a bucket, whose name is its id. `apply` gets no inputs where the setting is deleted. */
function bucketSetting(
  name: string,
  { json, apply }: { json?: string[]; apply?(bucket: Bucket, inputs?: Values): void } = {},
): ResourceKind<unknown> {
  const put = (scope: Scope, { bucket: bucketName, ...setting }: Values) => {
    const bucket = bucketOf(scope, text(bucketName));
    bucket.settings[name] = setting;
    apply?.(bucket, setting);
    return bucket.name;
  };
  return kind({
    replaceOn: ["bucket", "expectedBucketOwner"],
    json,
    create: put,
    find: (scope, id) => {
      const bucket = find(scope, id);
      return bucket && name in bucket.settings ? bucket : undefined;
    },
    describe: (bucket) => ({ bucket: bucket.name, ...block(bucket.settings[name]) }),
    update: (_bucket, inputs, scope) => void put(scope, inputs),
    delete: (bucket) => {
      delete bucket.settings[name];
      apply?.(bucket);
    },
  });
}

function put(scope: Scope, inputs: Values): string {
  const { bucket, key, content, contentType } = inputs;
  if (typeof content !== "string") throw new Error(`object ${key}: only objects with "content" are simulated`);
  putObject(scope, { bucket: text(bucket), key: text(key), body: content, contentType: optionalText(contentType) });
  return `${bucket}/${key}`;
}

export const s3Resources: ResourceTable = {
  "aws:s3/bucket:Bucket": kind({
    autoName: { property: "bucket", maxLength: 63, lower: true },
    replaceOn: ["objectLockEnabled"],
    computed: ["arn", "bucketRegionalDomainName"],
    create: (scope, inputs) => createBucket(scope, { name: text(inputs.bucket), tags: tagsOf(inputs) }).name,
    find,
    describe: ({ name, arn, region }) => ({
      bucket: name,
      arn,
      bucketRegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
    }),
    update: retag,
    delete: ({ name }, scope, state) => deleteBucket(scope, name, state.forceDestroy === true),
  }),
  "aws:s3/bucketVersioning:BucketVersioning": bucketSetting("versioning", {
    apply: (bucket, inputs) => {
      // Versioning cannot be taken back, only suspended.
      const before = bucket.versioning && "Suspended";
      bucket.versioning = block(inputs?.versioningConfiguration).status === "Enabled" ? "Enabled" : before;
    },
  }),
  "aws:s3/bucketPolicy:BucketPolicy": bucketSetting("policy", {
    json: ["policy"],
    apply: (bucket, inputs) => {
      bucket.policy = inputs && text(inputs.policy);
    },
  }),
  // Kept, without effect.
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": bucketSetting("encryption"),
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": bucketSetting("publicAccessBlock"),
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": bucketSetting("ownershipControls"),
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": bucketSetting("lifecycleConfiguration"),
  "aws:s3/bucketObjectv2:BucketObjectv2": kind({
    replaceOn: ["bucket", "key"],
    computed: ["arn", "etag", "versionId"],
    create: put,
    find: (scope, id) => {
      const [name, key] = halves(id, "/");
      const bucket = find(scope, name);
      const object = bucket && getObject(scope, name, key);
      return object && { bucket, key, object };
    },
    describe: ({ bucket, key, object: { etag, versionId } }) => ({
      bucket: bucket.name,
      key,
      arn: `${bucket.arn}/${key}`,
      etag: etag.replaceAll('"', ""),
      versionId,
    }),
    update: (_found, inputs, scope) => void put(scope, inputs),
    // The provider removes every version of an object that it has seen a version of.
    delete: ({ bucket, key }) => void bucket.objects.delete(key),
  }),
};
