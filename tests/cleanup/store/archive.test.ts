import assert from "node:assert/strict";
import {
  DescribeTaskDefinitionCommand,
  type ECSClient,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
} from "@aws-sdk/client-ecs";
import { memoryStore } from "../../../aws/memory-store";
import { archiveRevision } from "../../../cleanup/store/archive";
import { World } from "../../../simulator";
import { connectTo } from "../../../simulator/wire/middleware";
import { PLACE } from "../../aws/stored";

const FULL: RegisterTaskDefinitionCommandInput = {
  family: "checkout",
  cpu: "256",
  memory: "512",
  networkMode: "awsvpc",
  requiresCompatibilities: ["FARGATE"],
  executionRoleArn: "arn:aws:iam::111122223333:role/execution",
  taskRoleArn: "arn:aws:iam::111122223333:role/task",
  runtimePlatform: { cpuArchitecture: "ARM64", operatingSystemFamily: "LINUX" },
  ephemeralStorage: { sizeInGiB: 30 },
  volumes: [{ name: "data", efsVolumeConfiguration: { fileSystemId: "fs-1" } }],
  placementConstraints: [],
  enableFaultInjection: false,
  containerDefinitions: [
    {
      name: "app",
      image: "nginx:1.27",
      environment: [{ name: "LEVEL", value: "debug" }],
      secrets: [{ name: "KEY", valueFrom: "arn:aws:ssm:eu-central-1:111122223333:parameter/key" }],
      portMappings: [{ containerPort: 80, protocol: "tcp" }],
    },
  ],
};
const TAGS = [
  { key: "team", value: "shop" },
  { key: "ecs-retention:keep-until", value: "2026-01-01" },
];
const PASSWORD = "kR7vQ2mX9pLw4TzB8nYc3HdJ";

function newClient(): ECSClient {
  const world = new World({ seed: 7 });
  return connectTo(world, world.admin(PLACE.account), PLACE.region).ecs();
}

async function describeLast(client: ECSClient) {
  const { taskDefinition, tags } = await client.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: "checkout", include: ["TAGS"] }),
  );
  assert.ok(taskDefinition);
  return { taskDefinition, tags };
}

/** Archives what was registered, as an object and where it lies. */
async function archive(input: RegisterTaskDefinitionCommandInput, tags = input.tags) {
  const client = newClient();
  await client.send(new RegisterTaskDefinitionCommand(input));
  const store = memoryStore();
  const { taskDefinition } = await describeLast(client);
  const archived = await archiveRevision(store, PLACE, taskDefinition, tags);
  const body = (await store.get(archived.key))?.body ?? "";
  return { client, store, archived, body, input: JSON.parse(body) };
}

describe("the archive", () => {
  it("holds exactly what was registered, and what it registers anew is the same", async () => {
    const { client, store, archived, body, input } = await archive({ ...FULL, tags: TAGS });
    assert.deepEqual(archived, {
      key: "archive/111122223333-eu-central-1/checkout/1.full.json",
      restorable: "full",
      missing: [],
    });
    assert.deepEqual(input, { ...FULL, tags: TAGS });
    await client.send(new RegisterTaskDefinitionCommand(input));
    const { taskDefinition, tags } = await describeLast(client);
    const again = await archiveRevision(store, PLACE, taskDefinition, tags);
    assert.equal(again.key, "archive/111122223333-eu-central-1/checkout/2.full.json");
    assert.equal((await store.get(again.key))?.body, body);
  });

  it("leaves out what AWS tells of a revision and takes from nobody", async () => {
    const store = memoryStore();
    const told = {
      taskDefinitionArn: "arn:aws:ecs:eu-central-1:111122223333:task-definition/checkout:7",
      revision: 7,
      status: "INACTIVE",
      requiresAttributes: [{ name: "com.amazonaws.ecs.capability.docker-remote-api.1.18" }],
      compatibilities: ["EC2"],
      registeredAt: new Date(0),
      registeredBy: "arn:aws:iam::111122223333:user/me",
      deregisteredAt: new Date(1),
      deleteRequestedAt: new Date(2),
    } as const;
    const tags = [{ key: "aws:cloudformation:stack-name", value: "shop" }];
    const { key } = await archiveRevision(
      store,
      PLACE,
      { ...FULL, ...told, requiresAttributes: [], compatibilities: [] },
      tags,
    );
    assert.equal(key, "archive/111122223333-eu-central-1/checkout/7.full.json");
    assert.deepEqual(JSON.parse((await store.get(key))?.body ?? ""), FULL);
  });

  it("holds an object, which nobody can register, in place of each plaintext secret, and names what is missing", async () => {
    const [container] = FULL.containerDefinitions ?? [];
    const environment = [
      { name: "LEVEL", value: "debug" },
      { name: "DB_PASSWORD", value: PASSWORD },
    ];
    const containerDefinitions = [{ ...container, environment }];
    const tags = [{ key: "API_TOKEN", value: PASSWORD }];
    const { store, archived, body, input } = await archive({ ...FULL, containerDefinitions, tags });
    assert.equal(archived.key, "archive/111122223333-eu-central-1/checkout/1.partial.json");
    assert.equal(archived.restorable, "partial");
    assert.ok(archived.missing.includes("app: environment DB_PASSWORD"), `${archived.missing}`);
    assert.equal(typeof input.containerDefinitions[0].environment[1].value, "object");
    assert.deepEqual(input.containerDefinitions[0].environment[0], environment[0]);
    assert.ok(!body.includes(PASSWORD));
    assert.equal((await store.list("")).length, 1);
  });

  it("is written again by a run that was killed before it deleted the revision", async () => {
    const client = newClient();
    await client.send(new RegisterTaskDefinitionCommand(FULL));
    const { taskDefinition } = await describeLast(client);
    const store = memoryStore();
    const first = await archiveRevision(store, PLACE, taskDefinition, undefined);
    assert.deepEqual(await archiveRevision(store, PLACE, taskDefinition, TAGS), first);
    assert.deepEqual(JSON.parse((await store.get(first.key))?.body ?? "").tags, TAGS);
  });
});
