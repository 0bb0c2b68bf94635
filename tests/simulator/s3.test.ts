import assert from "node:assert/strict";
import {
  DeleteObjectCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { type Principal, World } from "../../simulator";
import { createRole, putRolePolicy } from "../../simulator/services/iam";
import { bucketOf, createBucket, deleteBucket } from "../../simulator/services/s3";
import { openSession } from "../../simulator/services/sts";
import { connectTo } from "../../simulator/wire/middleware";

const A = "111111111111";
const B = "222222222222";
const REGION = "eu-central-1";
const Bucket = "store";

describe("simulated S3", () => {
  let world: World;
  let s3: S3Client;
  const scope = () => world.scope(A, REGION);
  const client = (principal: Principal) => connectTo(world, principal, REGION).s3();
  const put = (Key: string, Body: string, conditions: { IfMatch?: string; IfNoneMatch?: string } = {}) =>
    s3.send(new PutObjectCommand({ Bucket, Key, Body, ...conditions }));
  const get = async (Key: string, from = s3) => {
    const { Body, ETag } = await from.send(new GetObjectCommand({ Bucket, Key }));
    return { text: await Body?.transformToString(), etag: ETag };
  };
  const actingAs = (name: string, Statement: object[], account = A) => {
    const where = world.scope(account, REGION);
    const trust = '{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"*"}}]}';
    const role = createRole(where, { name, trust });
    putRolePolicy(where, name, "inline", JSON.stringify({ Version: "2012-10-17", Statement }));
    return client(openSession(where, role, { name: "run-1" }));
  };
  const allow = (Action: string, Resource: string, Condition?: object) => ({
    Effect: "Allow",
    Action,
    Resource,
    Condition,
  });
  const failed = { name: "PreconditionFailed", statusCode: 412 };
  const denied = { name: "AccessDenied", statusCode: 403 };

  beforeEach(() => {
    world = new World({ pageSize: 2 });
    createBucket(scope(), { name: Bucket }).versioning = "Enabled";
    s3 = client(world.admin(A));
  });

  it("says where a bucket is: in us-east-1 by saying nothing", async () => {
    const locate = (Bucket: string) => s3.send(new GetBucketLocationCommand({ Bucket }));
    assert.equal((await locate(Bucket)).LocationConstraint, REGION);
    createBucket(world.scope(A, "us-east-1"), { name: "first" });
    assert.equal((await locate("first")).LocationConstraint, undefined);
    await assert.rejects(locate("nowhere"), { name: "NoSuchBucket" });
  });

  it("gives back what was put, with its ETag, as text and as a stream", async () => {
    const { ETag } = await put("a/b.json", "größer");
    assert.deepEqual(await get("a/b.json"), { text: "größer", etag: ETag });
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: "a/b.json" }));
    const chunks: Buffer[] = [];
    for await (const chunk of Body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
    }
    assert.equal(Buffer.concat(chunks).toString(), "größer");
  });

  it("lets If-None-Match create only what is not there, and If-Match replace only what it saw", async () => {
    const { ETag } = await put("state", "1", { IfNoneMatch: "*" });
    await assert.rejects(put("state", "2", { IfNoneMatch: "*" }), failed);
    await put("state", "2", { IfMatch: ETag });
    await assert.rejects(put("state", "3", { IfMatch: ETag }), failed);
    await assert.rejects(put("absent", "1", { IfMatch: ETag }), { name: "NoSuchKey", statusCode: 404 });
    assert.equal((await get("state")).text, "2");
  });

  it("lets exactly one of many racing conditional writers win", async () => {
    const { ETag } = await put("lease", "free");
    const races = Array.from({ length: 8 }, (_, n) => put("lease", `mine ${n}`, { IfMatch: ETag }));
    const won = (await Promise.allSettled(races)).filter((race) => race.status === "fulfilled");
    assert.equal(won.length, 1);
  });

  it("takes s3:GetObject for a write with If-Match", async () => {
    const { ETag } = await put("state", "1");
    const writer = actingAs("writer", [allow("s3:PutObject", "arn:aws:s3:::store/*")]);
    await writer.send(new PutObjectCommand({ Bucket, Key: "other", Body: "1", IfNoneMatch: "*" }));
    await assert.rejects(writer.send(new PutObjectCommand({ Bucket, Key: "state", Body: "2", IfMatch: ETag })), denied);
  });

  it("keeps old versions, puts a delete marker over them, and refuses to delete a bucket that holds any", async () => {
    await put("policy", "1");
    await put("policy", "2");
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "policy" }));
    await assert.rejects(get("policy"), { name: "NoSuchKey" });
    const versions = bucketOf(scope(), Bucket).objects.get("policy") ?? [];
    assert.deepEqual(
      versions.map((each) => each.deleteMarker ?? each.body.toString()),
      ["1", "2", true],
    );
    assert.equal(new Set(versions.map((each) => each.versionId)).size, 3);
    assert.throws(() => deleteBucket(scope(), Bucket), { name: "BucketNotEmpty" });
    deleteBucket(scope(), Bucket, true);
    await assert.rejects(get("policy"), { name: "NoSuchBucket" });
  });

  it("lists keys below a prefix, sorted, over small pages, without deleted ones", async () => {
    for (const key of ["p/e", "p/a", "q/z", "p/c", "p/b", "p/d"]) {
      await put(key, "x");
    }
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "p/b" }));
    const pages: (string | undefined)[][] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: "p/", ContinuationToken }));
      pages.push((page.Contents ?? []).map((each) => each.Key));
      assert.equal(page.IsTruncated, page.NextContinuationToken !== undefined);
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
    assert.deepEqual(pages, [
      ["p/a", "p/c"],
      ["p/d", "p/e"],
    ]);
  });

  it("hides a missing key behind 403 from who may not list the bucket", async () => {
    const objects = allow("s3:GetObject", "arn:aws:s3:::store/*");
    const blind = actingAs("blind", [objects]);
    const seeing = actingAs("seeing", [objects, allow("s3:ListBucket", "arn:aws:s3:::store")]);
    await assert.rejects(get("missing", blind), denied);
    await assert.rejects(get("missing", seeing), { name: "NoSuchKey", statusCode: 404 });
  });

  it("confines listing by prefix", async () => {
    const Condition = { StringLike: { "s3:prefix": "policies/*" } };
    const reader = actingAs("reader", [allow("s3:ListBucket", "arn:aws:s3:::store", Condition)]);
    await reader.send(new ListObjectsV2Command({ Bucket, Prefix: "policies/" }));
    await assert.rejects(reader.send(new ListObjectsV2Command({ Bucket, Prefix: "state/" })), denied);
    await assert.rejects(reader.send(new ListObjectsV2Command({ Bucket })), denied);
  });

  it("lets another account in only where the bucket policy and its own policies both say so", async () => {
    await put("policy", "1");
    const outsider = actingAs("outsider", [allow("s3:GetObject", "arn:aws:s3:::store/*")], B);
    await assert.rejects(get("policy", outsider), denied);
    const bucketPolicy = (Principal: object, Effect = "Allow") =>
      JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect, Principal, Action: "s3:GetObject", Resource: "arn:aws:s3:::store/*" }],
      });
    bucketOf(scope(), Bucket).policy = bucketPolicy({ AWS: `arn:aws:iam::${B}:root` });
    assert.equal((await get("policy", outsider)).text, "1");
    bucketOf(scope(), Bucket).policy = bucketPolicy({ AWS: "*" }, "Deny");
    await assert.rejects(get("policy"), denied);
  });

  it("gives a bucket name once in all accounts", () => {
    assert.throws(() => createBucket(scope(), { name: Bucket }), { name: "BucketAlreadyOwnedByYou" });
    assert.throws(() => createBucket(world.scope(B, REGION), { name: Bucket }), { name: "BucketAlreadyExists" });
  });
});
