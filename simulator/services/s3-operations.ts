import {
  AwsError,
  type CallScope,
  type Context,
  type Operation,
  type Operations,
  page,
  partition,
  type Scope,
} from "../operation";
import { decryptThrough } from "./kms";
import { bucketOf, deleteObject, getObject, listKeys, type ObjectVersion, putObject } from "./s3";

type Target = { Bucket: string; Key: string };

/** Bucket and object ARNs are asked about under the bucket's owner and with its policy. */
const inBucket: Pick<Operation, "owner" | "resourcePolicy" | "context"> = {
  context: (input: Target, scope) => ({ "aws:ResourceAccount": bucketOwner(input, scope) }),
  owner: (input: Target, scope) => bucketOwner(input, scope),
  resourcePolicy: (input: Target, scope) => scope.world.services.s3.buckets.get(input.Bucket)?.policy,
};
/** A bucket that nobody made counts as the caller's. */
const bucketOwner = (input: Target, scope: Scope) =>
  scope.world.services.s3.buckets.get(input.Bucket)?.account ?? scope.account;
const bucketArn = (input: Target, scope: Scope) => `arn:${partition(scope.region)}:s3:::${input.Bucket}`;
const objectArn = (input: Target, scope: Scope) => [`${bucketArn(input, scope)}/${input.Key}`];

/** Without the right to list, a key that is missing looks like one that is forbidden. */
function missing(scope: CallScope, key: string): AwsError {
  return scope.may.has("s3:ListBucket")
    ? Object.assign(new AwsError("NoSuchKey", "The specified key does not exist.", 404), { Key: key })
    : new AwsError("AccessDenied", "Access Denied", 403);
}

const asksToList: Operation["asks"] = (input: Target, scope) => {
  const exists = scope.world.services.s3.buckets.has(input.Bucket) && getObject(scope, input.Bucket, input.Key);
  return exists ? [] : [{ action: "s3:ListBucket", resources: [bucketArn(input, scope)] }];
};

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html */
function checkConditions(input: Target & { IfMatch?: string; IfNoneMatch?: string }, scope: CallScope): void {
  const current = getObject(scope, input.Bucket, input.Key);
  const failed = new AwsError(
    "PreconditionFailed",
    "At least one of the pre-conditions you specified did not hold",
    412,
  );
  if (input.IfNoneMatch !== undefined) {
    if (input.IfNoneMatch !== "*") {
      throw new AwsError("NotImplemented", "A header you provided implies functionality that is not implemented", 501);
    }
    if (current) throw failed;
  }
  if (input.IfMatch !== undefined) {
    if (!scope.may.has("s3:GetObject")) throw new AwsError("AccessDenied", "Access Denied", 403);
    if (!current) throw new AwsError("NoSuchKey", "The specified key does not exist.", 404);
    if (unquoted(input.IfMatch) !== unquoted(current.etag)) throw failed;
  }
}

const unquoted = (etag: string) => etag.replace(/^"|"$/g, "");

export const s3Operations: Operations = {
  GetBucketLocation: {
    ...inBucket,
    action: "s3:GetBucketLocation",
    resources: (input, scope) => [bucketArn(input, scope)],
    run: (input, scope) => {
      const { region } = bucketOf(scope, input.Bucket);
      return region === "us-east-1" ? {} : { LocationConstraint: region };
    },
  },
  GetObject: {
    ...inBucket,
    action: "s3:GetObject",
    resources: objectArn,
    asks: asksToList,
    run: (input, scope) => {
      const found = getObject(scope, input.Bucket, input.Key);
      if (!found) throw missing(scope, input.Key);
      const answer = {
        Body: found.body,
        ETag: found.etag,
        VersionId: versionOf(found),
        LastModified: new Date(found.at),
        ContentLength: found.body.length,
        ContentType: found.contentType ?? "application/octet-stream",
      };
      if (found.kmsKeyArn === undefined) return answer;
      const { arn } = bucketOf(scope, input.Bucket);
      const context = { "aws:s3:arn": found.bucketKey ? arn : `${arn}/${input.Key}` };
      return decryptThrough(scope, "s3", found.kmsKeyArn, context).then(() => answer);
    },
  },
  PutObject: {
    ...inBucket,
    action: "s3:PutObject",
    resources: objectArn,
    asks: (input, scope) => {
      const reads = [{ action: "s3:GetObject", resources: objectArn(input, scope) }];
      return input.IfMatch === undefined ? [] : reads;
    },
    run: (input, scope) => {
      checkConditions(input, scope);
      const { Bucket: bucket, Key: key, Body: body = "", ContentType: contentType } = input;
      const put = putObject(scope, { bucket, key, body, contentType });
      return { ETag: put.etag, VersionId: versionOf(put) };
    },
  },
  DeleteObject: {
    ...inBucket,
    action: "s3:DeleteObject",
    resources: objectArn,
    run: (input, scope) => {
      deleteObject(scope, input.Bucket, input.Key);
      return {};
    },
  },
  ListObjectsV2: {
    ...inBucket,
    action: "s3:ListBucket",
    resources: (input, scope) => [bucketArn(input, scope)],
    context: (input, scope): Context => ({
      "aws:ResourceAccount": bucketOwner(input, scope),
      ...(input.Prefix === undefined ? {} : { "s3:prefix": input.Prefix }),
    }),
    run: (input, scope) => {
      const keys = listKeys(scope, input.Bucket, input.Prefix).filter((key) => !(key <= (input.StartAfter ?? "")));
      const { items, next } = page(
        scope,
        keys,
        (key) => key,
        input.ContinuationToken,
        Math.min(input.MaxKeys ?? 1000, 1000),
      );
      const Contents = items.map((Key) => {
        const found = getObject(scope, input.Bucket, Key) as ObjectVersion;
        return {
          Key,
          ETag: found.etag,
          Size: found.body.length,
          LastModified: new Date(found.at),
          StorageClass: "STANDARD",
        };
      });
      return {
        Name: input.Bucket,
        Prefix: input.Prefix ?? "",
        KeyCount: Contents.length,
        MaxKeys: input.MaxKeys ?? 1000,
        IsTruncated: next !== undefined,
        NextContinuationToken: next,
        ...(Contents.length > 0 ? { Contents } : {}),
      };
    },
  },
};

const versionOf = (version: ObjectVersion) => (version.versionId === "null" ? undefined : version.versionId);
