import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { Store } from "../retention/types";
import { nameOf } from "./errors";
import { listAll } from "./paging";
import { type Calls, ReadError } from "./retry";

/** How S3 says that a condition of a write does not hold; of an object that is gone it misses the key. */
const CONFLICT = /^(PreconditionFailed|ConditionalRequestConflict|NoSuchKey)$/;

/** Somebody else wrote the object since it was read. */
export class StoreConflictError extends Error {
  override name = "StoreConflictError";
}

/**
 * The store in an S3 bucket. Its reader needs s3:ListBucket, or a missing object looks like a forbidden one.
 *
 * @throws ReadError where S3 cannot be reached or refuses; StoreConflictError where `ifMatch` does not hold.
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
        // Written again after an unclear answer, a condition may meet our own first attempt: a conflict, never a loss.
        const { ETag = "" } = await calls.read("s3:PutObject", () => client.send(new PutObjectCommand(input)));
        return ETag;
      } catch (error) {
        const failed = about(key, error);
        if (!CONFLICT.test(nameOf(failed.cause))) throw failed;
        throw new StoreConflictError(`${key} was written by somebody else meanwhile`, { cause: error });
      }
    },

    list(prefix) {
      return listAll(
        calls,
        "s3:ListObjectsV2",
        async (token) => {
          const input = { Bucket: bucket, Prefix: prefix, ContinuationToken: token };
          const { Contents, NextContinuationToken } = await client.send(new ListObjectsV2Command(input));
          return { keys: Contents?.map((object) => object.Key ?? "") ?? [], nextToken: NextContinuationToken };
        },
        (answer) => answer.keys,
      );
    },
  };
}

/** Every call ends with a ReadError; this one names the object too. */
function about(key: string, error: unknown): ReadError {
  const { operation, cause } = error as ReadError;
  return new ReadError(`${key}: ${operation}`, cause);
}
