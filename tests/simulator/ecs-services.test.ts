import assert from "node:assert/strict";
import {
  DescribeServicesCommand,
  DescribeTasksCommand,
  type ECSClient,
  ListClustersCommand,
  ListServicesCommand,
  ListTasksCommand,
} from "@aws-sdk/client-ecs";
import { World } from "../../simulator";
import { deregisterTaskDefinition, registerTaskDefinition } from "../../simulator/services/ecs-definitions";
import {
  createCluster,
  createService,
  deleteCluster,
  deleteService,
  promote,
  rollBack,
  runTask,
  startTaskSet,
  stopTask,
  updateService,
} from "../../simulator/services/ecs-services";
import { connectTo } from "../../simulator/wire/middleware";

const MINUTE = 60_000;

describe("simulated clusters, services and tasks", () => {
  let world: World;
  let ecs: ECSClient;
  const scope = () => world.scope("111111111111", "eu-central-1");
  const short = (arns: (string | undefined)[] = []) => arns.map((arn) => arn?.split("/").at(-1));
  const service = async (name = "web") =>
    (await ecs.send(new DescribeServicesCommand({ cluster: "shop", services: [name] }))).services?.[0];
  const deployments = async () =>
    (await service())?.deployments?.map((each) => [each.status, short([each.taskDefinition])[0], each.runningCount]);
  const running = async (family?: string) =>
    (await ecs.send(new ListTasksCommand({ cluster: "shop", family }))).taskArns ?? [];

  beforeEach(() => {
    world = new World();
    ecs = connectTo(world, world.admin("111111111111"), "eu-central-1").ecs();
    createCluster(scope(), "shop");
    for (let revision = 1; revision <= 3; revision += 1) {
      registerTaskDefinition(scope(), { family: "checkout", containerDefinitions: [{ name: "app", image: "a:1" }] });
    }
  });

  it("runs a new deployment beside the old one, which drains within minutes", async () => {
    createService(scope(), { cluster: "shop", service: "web", taskDefinition: "checkout:1", desiredCount: 2 });
    await world.clock.advance(10 * MINUTE);
    updateService(scope(), { cluster: "shop", service: "web", taskDefinition: "checkout:2" });
    assert.deepEqual(await deployments(), [
      ["PRIMARY", "checkout:2", 2],
      ["ACTIVE", "checkout:1", 2],
    ]);
    await world.clock.advance(10 * MINUTE);
    assert.deepEqual(await deployments(), [["PRIMARY", "checkout:2", 2]]);
    assert.equal((await running("checkout")).length, 2);
  });

  it("takes the latest ACTIVE revision where none is named", async () => {
    deregisterTaskDefinition(scope(), "checkout:3");
    createService(scope(), { cluster: "shop", service: "web", taskDefinition: "checkout" });
    assert.deepEqual(short([(await service())?.taskDefinition]), ["checkout:2"]);
  });

  it("keeps its deployment when it is scaled to zero and lets it scale on an INACTIVE revision", async () => {
    createService(scope(), { cluster: "shop", service: "web", taskDefinition: "checkout:1", desiredCount: 2 });
    deregisterTaskDefinition(scope(), "checkout:1");
    updateService(scope(), { cluster: "shop", service: "web", desiredCount: 0 });
    assert.deepEqual(await deployments(), [["PRIMARY", "checkout:1", 0]]);
    assert.deepEqual(await running(), []);
    updateService(scope(), { cluster: "shop", service: "web", desiredCount: 3 });
    assert.equal((await running()).length, 3);
  });

  it("rolls back to the revision that a deployment last completed on", async () => {
    createService(scope(), { cluster: "shop", service: "web", taskDefinition: "checkout:1" });
    await world.clock.advance(10 * MINUTE);
    updateService(scope(), { cluster: "shop", service: "web", taskDefinition: "checkout:2" });
    await world.clock.advance(MINUTE);
    rollBack(scope(), { cluster: "shop", service: "web" });
    await world.clock.advance(10 * MINUTE);
    assert.deepEqual(await deployments(), [["PRIMARY", "checkout:1", 1]]);
  });

  it("shows the task sets of a CODE_DEPLOY service, and drains the old one after the switch", async () => {
    const blue = { cluster: "shop", service: "web", taskDefinition: "checkout:1", controller: "CODE_DEPLOY" as const };
    const made = createService(scope(), blue);
    const update = () => updateService(scope(), { cluster: "shop", service: "web", taskDefinition: "checkout:2" });
    assert.throws(update, { name: "InvalidParameterException" });
    const green = startTaskSet(scope(), made, "checkout:2");
    const sets = async () => (await service())?.taskSets?.map((each) => [each.status, short([each.taskDefinition])[0]]);
    const before = [
      ["PRIMARY", "checkout:1"],
      ["ACTIVE", "checkout:2"],
    ];
    assert.deepEqual(await sets(), before);
    promote(scope(), made, green);
    await world.clock.advance(10 * MINUTE);
    assert.deepEqual(await sets(), [["PRIMARY", "checkout:2"]]);
    assert.deepEqual((await service())?.deployments, []);
  });

  it("lists running tasks by default, stopped ones on request and for an hour", async () => {
    const task = runTask(scope(), { cluster: "shop", taskDefinition: "checkout:1", startedBy: "someone" });
    runTask(scope(), { cluster: "shop", taskDefinition: "checkout:2" });
    stopTask(scope(), task);
    assert.equal((await running()).length, 1);
    const stopped = () => ecs.send(new ListTasksCommand({ cluster: "shop", desiredStatus: "STOPPED" }));
    assert.deepEqual((await stopped()).taskArns, [task.arn]);
    const status = async () =>
      (await ecs.send(new DescribeTasksCommand({ cluster: "shop", tasks: [task.arn] }))).tasks?.[0]?.lastStatus;
    assert.equal(await status(), "STOPPING");
    await world.clock.advance(MINUTE);
    const { tasks, failures } = await ecs.send(
      new DescribeTasksCommand({ cluster: "shop", tasks: [task.arn, "0".repeat(32)] }),
    );
    assert.deepEqual(
      tasks?.map((each) => [each.lastStatus, each.startedBy]),
      [["STOPPED", "someone"]],
    );
    assert.deepEqual(
      failures?.map((each) => each.reason),
      ["MISSING"],
    );
    await world.clock.advance(60 * MINUTE);
    assert.deepEqual((await stopped()).taskArns, []);
  });

  it("pages clusters, services and tasks, ten services unless asked for more", async () => {
    for (let n = 10; n < 22; n += 1) {
      createService(scope(), { cluster: "shop", service: `web-${n}`, taskDefinition: "checkout:1" });
    }
    const all = async (list: (nextToken?: string) => Promise<[string[] | undefined, string | undefined]>) => {
      const sizes: number[] = [];
      const seen = new Set<string>();
      let token: string | undefined;
      do {
        const [arns = [], next] = await list(token);
        sizes.push(arns.length);
        arns.forEach((arn) => void seen.add(arn));
        token = next;
      } while (token);
      return [seen.size, ...sizes];
    };
    const services = async (nextToken?: string): Promise<[string[] | undefined, string | undefined]> => {
      const page = await ecs.send(new ListServicesCommand({ cluster: "shop", nextToken }));
      return [page.serviceArns, page.nextToken];
    };
    const tasks = async (nextToken?: string): Promise<[string[] | undefined, string | undefined]> => {
      const page = await ecs.send(new ListTasksCommand({ cluster: "shop", nextToken }));
      return [page.taskArns, page.nextToken];
    };
    assert.deepEqual(await all(services), [12, 10, 2]);
    world.pageSize = 5;
    assert.deepEqual(await all(services), [12, 5, 5, 2]);
    assert.deepEqual(await all(tasks), [12, 5, 5, 2]);
  });

  it("refuses more than ten services in one description, and an unknown cluster", async () => {
    const services = Array.from({ length: 11 }, (_, n) => `web-${n}`);
    await assert.rejects(ecs.send(new DescribeServicesCommand({ cluster: "shop", services })), {
      name: "InvalidParameterException",
    });
    await assert.rejects(ecs.send(new ListTasksCommand({ cluster: "gone" })), { name: "ClusterNotFoundException" });
  });

  it("keeps a deleted service describable as INACTIVE but lists it no more, and then lets its cluster go", async () => {
    createService(scope(), { cluster: "shop", service: "web", taskDefinition: "checkout:1" });
    assert.throws(() => deleteCluster(scope(), "shop"), { name: "ClusterContainsServicesException" });
    deleteService(scope(), { cluster: "shop", service: "web" });
    assert.equal((await service())?.status, "DRAINING");
    await world.clock.advance(10 * MINUTE);
    assert.equal((await service())?.status, "INACTIVE");
    assert.deepEqual((await ecs.send(new ListServicesCommand({ cluster: "shop" }))).serviceArns, []);
    deleteCluster(scope(), "shop");
    assert.deepEqual((await ecs.send(new ListClustersCommand({}))).clusterArns, []);
    await world.clock.advance(120 * MINUTE);
  });

  it("may run and deploy a revision for as long after its deregistration as the world lags", async () => {
    deregisterTaskDefinition(scope(), "checkout:1");
    const run = () => runTask(scope(), { cluster: "shop", taskDefinition: "checkout:1" });
    assert.throws(run, { name: "ClientException" });
    world.inactiveLag = 10 * MINUTE;
    await world.clock.advance(9 * MINUTE);
    run();
    createService(scope(), { cluster: "shop", service: "web", taskDefinition: "checkout:1" });
    await world.clock.advance(MINUTE);
    assert.throws(run, { name: "ClientException" });
  });
});
