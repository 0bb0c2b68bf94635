import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { Store } from "../retention/types";
import { nameOf, StoreConflictError } from "./errors";
import { listAll } from "./paging";
import { type Calls, ReadError } from "./retry";

/** How S3 says that a condition of a write does not hold; of an object that is gone it misses the key. */
const CONFLICT = /^(PreconditionFailed|NoSuchKey)$/;

/**
 * The store in an S3 bucket. Its reader needs s3:ListBucket, or a missing object looks like a forbidden one.
 * One call each, a list one for each 1,000 keys.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 *
 * @throws ReadError where S3 cannot be reached or refuses; StoreConflictError where `ifMatch` does not hold, which after
 * an unclear answer may be our own first attempt.
 */
export function s3Store(client: S3Client, bucket: string, calls: Calls): Store {
  return {
    async get(key) {
      try {
        return await calls.read("s3:GetObject", async () => {
          const { Body, ETag = "" } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
          return { body: (await Body?.transformToString()) ?? "", etag: ETag };
        });
      } catch (error) {
        const failed = about(key, error);
        if (nameOf(failed.cause) === "NoSuchKey") return undefined;
        throw failed;
      }
    },

    async put(key, body, ifMatch) {
      const condition = ifMatch === "any" ? {} : ifMatch === "absent" ? { IfNoneMatch: "*" } : { IfMatch: ifMatch };
      const input = { Bucket: bucket, Key: key, Body: body, ContentType: "application/json", ...condition };
      try {
        const { ETag = "" } = await calls.read("s3:PutObject", () => client.send(new PutObjectCommand(input)));
        return ETag;
      } catch (error) {
        const failed = about(key, error);
        throw CONFLICT.test(nameOf(failed.cause)) ? new StoreConflictError(key, error) : failed;
      }
    },

    list(prefix) {
      return listAll(
        calls,
        "s3:ListObjectsV2",
        async (token) => {
          const input = { Bucket: bucket, Prefix: prefix, ContinuationToken: token };
          const { Contents = [], NextContinuationToken } = await client.send(new ListObjectsV2Command(input));
          return { objects: Contents, nextToken: NextContinuationToken };
        },
        ({ objects }) => objects.map(({ Key = "", ETag = "" }) => ({ key: Key, etag: ETag })),
      );
    },
  };
}

/** Every call ends with a ReadError; this one names the object too. */
function about(key: string, error: unknown): ReadError {
  const { operation, cause } = error as ReadError;
  return new ReadError(`${key}: ${operation}`, cause);
}
