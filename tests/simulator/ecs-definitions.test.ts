import assert from "node:assert/strict";
import {
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  type ECSClient,
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
  type TaskDefinitionStatus,
} from "@aws-sdk/client-ecs";
import { World } from "../../simulator";
import { registerTaskDefinition, tagTaskDefinition } from "../../simulator/services/ecs-definitions";
import {
  createCluster,
  createService,
  promote,
  runTask,
  startTaskSet,
  stopTask,
  updateService,
} from "../../simulator/services/ecs-services";
import { connectTo } from "../../simulator/wire/middleware";

const ACCOUNT = "111111111111";
const REGION = "eu-central-1";
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe("simulated task definitions", () => {
  let world: World;
  let ecs: ECSClient;
  const scope = () => world.scope(ACCOUNT, REGION);
  const containerDefinitions = [{ name: "app", image: "nginx:1.27" }];
  const register = async (family: string, count = 1) => {
    for (let each = 0; each < count; each += 1) {
      registerTaskDefinition(scope(), { family, containerDefinitions });
    }
  };
  const deregister = (taskDefinition: string) => ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));
  const remove = (...taskDefinitions: string[]) => ecs.send(new DeleteTaskDefinitionsCommand({ taskDefinitions }));
  const describeOne = async (taskDefinition: string) =>
    (await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }))).taskDefinition;
  const list = async (status: TaskDefinitionStatus = "ACTIVE", familyPrefix?: string, sort?: "ASC" | "DESC") => {
    const arns: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await ecs.send(new ListTaskDefinitionsCommand({ status, familyPrefix, sort, nextToken }));
      arns.push(...(page.taskDefinitionArns ?? []).map((arn) => arn.split("/").at(-1) ?? ""));
      nextToken = page.nextToken;
    } while (nextToken);
    return arns;
  };

  beforeEach(() => {
    world = new World({ pageSize: 3 });
    ecs = connectTo(world, world.admin(ACCOUNT), REGION).ecs();
  });

  it("never uses a revision number again, not even after the whole family is gone", async () => {
    await register("checkout", 2);
    for (const revision of ["checkout:1", "checkout:2"]) {
      await deregister(revision);
    }
    await remove("checkout:1", "checkout:2");
    await world.clock.advance(HOUR);
    assert.deepEqual(await list("DELETE_IN_PROGRESS"), []);
    await assert.rejects(describeOne("checkout:2"), { name: "ClientException" });

    const again = await ecs.send(new RegisterTaskDefinitionCommand({ family: "checkout", containerDefinitions }));
    assert.equal(again.taskDefinition?.revision, 3);
  });

  it("goes from ACTIVE over INACTIVE and DELETE_IN_PROGRESS to gone, with a date for each step", async () => {
    await register("checkout", 2);
    const registered = world.clock.now();
    await world.clock.advance(HOUR);
    await deregister("checkout:1");
    await world.clock.advance(HOUR);
    assert.equal((await describeOne("checkout:1"))?.status, "INACTIVE");
    await remove("checkout:1");
    const going = await describeOne("checkout:1");
    assert.equal(going?.status, "DELETE_IN_PROGRESS");
    assert.deepEqual(
      [going?.registeredAt, going?.deregisteredAt, going?.deleteRequestedAt].map((date) => date?.getTime()),
      [registered, registered + HOUR, registered + 2 * HOUR],
    );
    await world.clock.advance(5 * MINUTE);
    await assert.rejects(describeOne("checkout:1"), { name: "ClientException" });
  });

  it("keeps INACTIVE revisions describable for ever", async () => {
    await register("checkout", 2);
    await deregister("checkout:1");
    await world.clock.advance(365 * 24 * HOUR);
    assert.equal((await describeOne("checkout:1"))?.containerDefinitions?.[0]?.image, "nginx:1.27");
  });

  it("lists by exact family and numeric revision, both ways, over small pages", async () => {
    await register("checkout", 11);
    await register("checkout-worker", 2);
    const ascending = Array.from({ length: 11 }, (_, index) => `checkout:${index + 1}`);
    assert.deepEqual(await list("ACTIVE", "checkout"), ascending);
    assert.deepEqual(await list("ACTIVE", "checkout", "DESC"), ascending.toReversed());
    assert.deepEqual(await list(), [...ascending, "checkout-worker:1", "checkout-worker:2"]);
    assert.deepEqual(await list("ACTIVE", "check"), []);
  });

  it("neither repeats nor skips a revision where some leave the list between two pages", async () => {
    await register("checkout", 6);
    const first = await ecs.send(new ListTaskDefinitionsCommand({ sort: "DESC" }));
    await deregister("checkout:5");
    const { nextToken } = first;
    const second = await ecs.send(new ListTaskDefinitionsCommand({ sort: "DESC", nextToken }));
    assert.deepEqual(
      second.taskDefinitionArns?.map((arn) => arn.split("/").at(-1)),
      ["checkout:3", "checkout:2", "checkout:1"],
    );
  });

  it("answers a bare family with its latest ACTIVE revision, so that deregistering the newest changes it", async () => {
    await register("checkout", 3);
    createCluster(scope());
    assert.equal((await describeOne("checkout"))?.revision, 3);
    await deregister("checkout:3");
    assert.equal((await describeOne("checkout"))?.revision, 2);
    assert.match(runTask(scope(), { taskDefinition: "checkout" }).taskDefinition, /checkout:2$/);
  });

  it("refuses to start anything on an INACTIVE revision", async () => {
    await register("checkout", 2);
    createCluster(scope());
    createService(scope(), { service: "web", taskDefinition: "checkout:2" });
    await deregister("checkout:1");
    const inactive = { name: "ClientException", message: /inactive/ };
    assert.throws(() => runTask(scope(), { taskDefinition: "checkout:1" }), inactive);
    assert.throws(() => updateService(scope(), { service: "web", taskDefinition: "checkout:1" }), inactive);
  });

  it("deletes what it can and reports each other ARN in failures", async () => {
    await register("checkout", 2);
    await deregister("checkout:1");
    const { taskDefinitions, failures } = await remove("checkout:1", "checkout:2", "checkout:99");
    assert.deepEqual(
      taskDefinitions?.map((each) => [each.revision, each.status]),
      [[1, "DELETE_IN_PROGRESS"]],
    );
    assert.deepEqual(
      failures?.map((each) => each.arn?.split("/").at(-1)),
      ["checkout:2", "checkout:99"],
    );
    assert.match(failures?.[0]?.reason ?? "", /ACTIVE status/);
    assert.deepEqual(await list(), ["checkout:2"]);
  });

  it("refuses more than ten deletions in one call, and a family without revision", async () => {
    await register("checkout", 11);
    const all = Array.from({ length: 11 }, (_, index) => `checkout:${index + 1}`);
    await assert.rejects(remove(...all), { name: "InvalidParameterException" });
    await assert.rejects(deregister("checkout"), { name: "ClientException" });
    await assert.rejects(remove("checkout"), { name: "InvalidParameterException" });
  });

  it("holds a deletion while a task runs on the revision, and ends it within an hour afterwards", async () => {
    await register("checkout", 2);
    createCluster(scope());
    const task = runTask(scope(), { taskDefinition: "checkout:1" });
    await deregister("checkout:1");
    await remove("checkout:1");
    await world.clock.advance(48 * HOUR);
    assert.deepEqual(await list("DELETE_IN_PROGRESS"), ["checkout:1"]);
    stopTask(scope(), task);
    assert.deepEqual(await list("DELETE_IN_PROGRESS"), ["checkout:1"]);
    await world.clock.advance(HOUR);
    assert.deepEqual(await list("DELETE_IN_PROGRESS"), []);
  });

  it("holds a deletion while a deployment drains, and ends it within a day afterwards", async () => {
    await register("checkout", 2);
    createCluster(scope());
    createService(scope(), { service: "web", taskDefinition: "checkout:1", desiredCount: 0 });
    await deregister("checkout:1");
    await remove("checkout:1");
    await world.clock.advance(30 * 24 * HOUR);
    assert.deepEqual(await list("DELETE_IN_PROGRESS"), ["checkout:1"]);
    updateService(scope(), { service: "web", taskDefinition: "checkout:2" });
    await world.clock.advance(10 * MINUTE);
    assert.deepEqual(await list("DELETE_IN_PROGRESS"), ["checkout:1"]);
    await world.clock.advance(24 * HOUR);
    assert.deepEqual(await list("DELETE_IN_PROGRESS"), []);
  });

  it("holds a deletion while a task set refers to the revision", async () => {
    await register("checkout", 2);
    createCluster(scope());
    const blueGreen = { service: "web", taskDefinition: "checkout:1", controller: "CODE_DEPLOY" as const };
    const service = createService(scope(), blueGreen);
    await deregister("checkout:1");
    await remove("checkout:1");
    const green = startTaskSet(scope(), service, (await describeOne("checkout:2"))?.taskDefinitionArn ?? "");
    await world.clock.advance(48 * HOUR);
    assert.deepEqual(await list("DELETE_IN_PROGRESS"), ["checkout:1"]);
    promote(scope(), service, green);
    await world.clock.advance(25 * HOUR);
    assert.deepEqual(await list("DELETE_IN_PROGRESS"), []);
  });

  it("keeps accounts and Regions apart", async () => {
    await register("checkout");
    const elsewhere = [
      connectTo(world, world.admin("222222222222"), REGION).ecs(),
      connectTo(world, world.admin(ACCOUNT), "us-east-1").ecs(),
    ];
    for (const other of elsewhere) {
      assert.deepEqual((await other.send(new ListTaskDefinitionsCommand({}))).taskDefinitionArns, []);
    }
  });

  it("tells tags on request, those that were added later too, of an INACTIVE revision as well", async () => {
    registerTaskDefinition(scope(), { family: "a", containerDefinitions, tags: [{ key: "team", value: "shop" }] });
    await deregister("a:1");
    const hold = { "ecs-retention:keep-until": "2026-02-01" };
    tagTaskDefinition(scope(), "a:1", { ...hold, team: "pay" });
    const described = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: "a:1", include: ["TAGS"] }));
    assert.deepEqual(described.tags, [
      { key: "ecs-retention:keep-until", value: "2026-02-01" },
      { key: "team", value: "pay" },
    ]);
    const plain = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: "a:1" }));
    assert.equal(plain.tags, undefined);
    await remove("a:1");
    await world.clock.advance(HOUR);
    await assert.rejects(describeOne("a:1"), { name: "ClientException" });
  });
});
