import type { ContainerDefinition, Volume } from "@aws-sdk/client-ecs";
import type { Scope } from "../../../simulator";
import { createPullThroughCacheRule } from "../../../simulator/services/ecr-pull-operations";
import { createRepository } from "../../../simulator/services/ecr-repositories";
import { startAsAgent } from "../../../simulator/services/ecs-agent";
import { listRevisions, registerTaskDefinition } from "../../../simulator/services/ecs-definitions";
import { createBucket, putObject } from "../../../simulator/services/s3";
import { putSecret } from "../../../simulator/services/secretsmanager";
import { putParameter } from "../../../simulator/services/ssm";
import { ACCOUNT, type Account, REGION, SHOP } from "../../../tests/deployment/support";

const OTHER_REGION = "eu-central-1";
const REGISTRY = "444455556666";
const registry = (account: string) => `${account}.dkr.ecr.${REGION}.amazonaws.com`;
const arn = (service: string, resource: string, region = REGION) =>
  `arn:aws:${service}:${region}:${ACCOUNT}:${resource}`;
const keyOf = (service: string) => arn("kms", `key/of-${service}`);
const image = `${registry(ACCOUNT)}/shop/app:1.4.2`;
const BUCKET = "shop-settings";
const FILES = ["app/production.env", "router/extra.conf"] as const;
const secretName = (each: number) => `many/${String(each).padStart(3, "0")}`;

interface Example {
  containerDefinitions: ContainerDefinition[];
  volumes?: Volume[];
  /** Further arguments of the execution role. */
  settings?: object;
}

/** Whatever of a task definition needs a right of the execution role, and more secrets than one inline policy is neat for. */
function examples(scope: Scope): Record<string, Example> {
  const secret = (name: string) => putSecret(scope, { name, kmsKeyArn: keyOf("secretsmanager") }).arn;
  const everything: ContainerDefinition[] = [
    {
      name: "app",
      image,
      environmentFiles: [{ type: "s3", value: `arn:aws:s3:::${BUCKET}/${FILES[0]}` }],
      secrets: [
        { name: "API", valueFrom: `${secret("shop/api")}:key::` },
        { name: "PREVIOUS", valueFrom: `${secret("shop/rotated")}::AWSPREVIOUS:` },
        { name: "PINNED", valueFrom: `${secret("shop/pinned")}:::11112222-3333-4444-5555-666677778888` },
        { name: "BY_PREFIX", valueFrom: secret("shop/partial").slice(0, -7) },
        { name: "NAMED", valueFrom: "/shop/endpoint" },
        { name: "ELSEWHERE", valueFrom: arn("ssm", "parameter/shop/elsewhere", OTHER_REGION) },
      ],
      logConfiguration: {
        logDriver: "awslogs",
        options: {
          "awslogs-group": "/shop/everything",
          "awslogs-region": REGION,
          "awslogs-stream-prefix": "everything",
          "awslogs-create-group": "true",
        },
      },
    },
    {
      name: "router",
      image: `${registry(ACCOUNT)}/docker-hub/fluent/fluent-bit:4`,
      firelensConfiguration: {
        type: "fluentbit",
        options: { "config-file-type": "s3", "config-file-value": `arn:aws:s3:::${BUCKET}/${FILES[1]}` },
      },
    },
    {
      name: "worker",
      image: `${registry(REGISTRY)}/platform/worker@sha256:${"a".repeat(64)}`,
      logConfiguration: {
        logDriver: "awsfirelens",
        secretOptions: [{ name: "apikey", valueFrom: secret("shop/log-router") }],
      },
    },
    {
      name: "agent",
      image: "registry.example.com/vendor/agent:7",
      repositoryCredentials: { credentialsParameter: secret("shop/registry") },
      credentialSpecs: [`credentialspec:${arn("ssm", "parameter/shop/credential-spec")}`],
    },
  ];
  const volumes: Volume[] = [
    {
      name: "share",
      fsxWindowsFileServerVolumeConfiguration: {
        fileSystemId: "fs-0123456789abcdef0",
        rootDirectory: "share",
        authorizationConfig: { credentialsParameter: secret("shop/directory"), domain: "example.com" },
      },
    },
  ];
  const keys = {
    secretsManager: [keyOf("secretsmanager")],
    systemsManager: [keyOf("ssm")],
    s3: [keyOf("s3")],
  };
  const many = Array.from({ length: 60 }, (_, each) => ({ name: `S${each}`, valueFrom: secret(secretName(each)) }));
  return {
    everything: {
      containerDefinitions: everything,
      volumes,
      settings: { keys, pullThroughCachePrefixes: ["docker-hub"] },
    },
    many: { containerDefinitions: [{ name: "app", image, secrets: many }], settings: { policyCount: 2, keys } },
  };
}

/** Deploys the role of each example, in reporting services that join a function, and starts its task. */
export async function deployExamples(account: Account, platform: string): Promise<void> {
  const { scope } = account;
  prepare(scope);
  const all = Object.entries(examples(scope));
  const services = all.map(([family, { containerDefinitions, volumes, settings }]) => {
    const executionRole = { containerDefinitions: JSON.stringify(containerDefinitions), volumes, ...settings };
    return [family, { family, executionRole }];
  });
  const config = { "shop:platform": platform, "shop:services": Object.fromEntries(services) };
  await account.deploy("examples/prod", SHOP, config);
  for (const [family, { containerDefinitions, volumes }] of all) {
    const executionRoleArn = account.role(`${family}-execution-role`).arn;
    registerTaskDefinition(scope, { family, containerDefinitions, volumes, executionRoleArn });
  }
}

/** What decides which calls a start needs: customer keys, a cache rule. */
function prepare(scope: Scope): void {
  createRepository(scope, { name: "shop/app" });
  createPullThroughCacheRule(scope, "docker-hub");
  createBucket(scope, { name: BUCKET });
  for (const name of ["shop/endpoint", "shop/credential-spec"]) putParameter(scope, { name, kmsKeyArn: keyOf("ssm") });
}

/** As ECS does for services, with files encrypted under keys of their own and under a bucket's. */
export async function startTasks({ scope }: Account): Promise<void> {
  for (const bucketKey of [true, false]) {
    for (const key of FILES) {
      if (!scope.world.services.s3.buckets.has(BUCKET)) continue;
      putObject(scope, { bucket: BUCKET, key, body: "A=1", kmsKeyArn: keyOf("s3"), bucketKey });
    }
    await startEach(scope);
  }
}

/** Starts a task of each ACTIVE revision that names an execution role. */
async function startEach(scope: Scope): Promise<void> {
  for (const { definition, status, arn } of listRevisions(scope)) {
    const { executionRoleArn } = definition;
    if (!executionRoleArn || status !== "ACTIVE") continue;
    const { refused } = await startAsAgent(scope, definition, { executionRoleArn });
    const missing = refused.map(({ container, action, resources }) => `${container}: ${action} ${resources}`);
    if (missing.length > 0) throw new Error(`${arn} does not start: ${missing.join("; ")}`);
  }
}
