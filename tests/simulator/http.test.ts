import assert from "node:assert/strict";
import { text } from "node:stream/consumers";
import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  ListTaskDefinitionsCommand,
  PutAccountSettingCommand,
  paginateListTaskDefinitions,
  RegisterTaskDefinitionCommand,
} from "@aws-sdk/client-ecs";
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutBucketTaggingCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from "@aws-sdk/client-s3";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { AwsError, type Principal, World } from "../../simulator/index";
import { registerTaskDefinition } from "../../simulator/services/ecs-definitions";
import { createRole, putRolePolicy } from "../../simulator/services/iam";
import { createBucket, putObject } from "../../simulator/services/s3";
import { openSession } from "../../simulator/services/sts";
import { type Door, serve } from "../../simulator/wire/http";

const account = "111122223333";
const region = "eu-central-1";

describe("the HTTP door", () => {
  let world: World;
  let door: Door;
  let settings: { region: string; endpoint: string; maxAttempts: number; credentials: Principal };

  async function open(options = {}) {
    world = new World(options);
    door = await serve(world);
    settings = { region, endpoint: door.url, maxAttempts: 1, credentials: world.admin(account) };
  }

  beforeEach(() => open());
  afterEach(() => door.close());

  /** Sends a command through the SDK, the wire and back; the gate in between is replaced. */
  async function roundTrip<I, O>(send: () => Promise<O>, output: object): Promise<{ input: I; output: O }> {
    let input: unknown;
    world.gate.call = async (call) => {
      input = call.input;
      return output as never;
    };
    const { $metadata: _, ...received } = (await send()) as O & { $metadata: object };
    return { input: input as I, output: received as O };
  }

  async function errorOf(send: Promise<unknown>): Promise<{ name: string; message: string; status?: number }> {
    const error = await send.then(
      () => assert.fail("the call was expected to fail"),
      (thrown) => thrown,
    );
    return { name: error.name, message: error.message, status: error.$metadata?.httpStatusCode };
  }

  describe("ECS (JSON 1.1)", () => {
    it("carries lists, maps, numbers and booleans of an input as they were given", async () => {
      const given = {
        family: "checkout",
        containerDefinitions: [
          {
            name: "app",
            image: "app:1",
            memory: 512,
            essential: false,
            environment: [{ name: "ümlaut", value: 'a "quoted" <value>' }],
            dockerLabels: { one: "1", two: "" },
            logConfiguration: { logDriver: "awslogs" as const, options: { "awslogs-group": "g" } },
            dependsOn: [],
          },
        ],
      };
      const ecs = new ECSClient(settings);
      const { input } = await roundTrip(() => ecs.send(new RegisterTaskDefinitionCommand(given)), {});
      assert.deepEqual(input, given);
    });

    it("carries dates of an output, to the millisecond", async () => {
      const given = {
        services: [
          {
            serviceName: "checkout",
            desiredCount: 0,
            createdAt: new Date("2026-01-05T03:04:05.678Z"),
            deployments: [{ id: "ecs-svc/1", updatedAt: new Date("2026-02-01T00:00:00Z"), failedTasks: 3 }],
          },
        ],
        failures: [],
      };
      const ecs = new ECSClient(settings);
      const { output } = await roundTrip(
        () => ecs.send(new DescribeServicesCommand({ services: ["checkout"] })),
        given,
      );
      assert.deepEqual(output, given);
    });

    it("answers from the world, for the account and Region of the call", async () => {
      const scope = world.scope(account, region);
      registerTaskDefinition(scope, { family: "checkout", containerDefinitions: [{ name: "app", image: "app:1" }] });
      const described = await new ECSClient(settings).send(
        new DescribeTaskDefinitionCommand({ taskDefinition: "checkout" }),
      );
      assert.equal(
        described.taskDefinition?.taskDefinitionArn,
        `arn:aws:ecs:${region}:${account}:task-definition/checkout:1`,
      );
      assert.deepEqual(described.taskDefinition?.registeredAt, new Date(world.clock.now()));
      const elsewhere = new ECSClient({ ...settings, region: "us-east-1" });
      assert.deepEqual((await elsewhere.send(new ListTaskDefinitionsCommand({}))).taskDefinitionArns, []);
    });

    it("pages through the SDK's own paginator", async () => {
      await door.close();
      await open({ pageSize: 3 });
      for (let index = 0; index < 7; index++) {
        registerTaskDefinition(world.scope(account, region), {
          family: "checkout",
          containerDefinitions: [{ name: "app", image: `app:${index}` }],
        });
      }
      const pages: number[] = [];
      for await (const page of paginateListTaskDefinitions({ client: new ECSClient(settings) }, {})) {
        pages.push(page.taskDefinitionArns?.length ?? 0);
      }
      assert.deepEqual(pages, [3, 3, 1]);
    });

    it("gives errors their name, message and status", async () => {
      const missing = new DescribeTaskDefinitionCommand({ taskDefinition: "missing" });
      const error = await errorOf(new ECSClient(settings).send(missing));
      assert.deepEqual([error.name, error.status], ["ClientException", 400]);
      assert.match(error.message, /Unable to describe task definition/);
    });

    it("answers 501 with the name of an operation that is not simulated", async () => {
      const command = new PutAccountSettingCommand({ name: "awsvpcTrunking", value: "enabled" });
      const error = await errorOf(new ECSClient(settings).send(command));
      assert.deepEqual([error.name, error.status], ["NotImplemented", 501]);
      assert.match(error.message, /PutAccountSetting/);
    });

    it("refuses an access key that nobody has", async () => {
      const credentials = { accessKeyId: "AKIANOBODY", secretAccessKey: "-" };
      const error = await errorOf(new ECSClient({ ...settings, credentials }).send(new ListTaskDefinitionsCommand({})));
      assert.deepEqual([error.name, error.status], ["UnrecognizedClientException", 400]);
    });
  });

  describe("S3 (REST-XML)", () => {
    it("carries every binding of an input: path, query, headers, prefixed headers and bytes", async () => {
      const bytes = Uint8Array.from([0, 1, 2, 254, 255]);
      const given = {
        Bucket: "store",
        Key: "policies/a b/ü&<?>.json",
        Body: bytes,
        ContentType: "application/json",
        IfMatch: '"abc"',
        Metadata: { "made-by": "test" },
        Expires: new Date("2026-03-01T00:00:00Z"),
      };
      const s3 = new S3Client(settings);
      const { input } = await roundTrip<Record<string, unknown>, unknown>(
        () => s3.send(new PutObjectCommand(given)),
        {},
      );
      const { Body, ...rest } = Object.fromEntries(Object.keys(given).map((name) => [name, input[name]]));
      const { Body: _, ...expected } = given;
      assert.deepEqual(rest, expected);
      assert.deepEqual(Buffer.from(Body as Uint8Array), Buffer.from(bytes));
    });

    it("carries XML bodies of inputs and query strings", async () => {
      const s3 = new S3Client(settings);
      const Tagging = { TagSet: [{ Key: "a", Value: "<1> & 2" }] };
      const tagging = await roundTrip<{ Tagging: unknown; Bucket: string }, unknown>(
        () => s3.send(new PutBucketTaggingCommand({ Bucket: "store", Tagging })),
        {},
      );
      assert.deepEqual(tagging.input.Tagging, Tagging);
      assert.equal(tagging.input.Bucket, "store");
      const remove = { Bucket: "store", Delete: { Objects: [{ Key: "a" }, { Key: "b c" }], Quiet: true } };
      const removed = await roundTrip<typeof remove, unknown>(() => s3.send(new DeleteObjectsCommand(remove)), {});
      assert.deepEqual(removed.input.Delete, remove.Delete);
      const listing = { Bucket: "store", Prefix: "a/b c", MaxKeys: 7, FetchOwner: false, ContinuationToken: "t+/=" };
      const listed = await roundTrip<typeof listing, unknown>(() => s3.send(new ListObjectsV2Command(listing)), {});
      assert.deepEqual(listed.input, listing);
    });

    it("carries lists, dates and flags of an output", async () => {
      const given = {
        Name: "store",
        IsTruncated: false,
        KeyCount: 2,
        Contents: [
          { Key: "a & b", Size: 3, ETag: '"1"', LastModified: new Date("2026-01-05T00:00:00.500Z") },
          { Key: "<c>", Size: 0, ETag: '"2"', LastModified: new Date("2026-01-06T00:00:00Z") },
        ],
      };
      const s3 = new S3Client(settings);
      const { output } = await roundTrip(() => s3.send(new ListObjectsV2Command({ Bucket: "store" })), given);
      assert.deepEqual(output, given);
    });

    it("keeps objects: what was put is what is got, with its ETag and metadata of the answer", async () => {
      createBucket(world.scope(account, region), { name: "store" });
      const s3 = new S3Client(settings);
      const put = await s3.send(new PutObjectCommand({ Bucket: "store", Key: "a/ü.json", Body: '{"x":"ö"}' }));
      const got = await s3.send(new GetObjectCommand({ Bucket: "store", Key: "a/ü.json" }));
      assert.equal(await text(got.Body as NodeJS.ReadableStream & AsyncIterable<Uint8Array>), '{"x":"ö"}');
      assert.equal(got.ETag, put.ETag);
      assert.deepEqual(got.LastModified, new Date(world.clock.now()));
      assert.equal(got.ContentLength, Buffer.byteLength('{"x":"ö"}'));
    });

    it("refuses with S3's names: 404, 412 and 403", async () => {
      const scope = world.scope(account, region);
      createBucket(scope, { name: "store" });
      putObject(scope, { bucket: "store", key: "taken", body: "1" });
      const s3 = new S3Client(settings);
      const absent = { Bucket: "store", Key: "absent" };
      assert.deepEqual(summary(await errorOf(s3.send(new GetObjectCommand(absent)))), ["NoSuchKey", 404]);
      assert.deepEqual(summary(await errorOf(s3.send(new GetObjectCommand({ Bucket: "nowhere", Key: "x" })))), [
        "NoSuchBucket",
        404,
      ]);
      const taken = new PutObjectCommand({ Bucket: "store", Key: "taken", Body: "2", IfNoneMatch: "*" });
      assert.deepEqual(summary(await errorOf(s3.send(taken))), ["PreconditionFailed", 412]);
      const stale = new PutObjectCommand({ Bucket: "store", Key: "taken", Body: "2", IfMatch: '"stale"' });
      assert.deepEqual(summary(await errorOf(s3.send(stale))), ["PreconditionFailed", 412]);
      const text = "A conflicting conditional operation is underway for this object.";
      world.gate.faults = () => ({ before: new AwsError("ConditionalRequestConflict", text, 409) });
      assert.deepEqual(summary(await errorOf(s3.send(taken))), ["ConditionalRequestConflict", 409]);
      world.gate.faults = undefined;
      const powerless = openSession(scope, createRole(scope, { name: "powerless", trust: NOBODY }), { name: "test" });
      const refused = new S3Client({ ...settings, credentials: powerless }).send(new GetObjectCommand(absent));
      assert.deepEqual(summary(await errorOf(refused)), ["AccessDenied", 403]);
    });

    it("answers HEAD without a body, errors too", async () => {
      world.gate.call = async () => {
        throw new AwsError("NotFound", "Not Found", 404);
      };
      const head = new HeadObjectCommand({ Bucket: "store", Key: "absent" });
      assert.deepEqual(summary(await errorOf(new S3Client(settings).send(head))), ["NotFound", 404]);
    });

    it("pages through the SDK's own paginator", async () => {
      await door.close();
      await open({ pageSize: 2 });
      const scope = world.scope(account, region);
      createBucket(scope, { name: "store" });
      for (const key of ["p/1", "p/2", "p/3", "q/1"]) {
        putObject(scope, { bucket: "store", key, body: key });
      }
      const keys: (string | undefined)[][] = [];
      for await (const page of paginateListObjectsV2(
        { client: new S3Client(settings) },
        { Bucket: "store", Prefix: "p/" },
      )) {
        keys.push((page.Contents ?? []).map(({ Key }) => Key));
      }
      assert.deepEqual(keys, [["p/1", "p/2"], ["p/3"]]);
    });

    it("answers 501 to an operation that is not simulated", async () => {
      createBucket(world.scope(account, region), { name: "store" });
      const tagging = new PutBucketTaggingCommand({ Bucket: "store", Tagging: { TagSet: [] } });
      const error = await errorOf(new S3Client(settings).send(tagging));
      assert.equal(error.status, 501);
      assert.match(error.message, /PutBucketTagging/);
    });
  });

  describe("STS (Query)", () => {
    it("carries scalars, lists and nested structures of an input", async () => {
      const given = {
        RoleArn: `arn:aws:iam::${account}:role/a`,
        RoleSessionName: "run&1=ü",
        ExternalId: "0123abcd",
        DurationSeconds: 900,
        PolicyArns: [{ arn: "arn:aws:iam::aws:policy/A" }, { arn: "arn:aws:iam::aws:policy/B" }],
        Tags: [{ Key: "k", Value: "v w" }],
        TransitiveTagKeys: ["k", "l"],
      };
      const { input } = await roundTrip(() => new STSClient(settings).send(new AssumeRoleCommand(given)), {});
      assert.deepEqual(input, given);
    });

    it("hands out credentials that the door then knows, with their end as a date", async () => {
      const scope = world.scope(account, region);
      const Principal = { AWS: `arn:aws:iam::${account}:root` };
      const trust = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal, Action: "sts:AssumeRole" }] };
      const role = createRole(scope, { name: "reader", trust: JSON.stringify(trust) });
      putRolePolicy(
        scope,
        "reader",
        "read",
        JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: "ecs:ListTaskDefinitions", Resource: "*" }],
        }),
      );
      const assume = new AssumeRoleCommand({ RoleArn: role.arn, RoleSessionName: "run-1", DurationSeconds: 900 });
      const { Credentials, AssumedRoleUser } = await new STSClient(settings).send(assume);
      assert.deepEqual(Credentials?.Expiration, new Date(world.clock.now() + 900_000));
      assert.equal(AssumedRoleUser?.Arn, `arn:aws:sts::${account}:assumed-role/reader/run-1`);
      const credentials = {
        accessKeyId: Credentials?.AccessKeyId ?? "",
        secretAccessKey: Credentials?.SecretAccessKey ?? "",
        sessionToken: Credentials?.SessionToken,
      };
      const session = { ...settings, credentials };
      const identity = await new STSClient(session).send(new GetCallerIdentityCommand({}));
      assert.equal(identity.Arn, AssumedRoleUser?.Arn);
      await new ECSClient(session).send(new ListTaskDefinitionsCommand({}));
      const describe = new DescribeTaskDefinitionCommand({ taskDefinition: "checkout" });
      assert.equal((await errorOf(new ECSClient(session).send(describe))).name, "AccessDeniedException");
    });

    it("refuses with STS's names", async () => {
      const RoleArn = `arn:aws:iam::${account}:role/nobody`;
      const assume = new AssumeRoleCommand({ RoleArn, RoleSessionName: "run-1" });
      assert.deepEqual(summary(await errorOf(new STSClient(settings).send(assume))), ["AccessDenied", 403]);
    });
  });

  it("gives no answer to a caller that a fault kills", async () => {
    world.gate.faults = () => ({ before: "kill" });
    const error = await errorOf(new ECSClient(settings).send(new ListTaskDefinitionsCommand({})));
    assert.equal(error.status, undefined);
    assert.match(error.message, /hang up|ECONNRESET|aborted/);
  });

  const NOBODY = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Deny", Principal: "*", Action: "sts:AssumeRole" }],
  });
  const summary = ({ name, status }: { name: string; status?: number }) => [name, status];
});
