import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
  CleanupFunction,
  FamilyMatch,
  LifecycleAction,
  PlaintextSecrets,
  ReferenceSource,
  RetentionMode,
  ServiceRetention,
  type ServiceRetentionArgs,
  TagStatus,
} from "../../index";
import { accountStatements } from "../../permissions/cleanup";
import { policyHash } from "../../retention/policy";
import { readRegistration } from "../../retention/registration";
import {
  ACCOUNT,
  attemptDeployment,
  cleanupFunction,
  dependenciesOf,
  find,
  image,
  REGION,
  type Registered,
  recordDeployment,
  statementsOf,
  UNKNOWN,
} from "./support/record-deployment";

const deploy = (args: Partial<ServiceRetentionArgs> = {}, preview = false) =>
  recordDeployment(() => new ServiceRetention("checkout", { family: "checkout", cleanupFunction, ...args }), {
    preview,
  });
const registrationOf = (all: Registered[]) => {
  const { content, key } = find(all, "checkout-registration").inputs;
  return { ...readRegistration(content, key), key, raw: JSON.parse(content) };
};

describe("ServiceRetention", () => {
  it("registers its policy, complete with defaults, and no role that could remove anything", async () => {
    const all = await deploy();
    assert.deepEqual(
      all.map(({ name, type }) => `${type} ${name}`),
      ["ecs-retention:index:ServiceRetention checkout", "aws:s3/bucketObjectv2:BucketObjectv2 checkout-registration"],
    );
    const { registration, key } = registrationOf(all);
    assert.deepEqual(registration, {
      version: 1,
      policy: {
        version: 1,
        service: "checkout",
        family: "checkout",
        familyMatch: "exact",
        mode: "report",
        taskDefinitions: {
          keepRevisions: 10,
          keepSuccessful: 3,
          keepFor: "30d",
          unusedFor: "30d",
          deleteAfter: "7d",
          pinned: [],
          plaintextSecrets: "report",
        },
        ignoredSources: [],
        limits: { maxRemovals: 500 },
      },
    });
    assert.match(key, /^policies\/shop\/prod\/checkout-[0-9a-f]{8}\.json$/);
    assert.equal(find(all, "checkout-registration").inputs.bucket, "store");
  });

  it("registers every setting as it was given, by the names of the constants", async () => {
    const given = {
      familyMatch: FamilyMatch.HashSuffix,
      mode: RetentionMode.Retire,
      taskDefinitions: {
        keepRevisions: 1,
        keepSuccessful: 0,
        keepFor: "1d",
        unusedFor: "2w",
        deleteAfter: "1h",
        pinned: ["checkout-0123abcd:7"],
        plaintextSecrets: PlaintextSecrets.RemoveWhenUnreferenced,
      },
      ignoredSources: [{ source: ReferenceSource.Pipes, reason: "no pipe runs tasks" }],
      limits: { maxRemovals: 25_000 },
    };
    const { registration } = registrationOf(await deploy(given));
    assert.deepEqual(registration?.policy, { version: 1, service: "checkout", family: "checkout", ...given });
  });

  it("makes the cleanup role in mode retire too, for what the service left", async () => {
    const all = await deploy({ mode: RetentionMode.Retire });
    const { inputs } = find(all, "checkout-removal-role");
    assert.ok(registrationOf(all).registration?.cleanupRoleArn?.endsWith(inputs.name));
    assert.ok(statementsOf(find(all, "checkout-removal-policy").inputs.policy).DeleteRevisions);
  });

  it("lets the cleanup role of families with a hash delete as far as IAM can tell them", async () => {
    const all = await deploy({ mode: RetentionMode.Enforce, familyMatch: FamilyMatch.HashSuffix });
    assert.deepEqual(statementsOf(find(all, "checkout-removal-policy").inputs.policy).DeleteRevisions?.Resource, [
      `arn:aws:ecs:${REGION}:${ACCOUNT}:task-definition/checkout-????????:*`,
    ]);
  });

  it("in mode enforce makes the cleanup role below the function's path, whatever path other roles have", async () => {
    const all = await deploy({
      mode: RetentionMode.Enforce,
      path: "/team/",
      permissionsBoundaryArn: "boundary",
      tags: { team: "shop" },
    });
    const { inputs } = find(all, "checkout-removal-role");
    assert.equal(inputs.path, cleanupFunction.rolePath);
    assert.equal(inputs.permissionsBoundary, "boundary");
    assert.deepEqual(inputs.tags, { team: "shop" });
    assert.match(inputs.name, /^checkout-[0-9a-f]{8}$/);
    assert.equal(
      registrationOf(all).registration?.cleanupRoleArn,
      `arn:aws:iam::${ACCOUNT}:role${cleanupFunction.rolePath}${inputs.name}`,
    );
  });

  it("lets only the function's role take the cleanup role on, with the hash of the registered policy", async () => {
    const all = await deploy({ mode: RetentionMode.Enforce, taskDefinitions: { keepRevisions: 3 } });
    const trust = statementsOf(find(all, "checkout-removal-role").inputs.assumeRolePolicy).RemoveByDeployedPolicy;
    const { raw, hash } = registrationOf(all) as { raw: { policy: object }; hash: string };
    assert.deepEqual(trust?.Condition.StringEquals, {
      "aws:PrincipalArn": cleanupFunction.roleArn,
      "sts:ExternalId": policyHash(raw.policy),
    });
    assert.equal(hash, policyHash(raw.policy));
  });

  it("registers a policy only once its role and the role's rights are there", async () => {
    const all = await deploy({ mode: RetentionMode.Enforce });
    assert.deepEqual(dependenciesOf(find(all, "checkout-registration")), [
      "checkout-removal-policy",
      "checkout-removal-role",
    ]);
    const order = all.map(({ name }) => name);
    assert.ok(order.indexOf("checkout-removal-policy") < order.indexOf("checkout-registration"));
  });

  it("makes a cleanup function of its own where none is handed in", async () => {
    const all = await deploy({
      cleanupFunction: undefined,
      path: "/team/",
      tags: { team: "shop" },
      permissionsBoundaryArn: "boundary",
    });
    const role = find(all, "checkout-cleanup-role");
    assert.equal(find(all, "checkout-cleanup").parent, find(all, "checkout").urn);
    assert.deepEqual(
      [role.inputs.path, role.inputs.permissionsBoundary, role.inputs.tags],
      ["/team/", "boundary", { team: "shop" }],
    );
    assert.deepEqual(dependenciesOf(find(all, "checkout-registration")), ["checkout-cleanup-store-bucket"]);
  });

  it("makes no cleanup role before the function of its own stands, which fails where the Region has one", async () => {
    const all = await deploy({ cleanupFunction: undefined, mode: RetentionMode.Enforce });
    assert.deepEqual(dependenciesOf(find(all, "checkout-removal-role")), ["checkout-cleanup-store-bucket"]);
    assert.ok(dependenciesOf(find(all, "checkout-cleanup-store-bucket")).includes("checkout-cleanup-role"));
  });

  it("shares one function between three services", async () => {
    const all = await recordDeployment(() => {
      const cleanup = new CleanupFunction("cleanup");
      for (const family of ["checkout", "basket", "search"]) {
        new ServiceRetention(family, { family, mode: "enforce", cleanupFunction: cleanup.reference });
      }
    });
    assert.equal(all.filter(({ type }) => type === "aws:lambda/function:Function").length, 1);
    assert.equal(all.filter(({ type }) => type === "aws:s3/bucketObjectv2:BucketObjectv2").length, 3);
  });

  it("keeps registrations and roles of the same name in two stacks or projects apart", async () => {
    const keys = new Set<string>();
    const roles = new Set<string>();
    for (const [project, stack] of [
      ["shop", "prod"],
      ["shop", "dev"],
      ["other", "prod"],
    ] as const) {
      const program = () => new ServiceRetention("checkout", { family: "checkout", mode: "enforce", cleanupFunction });
      const all = await recordDeployment(program, { project, stack });
      keys.add(registrationOf(all).key);
      roles.add(find(all, "checkout-removal-role").inputs.name);
    }
    assert.deepEqual([keys.size, roles.size], [3, 3]);
  });

  it("makes a role name that IAM takes from any component name", async () => {
    const name = `${"a very/long name ".repeat(5)}`;
    const all = await recordDeployment(
      () => new ServiceRetention(name, { family: "checkout", mode: "enforce", cleanupFunction }),
    );
    assert.match(find(all, `${name}-removal-role`).inputs.name, /^[\w+=,.@-]{1,64}$/);
    assert.match(find(all, `${name}-registration`).inputs.key, /^policies\/shop\/prod\/[^/]+\.json$/);
  });

  it("shows every statement in a preview, where only the new bucket's name is unknown", async () => {
    const all = await deploy(
      { cleanupFunction: undefined, mode: "enforce", executionRole: { containers: { app: { image } } } },
      true,
    );
    const documents = ["checkout-removal-policy", "checkout-execution-policy", "checkout-cleanup-account"].map((name) =>
      Object.keys(statementsOf(find(all, name).inputs.policy)),
    );
    assert.deepEqual(documents, [
      ["DeregisterRevisions", "DeleteRevisions"],
      ["LogInToRegistry", "PullImages"],
      accountStatements({ partition: "aws", region: REGION, account: ACCOUNT }, "/").map(({ sid }) => sid),
    ]);
    assert.match(find(all, "checkout-removal-role").inputs.assumeRolePolicy, /sts:ExternalId/);
    assert.equal(find(all, "checkout-registration").inputs.bucket, UNKNOWN);
    assert.notEqual(find(all, "checkout-registration").inputs.content, UNKNOWN);
  });

  it("leaves unknown in a preview what an unknown family decides, and nothing else", async () => {
    const all = await recordDeployment(
      () => {
        const family = new aws.sqs.Queue("unknown").name;
        new ServiceRetention("checkout", { family, mode: "enforce", cleanupFunction });
      },
      { preview: true },
    );
    const role = find(all, "checkout-removal-role").inputs;
    const { policy } = find(all, "checkout-removal-policy").inputs;
    const { content, key } = find(all, "checkout-registration").inputs;
    assert.deepEqual([role.assumeRolePolicy, policy, content], [UNKNOWN, UNKNOWN, UNKNOWN]);
    assert.match(role.name, /^checkout-/);
    assert.match(key, /^policies\//);
  });

  it("puts the registration into the function's Region", async () => {
    const all = await deploy();
    assert.equal(find(all, "checkout-registration").inputs.region, REGION);
  });

  it("keeps a secret of the containers out of every input, and permission documents readable", async () => {
    const containerDefinitions = pulumi.jsonStringify([
      { name: "app", image, environment: [{ name: "PASSWORD", value: pulumi.secret("hunter2") }] },
    ]);
    for (const preview of [false, true]) {
      const all = await deploy({ mode: "enforce", executionRole: { containerDefinitions } }, preview);
      for (const { sent, name } of all) assert.doesNotMatch(sent, /hunter2|PASSWORD/, name);
      const policy = JSON.parse(find(all, "checkout-execution-policy").sent).policy;
      assert.ok(statementsOf(policy).PullImages);
    }
  });

  it("keeps a secret out of every input where the containers are a map", async () => {
    const containers = { app: { image, environment: [{ name: "PASSWORD", value: pulumi.secret("hunter2") }] } };
    const all = await deploy({ executionRole: { containers } });
    for (const { sent, name } of all) assert.doesNotMatch(sent, /hunter2|PASSWORD/, name);
  });

  it("passes its path, boundary, tags and Region on to the execution role, whose own win", async () => {
    const executionRole = { containers: { app: { image } }, path: "/own/" };
    const all = await deploy({
      executionRole,
      path: "/team/",
      tags: { team: "shop" },
      permissionsBoundaryArn: "boundary",
    });
    const { inputs } = find(all, "checkout-execution-role");
    assert.deepEqual([inputs.path, inputs.tags, inputs.permissionsBoundary], ["/own/", { team: "shop" }, "boundary"]);
  });

  it("tells the engine its arguments, so that a review sees what changes", async () => {
    const all = await deploy({ taskDefinitions: { keepRevisions: 5 } });
    assert.deepEqual(find(all, "checkout").inputs.taskDefinitions, { keepRevisions: 5 });
  });

  it("makes a lifecycle policy for each of its repositories, in its Region, and registers nothing of it", async () => {
    const rules = [{ tagPatterns: ["pr-*"], keepFor: "14d", action: LifecycleAction.Expire }];
    const images = {
      repositories: {
        app: { repositoryName: "shop/checkout", lifecyclePolicy: { rules }, imageTagMutability: "IMMUTABLE" },
        proxy: { repositoryName: pulumi.output("shop/proxy"), lifecyclePolicy: {} },
      },
    };
    const all = await deploy({ images, region: REGION });
    assert.equal(all.filter(({ type }) => type.startsWith("aws:ecr/")).length, 2);
    for (const [key, repository] of [
      ["app", "shop/checkout"],
      ["proxy", "shop/proxy"],
    ] as const) {
      const component = find(all, `checkout-${key}`, "ecs-retention:index:RepositoryRetention");
      const { parent, inputs } = find(all, `checkout-${key}-lifecycle-policy`);
      assert.deepEqual([component.parent, parent], [find(all, "checkout").urn, component.urn]);
      assert.deepEqual([inputs.repository, inputs.region], [repository, REGION]);
    }
    assert.match(find(all, "checkout-app-lifecycle-policy").inputs.policy, /"tagPatternList":\["pr-\*"\]/);
    const without = await deploy({ region: REGION });
    assert.deepEqual(find(all, "checkout-registration").inputs, find(without, "checkout-registration").inputs);
    assert.ok(!without.some(({ type }) => type.startsWith("aws:ecr/")));
  });

  it("hides nothing of a repository that a preview knows, whatever it cannot know of it and of others", async () => {
    const repositories = () => {
      const { name, arn } = new aws.sqs.Queue("unknown");
      const lifecyclePolicy = { rules: [{ tagPatterns: ["pr-*"], keepFor: arn, action: LifecycleAction.Expire }] };
      return {
        app: { repositoryName: name, lifecyclePolicy: {}, imageTagMutability: arn, sharedWith: [name] },
        proxy: { repositoryName: "shop/proxy", lifecyclePolicy },
      };
    };
    const all = await recordDeployment(
      () => {
        const args = { family: "checkout", cleanupFunction, region: REGION };
        new ServiceRetention("checkout", { ...args, images: { repositories: repositories() } });
      },
      { preview: true },
    );
    const { policy, ...app } = find(all, "checkout-app-lifecycle-policy").inputs;
    assert.deepEqual(app, { repository: UNKNOWN, region: REGION });
    assert.match(policy, /sinceImageTransitioned/);
    assert.deepEqual(find(all, "checkout-proxy-lifecycle-policy").inputs, {
      repository: "shop/proxy",
      policy: UNKNOWN,
      region: REGION,
    });
    assert.notEqual(find(all, "checkout-registration").inputs.content, UNKNOWN);
  });

  it("warns of what its repositories' policies may take, and of nothing that is accepted", async () => {
    const rules = [{ tagStatus: TagStatus.Untagged, keepFor: "1d", action: LifecycleAction.Expire }];
    const acceptedFindings = [{ id: "untagged-in-use", reason: "nothing here is deployed by tag" }];
    const repositories = {
      app: { repositoryName: "shop/checkout", lifecyclePolicy: { rules } },
      proxy: { repositoryName: "shop/proxy", lifecyclePolicy: { rules, acceptedFindings } },
    };
    const { errors, warnings } = await attemptDeployment(
      () =>
        new ServiceRetention("checkout", {
          family: "checkout",
          cleanupFunction,
          images: { repositories },
        }),
    );
    assert.deepEqual(errors, []);
    assert.equal(warnings.length, 1);
    assert.match(String(warnings[0]), /^checkout-app: .*"untagged-in-use"/);
  });

  it("registers the same twice", async () => {
    const program = () =>
      deploy({ cleanupFunction: undefined, mode: "enforce", executionRole: { containers: { app: { image } } } });
    const byUrn = (all: Registered[]) => [...all].sort((one, other) => (one.urn < other.urn ? -1 : 1));
    assert.deepEqual(byUrn(await program()), byUrn(await program()));
  });
});
