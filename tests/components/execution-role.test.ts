import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import type * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import { ExecutionRole, type ExecutionRoleArgs, type GrantExplanation } from "../../index";
import {
  ACCOUNT,
  attemptDeployment,
  dependencyNames,
  find,
  REGION,
  type Registered,
  recordDeployment,
  statementsOf,
  UNKNOWN,
} from "./support/record-deployment";

const image = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/shop/checkout:1`;
const containers = { app: { image } };
const secretArn = (name: string) => `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:${name}-AbCdEf`;
const KEY = `arn:aws:kms:${REGION}:${ACCOUNT}:key/0123abcd-0123-0123-0123-0123456789ab`;
const secrets = (count: number) => ({
  app: {
    image,
    secrets: Array.from({ length: count }, (_, index) => ({
      name: `S${index}`,
      valueFrom: secretArn(`shop/${index}`),
    })),
  },
});

const deploy = (args: ExecutionRoleArgs, preview = false) =>
  recordDeployment(() => new ExecutionRole("start", args), { preview });
/** Everything that the role's policies allow, by action. */
const allowed = (all: Registered[]) =>
  all
    .filter(({ type, inputs }) => /:(?:Role)?Policy$/.test(type) && inputs.policy !== UNKNOWN)
    .flatMap(({ inputs }) => Object.values(statementsOf(inputs.policy)))
    .flatMap(({ Action, Resource }) =>
      Action.flatMap((action: string) => Resource.map((on: string) => `${action} ${on}`)),
    );

async function grantsOf(args: ExecutionRoleArgs): Promise<GrantExplanation[]> {
  let grants: GrantExplanation[] = [];
  await recordDeployment(() => {
    new ExecutionRole("start", args).grants.apply((value) => {
      grants = value;
    });
  });
  return grants;
}

describe("the policies of an ExecutionRole", () => {
  it("are one inline policy by default", async () => {
    const all = await deploy({ containers });
    assert.deepEqual(
      all.map(({ type, name }) => `${type.split(":").at(-1)} ${name}`),
      ["ExecutionRole start", "Role start-role", "RolePolicy start-policy"],
    );
  });

  it("are so many managed ones where that is asked for, each attached, with the role's path and tags", async () => {
    const all = await deploy({ containers, policyCount: 2, path: "/shop/", tags: { team: "shop" } });
    assert.deepEqual(all.map(({ type, name }) => `${type.split(":").at(-1)} ${name}`).sort(), [
      "ExecutionRole start",
      "Policy start-policy-1",
      "Policy start-policy-2",
      "Role start-role",
      "RolePolicyAttachment start-attachment-1",
      "RolePolicyAttachment start-attachment-2",
    ]);
    const policy = find(all, "start-policy-1");
    assert.deepEqual([policy.inputs.path, policy.inputs.tags], ["/shop/", { team: "shop" }]);
    assert.equal(find(all, "start-attachment-2").inputs.role, "start-role-1a2b3c4");
    assert.match(find(all, "start-attachment-2").inputs.policyArn, /start-policy-2/);
  });

  it("hold 200 secrets in the count that the error without one names", async () => {
    const { errors, result } = await attemptDeployment(() => new ExecutionRole("start", { containers: secrets(200) }), {
      preview: true,
    });
    const { message = "" } = errors[0] ?? {};
    const [, count] =
      /ExecutionRole "start":\s+policyCount: got nothing, .*; set policyCount: (\d+)/.exec(message) ?? [];
    assert.ok(count, message);
    assert.ok(!result.some(({ name }) => name === "start-policy"));

    const all = await deploy({ containers: secrets(200), policyCount: Number(count) });
    const documents = all.filter(({ type }) => type === "aws:iam/policy:Policy").map(({ inputs }) => inputs.policy);
    assert.equal(documents.length, Number(count));
    for (const document of documents) assert.ok(document.length <= 6_144, `${document.length}`);
    const granted = allowed(all).filter((grant) => grant.startsWith("secretsmanager:GetSecretValue "));
    assert.equal(new Set(granted).size, 200);
  });

  for (const [what, policyCount] of [
    ["none", 0],
    ["more than AWS attaches", 21],
    ["half a policy", 1.5],
    ["an output", pulumi.output(2)],
  ] as const) {
    it(`are refused before anything is made where their count is ${what}`, async () => {
      const args = { containers, policyCount } as ExecutionRoleArgs;
      const { errors, result } = await attemptDeployment(() => new ExecutionRole("start", args), { preview: true });
      const given = typeof policyCount === "number" ? policyCount : "an output";
      assert.ok(
        String(errors[0]).includes(`policyCount: got ${given}, expected a whole number from 1 to 20`),
        `${errors}`,
      );
      assert.deepEqual(result, []);
    });
  }

  for (const [args, last] of [
    [{ containers }, ["start-policy"]],
    [{ containers, policyCount: 2 }, ["start-attachment-1", "start-attachment-2"]],
    [{ containers, policyCount: 2, existingRoleName: "theirs" }, ["start-attachment-1", "start-attachment-2"]],
  ] as const) {
    it(`are there before the role's ARN is given away: ${JSON.stringify(args)}`, async () => {
      let names: string[] = [];
      await recordDeployment(async () => {
        names = await dependencyNames(new ExecutionRole("start", args).arn);
      });
      for (const name of last) assert.ok(names.includes(name), names.join());
    });
  }
});

describe("what an ExecutionRole grants", () => {
  it("comes from every field of a container, from volumes and from the arguments", async () => {
    const args: ExecutionRoleArgs = {
      containers: {
        app: {
          image: `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/docker-hub/nginx:1`,
          repositoryCredentials: { credentialsParameter: secretArn("registry") },
          logConfiguration: {
            logDriver: "awslogs",
            options: { "awslogs-group": "/shop", "awslogs-stream-prefix": "ecs" },
          },
          secrets: [{ name: "A", valueFrom: "/shop/a" }],
          environmentFiles: [{ type: "s3", value: "arn:aws:s3:::shop/a.env" }],
          credentialSpecs: ["credentialspecdomainless:arn:aws:s3:::shop/spec.json"],
        },
        router: {
          image,
          firelensConfiguration: {
            type: "fluentbit",
            options: { "config-file-type": "s3", "config-file-value": "arn:aws:s3:::shop/router.conf" },
          },
        },
      },
      volumes: [
        {
          name: "files",
          fsxWindowsFileServerVolumeConfiguration: { authorizationConfig: { credentialsParameter: secretArn("fsx") } },
        },
      ],
      keys: { secretsManager: [KEY] },
      pullThroughCachePrefixes: ["docker-hub"],
      bucketAccountIds: ["444455556666"],
      additionalSecretArns: [secretArn("domain")],
    };
    const all = await deploy(args);
    const granted = allowed(all);
    for (const expected of [
      `ecr:BatchImportUpstreamImage arn:aws:ecr:${REGION}:${ACCOUNT}:repository/docker-hub/nginx`,
      `logs:PutLogEvents arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/shop:log-stream:ecs/app/*`,
      `ssm:GetParameters arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/shop/a`,
      ...["registry", "fsx", "domain"].map((name) => `secretsmanager:GetSecretValue ${secretArn(name)}`),
      ...["a.env", "spec.json", "router.conf"].map((key) => `s3:GetObject arn:aws:s3:::shop/${key}`),
      `kms:Decrypt ${KEY}`,
    ]) {
      assert.ok(granted.includes(expected), `${expected} is not among:\n${granted.join("\n")}`);
    }
    assert.deepEqual(statementsOf(find(all, "start-policy").inputs.policy).ReadFiles?.Condition, {
      StringEquals: { "aws:ResourceAccount": ["444455556666"] },
    });

    const grants = await grantsOf(args);
    assert.deepEqual(grants.find(({ sid }) => sid === "ReadParameters")?.because, ["app: secrets[0].valueFrom"]);
    const { because = [], conditions } = grants.find(({ sid }) => sid === "ReadSecrets") ?? {};
    for (const field of ["app: repositoryCredentials.", "volume files: fsx", "arguments: additionalSecretArns[0]"]) {
      assert.ok(
        because.some((text) => text.startsWith(field)),
        because.join(),
      );
    }
    assert.deepEqual(conditions, {});
    assert.deepEqual(
      grants
        .flatMap(({ actions, resources }) => actions.flatMap((action) => resources.map((on) => `${action} ${on}`)))
        .sort(),
      granted.sort(),
    );
  });

  it("comes from containers and volumes as awsx and the provider type them", async () => {
    const app: awsx.types.input.ecs.TaskDefinitionContainerDefinitionArgs = {
      name: "app",
      image,
      cpu: 128,
      essential: true,
    };
    const volume: aws.types.input.ecs.TaskDefinitionVolume = {
      name: "files",
      fsxWindowsFileServerVolumeConfiguration: {
        fileSystemId: "fs-0123",
        rootDirectory: "share",
        authorizationConfig: { credentialsParameter: secretArn("fsx"), domain: "shop.internal" },
      },
    };
    const granted = allowed(await deploy({ containers: { app }, volumes: [volume] }));
    assert.ok(granted.includes(`secretsmanager:GetSecretValue ${secretArn("fsx")}`), granted.join("\n"));
    assert.ok(granted.some((grant) => grant.startsWith("ecr:BatchGetImage ")));
  });

  it("is nothing where the containers need nothing, and explained so", async () => {
    assert.deepEqual(await grantsOf({ containers: { app: { image: "nginx" } } }), []);
  });

  it("is seen in full in a preview, whatever of the containers' other fields is not known yet or secret", async () => {
    const all = await recordDeployment(
      () => {
        const later = new aws.sqs.Queue("later").url;
        const environment = [
          { name: "QUEUE", value: later },
          { name: "PASSWORD", value: pulumi.secret("hunter2") },
        ];
        const app = { image, environment, logConfiguration: { logDriver: "splunk", options: { "splunk-url": later } } };
        new ExecutionRole("start", { containers: { app }, volumes: [{ name: "a", host: later } as { name: string }] });
      },
      { preview: true },
    );
    const { inputs } = find(all, "start-policy");
    assert.deepEqual(statementsOf(inputs.policy).PullImages?.Resource, [
      `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/shop/checkout`,
    ]);
    for (const { sent } of all) assert.doesNotMatch(sent, /hunter2/);
  });

  it("fails no preview where an argument is not known yet", async () => {
    for (const unknown of [
      (value: pulumi.Output<string>) => ({ keys: { secretsManager: [value] } }),
      (value: pulumi.Output<string>) => ({ keys: { s3: pulumi.all([value]) } }),
      (value: pulumi.Output<string>) => ({ pullThroughCachePrefixes: [value] }),
      (value: pulumi.Output<string>) => ({ bucketAccountIds: pulumi.all([value]) }),
      (value: pulumi.Output<string>) => ({ additionalSecretArns: [secretArn("a"), value] }),
      (value: pulumi.Output<string>) => ({ volumes: value.apply((name) => [{ name }]) }),
      (value: pulumi.Output<string>) => ({
        containers: { app: { image, secrets: [{ name: "A", valueFrom: value }] } },
      }),
    ]) {
      const all = await recordDeployment(
        () => new ExecutionRole("start", { containers, ...unknown(new aws.sqs.Queue("later").name) }),
        { preview: true },
      );
      assert.equal(find(all, "start-policy").inputs.policy, UNKNOWN, String(unknown));
    }
  });

  it("can be read where a value of the environment is secret, as a policy and explained", async () => {
    const definitions = pulumi.jsonStringify([
      { name: "app", image, environment: [{ name: "A", value: pulumi.secret("hunter2") }] },
    ]);
    let isSecret: boolean | undefined;
    const all = await recordDeployment(async () => {
      const { grants } = new ExecutionRole("start", { containerDefinitions: definitions });
      isSecret = await pulumi.isSecret(grants);
    });
    assert.equal(isSecret, false);
    assert.ok(statementsOf(find(all, "start-policy").inputs.policy).PullImages);
    assert.doesNotMatch(find(all, "start-policy").sent, /1b47061264138c4ac30d75fd1eb44270/);
  });

  it("comes from definitions as long as ECS takes them", async () => {
    const definition = { name: "app", image, environment: [{ name: "A", value: "" }] };
    const [variable] = definition.environment;
    if (variable) variable.value = "x".repeat(64 * 1024 - JSON.stringify([definition]).length);
    const text = JSON.stringify([definition]);
    assert.equal(text.length, 64 * 1024);
    assert.deepEqual(allowed(await deploy({ containerDefinitions: text })), allowed(await deploy({ containers })));
  });
});

describe("a wrong input of an ExecutionRole", () => {
  const wrongs: { args: object; says: RegExp }[] = [
    {
      args: {
        containerDefinitions: JSON.stringify([
          { name: "web", image },
          { name: "app", image: "shop checkout" },
        ]),
      },
      says: /containerDefinitions\[1\] \(app\)\.image: got text that is no image reference, expected .*; write /,
    },
    {
      args: { containers: { app: { image, secrets: [{ name: "A", valueFrom: "arn:aws:secretsmanager:x" }] } } },
      says: /containers\.app\.secrets\[0\]\.valueFrom: got .*, expected .*; /,
    },
    {
      args: { containers, volumes: [{ name: "files", fsxWindowsFileServerVolumeConfiguration: "hunter2" }] },
      says: /volumes\[0\]\.fsxWindowsFileServerVolumeConfiguration: got a string, expected an object; /,
    },
    {
      args: { containers, keys: { secretsManager: [KEY, "alias/shop"] } },
      says: /keys\.secretsManager\[1\]: got .*; name /,
    },
    {
      args: { containers, keys: { secretManager: [KEY] } },
      says: /keys\.secretManager: got an unknown property, expected/,
    },
    { args: { containers, keys: KEY }, says: /keys: got a string, expected an object; / },
    { args: { containers, pullThroughCachePrefixes: ["a/"] }, says: /pullThroughCachePrefixes\[0\]: got .*; copy / },
    {
      args: { containers, bucketAccountIds: "444455556666" },
      says: /bucketAccountIds: got a string, expected a list; /,
    },
    {
      args: { containers, bucketAccountIds: ["hunter2"] },
      says: /bucketAccountIds\[0\]: got .*, expected 12 digits; /,
    },
    {
      args: { containers, additionalSecretArns: ["hunter2"] },
      says: /additionalSecretArns\[0\]: got .*, expected .*; /,
    },
    {
      args: { containers, acceptedFindings: [{ id: "mutable", reason: "known" }] },
      says: /acceptedFindings\[0\]\.id: got "mutable", expected the id of a check: .*; copy it from the warning/,
    },
    {
      args: { containers, acceptedFindings: [{ id: "user-not-set" }] },
      says: /acceptedFindings\[0\]\.reason: got nothing, expected a reason /,
    },
  ];
  for (const { args, says } of wrongs) {
    it(`is named with its fix, known or not, and never its value: ${says.source}`, async () => {
      const early = await attemptDeployment(() => new ExecutionRole("start", args), { preview: true });
      assert.deepEqual(early.result, []);
      const outputs = Object.fromEntries(Object.entries(args).map(([name, value]) => [name, later(name, value)]));
      const late = await attemptDeployment(() => new ExecutionRole("start", outputs));
      for (const { errors } of [early, late]) {
        assert.ok(pulumi.InputPropertiesError.isInstance(errors[0]), String(errors[0]));
        assert.match(String(errors[0]), says);
        assert.doesNotMatch(errors.join("\n"), /hunter2/);
      }
      assert.ok(!late.result.some(({ type }) => type === "aws:iam/rolePolicy:RolePolicy"));
    });
  }

  /** As an output; the names of a map of containers stay known. */
  function later(name: string, value: unknown): unknown {
    if (name !== "containers") return pulumi.output(value);
    return Object.fromEntries(Object.entries(value as object).map(([key, each]) => [key, pulumi.output(each)]));
  }
});
