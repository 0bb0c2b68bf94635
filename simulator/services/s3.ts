import { createHash } from "node:crypto";
import type { Millis } from "../../retention/types";
import { AwsError, partition, type Scope } from "../operation";

export interface ObjectVersion {
  versionId: string;
  /** With its quotes, as S3 gives it. */
  etag: string;
  at: Millis;
  body: Buffer;
  contentType?: string;
  /** ARN of the customer key that encrypts it. Absent: S3's own or AWS's, which ask nobody. */
  kmsKeyArn?: string;
  /** Whether the key is asked for the bucket, not for each object. */
  bucketKey?: boolean;
  /** A delete marker has no body. */
  deleteMarker?: true;
}

export interface Bucket {
  name: string;
  arn: string;
  account: string;
  region: string;
  versioning?: "Enabled" | "Suspended";
  /** JSON of the bucket policy. */
  policy?: string;
  /** What else was put on it, by Pulumi's resource name (encryption, public access block, lifecycle rules …); kept only. */
  settings: Record<string, unknown>;
  tags: Record<string, string>;
  /** Versions by key, newest last. */
  objects: Map<string, ObjectVersion[]>;
}

export const newS3State = () => ({ buckets: new Map<string, Bucket>() });

export function createBucket(scope: Scope, input: { name: string; tags?: Record<string, string> }): Bucket {
  const { buckets } = scope.world.services.s3;
  const existing = buckets.get(input.name);
  if (existing) {
    const mine = existing.account === scope.account;
    throw new AwsError(
      mine ? "BucketAlreadyOwnedByYou" : "BucketAlreadyExists",
      mine ? "You already own this bucket." : "The requested bucket name is not available.",
      409,
    );
  }
  const bucket: Bucket = {
    name: input.name,
    arn: `arn:${partition(scope.region)}:s3:::${input.name}`,
    account: scope.account,
    region: scope.region,
    settings: {},
    tags: input.tags ?? {},
    objects: new Map(),
  };
  buckets.set(bucket.name, bucket);
  return bucket;
}

export function bucketOf(scope: Scope, name: string): Bucket {
  const bucket = scope.world.services.s3.buckets.get(name);
  if (!bucket) throw new AwsError("NoSuchBucket", "The specified bucket does not exist", 404);
  return bucket;
}

/** Refuses a bucket that holds anything, old versions too; `force` empties it first. */
export function deleteBucket(scope: Scope, name: string, force = false): void {
  if (!force && bucketOf(scope, name).objects.size > 0) {
    throw new AwsError("BucketNotEmpty", "The bucket you tried to delete is not empty", 409);
  }
  scope.world.services.s3.buckets.delete(name);
}

export function putObject(
  scope: Scope,
  {
    bucket,
    key,
    body: given,
    ...kept
  }: { bucket: string; key: string; body: string | Uint8Array } & Pick<
    ObjectVersion,
    "contentType" | "kmsKeyArn" | "bucketKey"
  >,
): ObjectVersion {
  const body = Buffer.from(given as Uint8Array);
  const etag = `"${createHash("md5").update(body).digest("hex")}"`;
  return add(scope, bucket, key, { etag, body, ...kept });
}

/** The current version; undefined where there is none or a delete marker is. */
export function getObject(scope: Scope, bucket: string, key: string): ObjectVersion | undefined {
  const current = bucketOf(scope, bucket).objects.get(key)?.at(-1);
  return current?.deleteMarker ? undefined : current;
}

/** Puts a delete marker where the bucket keeps versions, else removes. */
export function deleteObject(scope: Scope, bucket: string, key: string): void {
  const found = bucketOf(scope, bucket);
  if (found.versioning) {
    add(scope, bucket, key, { etag: "", body: Buffer.alloc(0), deleteMarker: true });
  } else {
    found.objects.delete(key);
  }
}

/** Keys that have a current version, sorted as S3 sorts. */
export function listKeys(scope: Scope, bucket: string, prefix = ""): string[] {
  const keys = [...bucketOf(scope, bucket).objects.keys()].filter((key) => key.startsWith(prefix));
  return keys.filter((key) => getObject(scope, bucket, key)).sort(byBytes);
}

function add(scope: Scope, bucket: string, key: string, given: Omit<ObjectVersion, "versionId" | "at">): ObjectVersion {
  const found = bucketOf(scope, bucket);
  const versioned = found.versioning === "Enabled";
  const versionId = versioned ? scope.world.random.text(32, "abcdefghijklmnopqrstuvwxyz0123456789") : "null";
  const version = { ...given, versionId, at: scope.world.clock.now() };
  const kept = (found.objects.get(key) ?? []).filter((each) => found.versioning && each.versionId !== versionId);
  found.objects.set(key, [...kept, version]);
  return version;
}

const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
