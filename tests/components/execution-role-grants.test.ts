import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import type * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import { ExecutionRole, type ExecutionRoleArgs, type GrantExplanation } from "../../index";
import {
  ACCOUNT,
  allowedBy,
  find,
  image,
  REGION,
  recordDeployment,
  statementsOf,
  UNKNOWN,
} from "./support/record-deployment";

const containers = { app: { image } };
const secretArn = (name: string) => `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:${name}-AbCdEf`;
const KEY = `arn:aws:kms:${REGION}:${ACCOUNT}:key/0123abcd-0123-0123-0123-0123456789ab`;

const deploy = (args: ExecutionRoleArgs) => recordDeployment(() => new ExecutionRole("start", args));

async function grantsOf(args: ExecutionRoleArgs): Promise<GrantExplanation[]> {
  let grants: GrantExplanation[] = [];
  await recordDeployment(() => {
    new ExecutionRole("start", args).grants.apply((value) => {
      grants = value;
    });
  });
  return grants;
}

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
    const granted = allowedBy(all);
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
    const granted = allowedBy(await deploy({ containers: { app }, volumes: [volume] }));
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
    assert.deepEqual(allowedBy(await deploy({ containerDefinitions: text })), allowedBy(await deploy({ containers })));
  });
});
