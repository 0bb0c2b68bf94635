import assert from "node:assert/strict";
import {
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  type ECSClient,
  ListServiceDeploymentsCommand,
  ListTasksCommand,
} from "@aws-sdk/client-ecs";
import { World } from "../../simulator";
import {
  deleteTaskDefinition,
  deregisterTaskDefinition,
  registerTaskDefinition,
} from "../../simulator/services/ecs-definitions";
import {
  continueDeployment,
  createCluster,
  createService,
  deleteService,
  rollBack,
  updateService,
} from "../../simulator/services/ecs-services";
import { createRole, putRolePolicy } from "../../simulator/services/iam";
import { openSession } from "../../simulator/services/sts";
import { connectTo } from "../../simulator/wire/middleware";

const MINUTE = 60_000;

describe("simulated service deployments", () => {
  let world: World;
  let ecs: ECSClient;
  const scope = () => world.scope("111111111111", "eu-central-1");
  const service = async () =>
    (await ecs.send(new DescribeServicesCommand({ cluster: "shop", services: ["web"] }))).services?.[0];
  const deployments = async () =>
    (await service())?.deployments?.map((each) => [
      each.status,
      each.taskDefinition?.split("/").at(-1),
      each.runningCount,
    ]);
  const running = async () => (await ecs.send(new ListTasksCommand({ cluster: "shop" }))).taskArns ?? [];

  beforeEach(() => {
    world = new World();
    ecs = connectTo(world, world.admin("111111111111"), "eu-central-1").ecs();
    createCluster(scope(), "shop");
    for (let revision = 1; revision <= 3; revision += 1) {
      registerTaskDefinition(scope(), { family: "checkout", containerDefinitions: [{ name: "app", image: "a:1" }] });
    }
  });

  const web = { cluster: "shop", service: "web" };
  const history = async () => {
    const { serviceDeployments: briefs = [] } = await ecs.send(new ListServiceDeploymentsCommand(web));
    const serviceDeploymentArns = briefs.map((each) => each.serviceDeploymentArn ?? "");
    const { serviceDeployments = [] } = await ecs.send(
      new DescribeServiceDeploymentsCommand({ serviceDeploymentArns }),
    );
    return serviceDeployments;
  };
  /** Statuses, newest first, with the revisions that each came from and goes to. */
  const told = async () => {
    const lines: string[] = [];
    for (const { status, sourceServiceRevisions = [], targetServiceRevision, rollback } of await history()) {
      const from = await revisionsOf(sourceServiceRevisions.map((each) => each.arn));
      const back = rollback ? ` back to ${await revisionsOf([rollback.serviceRevisionArn])}` : "";
      lines.push(`${status} ${from} to ${await revisionsOf([targetServiceRevision?.arn])}${back}`);
    }
    return lines;
  };
  const revisionsOf = async (arns: (string | undefined)[]) => {
    if (arns.length === 0) return "nothing";
    const serviceRevisionArns = arns.map((each) => each ?? "");
    const { serviceRevisions } = await ecs.send(new DescribeServiceRevisionsCommand({ serviceRevisionArns }));
    return serviceRevisions?.map((each) => each.taskDefinition?.split(":").at(-1)).join("+");
  };
  const deploy = (revision: number, more: object = {}) =>
    updateService(scope(), { ...web, taskDefinition: `checkout:${revision}`, ...more });

  it("are open for minutes, and name source and target revisions", async () => {
    createService(scope(), { ...web, taskDefinition: "checkout:1" });
    assert.deepEqual(await told(), ["IN_PROGRESS nothing to 1"]);
    await world.clock.advance(10 * MINUTE);
    deploy(2);
    assert.deepEqual(await told(), ["IN_PROGRESS 1 to 2", "SUCCESSFUL nothing to 1"]);
    const described = await service();
    assert.equal(described?.currentServiceDeployment, (await history())[0]?.serviceDeploymentArn);
    assert.equal(await revisionsOf(described?.currentServiceRevisions?.map((each) => each.arn) ?? []), "2+1");
    deploy(3);
    assert.deepEqual((await told()).slice(0, 2), ["IN_PROGRESS 2+1 to 3", "STOPPED 1 to 2"]);
    await world.clock.advance(10 * MINUTE);
    assert.deepEqual((await told())[0], "SUCCESSFUL 2+1 to 3");
    assert.equal((await service())?.currentServiceRevisions?.length, 1);
  });

  it("keep the source of a BLUE_GREEN one running until it is continued", async () => {
    createService(scope(), { ...web, taskDefinition: "checkout:1", strategy: "BLUE_GREEN" });
    await world.clock.advance(10 * MINUTE);
    deploy(2, { bake: 14 * 24 * 60 * MINUTE });
    await world.clock.advance(13 * 24 * 60 * MINUTE);
    assert.deepEqual((await told())[0], "IN_PROGRESS 1 to 2");
    assert.equal((await running()).length, 2);
    continueDeployment(scope(), web);
    assert.deepEqual((await told())[0], "SUCCESSFUL 1 to 2");
    assert.deepEqual(await deployments(), [["PRIMARY", "checkout:2", 1]]);
    assert.throws(() => continueDeployment(scope(), web), { name: "InvalidParameterException" });
    await world.clock.advance(2 * 24 * 60 * MINUTE);
    assert.deepEqual((await told())[0], "SUCCESSFUL 1 to 2");
  });

  it("go back to the last successful revision, which a deregistration does not hinder", async () => {
    createService(scope(), { ...web, taskDefinition: "checkout:1", strategy: "BLUE_GREEN" });
    assert.throws(() => rollBack(scope(), web), { name: "ClientException" });
    await world.clock.advance(10 * MINUTE);
    deploy(2, { bake: 60 * MINUTE });
    deregisterTaskDefinition(scope(), "checkout:1");
    await world.clock.advance(30 * MINUTE);
    rollBack(scope(), web);
    assert.deepEqual((await told())[0], "ROLLBACK_IN_PROGRESS 1 to 2 back to 1");
    assert.throws(() => rollBack(scope(), web), { name: "ConflictException" });
    await world.clock.advance(120 * MINUTE);
    assert.deepEqual((await told())[0], "ROLLBACK_SUCCESSFUL 1 to 2 back to 1");
    assert.deepEqual(await deployments(), [["PRIMARY", "checkout:1", 1]]);
  });

  it("fail to go back to a revision that is gone", async () => {
    createService(scope(), { ...web, taskDefinition: "checkout:1" });
    await world.clock.advance(10 * MINUTE);
    deploy(2);
    await world.clock.advance(10 * MINUTE);
    deregisterTaskDefinition(scope(), "checkout:1");
    deleteTaskDefinition(scope(), "checkout:1");
    await world.clock.advance(26 * 60 * MINUTE);
    rollBack(scope(), web);
    assert.equal((await history())[0]?.status, "ROLLBACK_FAILED");
    assert.deepEqual(await deployments(), [["PRIMARY", "checkout:2", 1]]);
  });

  it("that fail are rolled back by a circuit breaker, and stay open without one or without a success", async () => {
    createService(scope(), { ...web, taskDefinition: "checkout:1", circuitBreaker: true, fails: true });
    await world.clock.advance(60 * MINUTE);
    assert.deepEqual(await told(), ["IN_PROGRESS nothing to 1"]);
    deploy(2);
    await world.clock.advance(10 * MINUTE);
    deploy(3, { fails: true });
    await world.clock.advance(20 * MINUTE);
    assert.deepEqual((await told())[0], "ROLLBACK_SUCCESSFUL 2 to 3 back to 2");
    createService(scope(), { cluster: "shop", service: "api", taskDefinition: "checkout:1" });
    await world.clock.advance(10 * MINUTE);
    updateService(scope(), { cluster: "shop", service: "api", taskDefinition: "checkout:2", fails: true });
    await world.clock.advance(60 * MINUTE);
    const { serviceDeployments = [] } = await ecs.send(
      new ListServiceDeploymentsCommand({ cluster: "shop", service: "api", status: ["IN_PROGRESS"] }),
    );
    assert.equal(serviceDeployments.length, 1);
  });

  it("are shown for 90 days, and as long as they are open", async () => {
    createService(scope(), { ...web, taskDefinition: "checkout:1", strategy: "BLUE_GREEN" });
    await world.clock.advance(MINUTE);
    deploy(2, { bake: 100 * 24 * 60 * MINUTE });
    await world.clock.advance(91 * 24 * 60 * MINUTE);
    assert.equal((await history()).length, 1);
    await world.clock.advance(10 * 24 * 60 * MINUTE);
    assert.deepEqual(await ecs.send(new ListServiceDeploymentsCommand(web)).then((it) => it.serviceDeployments), []);
  });

  it("come in pages, newest first, and end with their service", async () => {
    createService(scope(), { ...web, taskDefinition: "checkout:1" });
    for (const revision of [2, 3]) {
      await world.clock.advance(MINUTE);
      deploy(revision);
    }
    const whole = (await history()).map((each) => each.serviceDeploymentArn);
    world.pageSize = 1;
    const paged: (string | undefined)[] = [];
    let nextToken: string | undefined;
    do {
      const page = await ecs.send(new ListServiceDeploymentsCommand({ ...web, nextToken }));
      paged.push(...(page.serviceDeployments ?? []).map((each) => each.serviceDeploymentArn));
      nextToken = page.nextToken;
    } while (nextToken);
    assert.deepEqual([paged, paged.length], [whole, 3]);
    deleteService(scope(), web);
    await world.clock.advance(10 * MINUTE);
    const serviceDeploymentArns = whole.map((each) => each ?? "");
    const { failures } = await ecs.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns }));
    assert.equal(failures?.length, 3);
    await world.clock.advance(24 * 60 * MINUTE);
    assert.equal(await service(), undefined);
  });

  it("are described to whoever may describe both them and their service", async () => {
    const { arn: serviceArn } = createService(scope(), { ...web, taskDefinition: "checkout:1" });
    const [{ serviceDeploymentArn = "" } = {}] = await history();
    const role = createRole(scope(), { name: "reader", trust: '{"Statement":[]}' });
    const ask = (Resource: string[]) => {
      const Statement = [{ Effect: "Allow", Action: "ecs:DescribeServiceDeployments", Resource }];
      putRolePolicy(scope(), "reader", "p", JSON.stringify({ Version: "2012-10-17", Statement }));
      const reader = connectTo(world, openSession(scope(), role, { name: "s" }), "eu-central-1").ecs();
      return reader.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [serviceDeploymentArn] }));
    };
    for (const only of [serviceArn, serviceDeploymentArn]) {
      await assert.rejects(ask([only]), { name: "AccessDeniedException" });
    }
    assert.equal((await ask([serviceArn, serviceDeploymentArn])).serviceDeployments?.length, 1);
  });
});
