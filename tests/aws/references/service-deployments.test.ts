import assert from "node:assert/strict";
import type { Service, ServiceDeployment } from "@aws-sdk/client-ecs";
import { deletedServices } from "../../../aws/references/services";
import { calls } from "../../../aws/retry";
import { AwsError, type World } from "../../../simulator";
import {
  createCluster,
  createService,
  deleteCluster,
  deleteService,
  serviceOf,
  updateService,
} from "../../../simulator/services/ecs-services";
import {
  ACCOUNT,
  answering,
  arnOf,
  callsOf,
  connectAdmin,
  DAY,
  failing,
  gapsOf,
  HOUR,
  MINUTE,
  newWorld,
  REGION,
  register,
  scopeOf,
} from "../../cleanup/support";
import { itemGapsOf, type ReadMore, read, shop, targetsOf } from "./support";

const WEB = { cluster: "shop", service: "web" };
const serviceArn = (name: string) => `arn:aws:ecs:${REGION}:${ACCOUNT}:service/shop/${name}`;
const deploymentCalls = (world: World) =>
  ["ListServiceDeployments", "DescribeServiceDeployments", "DescribeServiceRevisions"].map(
    (operation) => callsOf(world, operation).length,
  );

/** A service on `checkout:1`, then `checkout:2`, both completed. */
async function settled(): Promise<World> {
  const world = await shop();
  createService(scopeOf(world), { ...WEB, taskDefinition: "checkout:1" });
  await world.clock.advance(HOUR);
  updateService(scopeOf(world), { ...WEB, taskDefinition: "checkout:2" });
  await world.clock.advance(HOUR);
  return world;
}

async function ofDeployments(world: World, more?: ReadMore): Promise<string[]> {
  const found = await read(world, more);
  assert.deepEqual(found.gaps, []);
  return targetsOf(found).filter((each) => each.startsWith("service-deployments"));
}

describe("references of service deployments", () => {
  it("are the source and the target of one that bakes for days, though its tasks run on the target alone", async () => {
    const world = await shop();
    createService(scopeOf(world), { ...WEB, taskDefinition: "checkout:1", strategy: "BLUE_GREEN" });
    await world.clock.advance(HOUR);
    updateService(scopeOf(world), { ...WEB, taskDefinition: "checkout:2", bake: 10 * DAY });
    await world.clock.advance(8 * DAY);
    // Whatever DescribeServices says of it.
    const connect = answering(connectAdmin(world), "DescribeServices", (output) => ({
      ...output,
      services: (output.services as Service[]).map((service) => ({
        ...service,
        deployments: service.deployments?.slice(0, 1),
        currentServiceRevisions: undefined,
      })),
    }));
    assert.deepEqual(await ofDeployments(world, { connect }), [
      "service-deployments checkout:1",
      "service-deployments checkout:2",
    ]);
  });

  it("are what a rollback under way returns to", async () => {
    const world = await settled();
    updateService(scopeOf(world), { ...WEB, taskDefinition: "checkout:3", fails: true });
    const connect = answering(connectAdmin(world), "DescribeServiceDeployments", async (output) => {
      const { revisions } = serviceOf(scopeOf(world), WEB);
      const rollback = { serviceRevisionArn: revisions.find((each) => each.taskDefinition.endsWith(":1"))?.arn };
      const serviceDeployments = (output.serviceDeployments as ServiceDeployment[]).map((each) => ({
        ...each,
        sourceServiceRevisions: [],
        rollback,
      }));
      return { ...output, serviceDeployments };
    });
    assert.deepEqual(await ofDeployments(world, { connect }), [
      "service-deployments checkout:1",
      "service-deployments checkout:2",
      "service-deployments checkout:3",
    ]);
  });

  it("are the last successful one and the current revisions, where the present deployment failed for good", async () => {
    const world = await settled();
    updateService(scopeOf(world), { ...WEB, taskDefinition: "checkout:3", fails: true });
    await world.clock.advance(DAY);
    const service = serviceOf(scopeOf(world), WEB);
    for (const each of service.serviceDeployments) {
      if (each.finishedAt === undefined) Object.assign(each, { status: "STOPPED", finishedAt: world.clock.now() });
    }
    assert.deepEqual(await ofDeployments(world), ["service-deployments checkout:2", "service-deployments checkout:3"]);
  });

  it("tell the deployments that succeeded, each when it finished, and no more than the last five", async () => {
    const world = await shop(8);
    createService(scopeOf(world), { ...WEB, taskDefinition: "checkout:1" });
    const startedAt = world.clock.now();
    for (let revision = 2; revision <= 8; revision++) {
      await world.clock.advance(HOUR);
      updateService(scopeOf(world), { ...WEB, taskDefinition: `checkout:${revision}` });
    }
    const { successes } = await read(world);
    // The eighth is still open.
    assert.deepEqual(
      successes,
      [7, 6, 5, 4, 3].map((revision) => ({
        ...{ family: "checkout", revision, by: serviceArn("web") },
        at: startedAt + (revision - 1) * HOUR + 5 * MINUTE,
      })),
    );
  });

  it("are not asked for where task sets deploy", async () => {
    const world = await shop();
    for (const controller of ["CODE_DEPLOY", "EXTERNAL"] as const) {
      createService(scopeOf(world), { ...WEB, service: controller, taskDefinition: "checkout:1", controller });
    }
    await read(world);
    assert.deepEqual(deploymentCalls(world), [0, 0, 0]);
  });

  it("take one list a service and descriptions of 20 at once", async () => {
    const world = newWorld(0);
    await register(world, "checkout", 2);
    createCluster(scopeOf(world), "shop");
    for (let index = 0; index < 25; index++) {
      createService(scopeOf(world), { cluster: "shop", service: `s${index}`, taskDefinition: "checkout:1" });
    }
    await read(world);
    // All open, each with a service revision of its own.
    assert.deepEqual(deploymentCalls(world), [25, 2, 2]);
  });

  describe("that are remembered", () => {
    it("are not read again until the service is deployed anew", async () => {
      const world = await settled();
      const { completed } = await read(world);
      assert.deepEqual(completed[serviceArn("web")]?.taskDefinitions, [arnOf("checkout:2")]);
      const before = deploymentCalls(world);
      const again = await read(world, { completed });
      assert.deepEqual(deploymentCalls(world), before);
      assert.deepEqual(again.completed, completed);
      assert.ok(targetsOf(again).includes("service-deployments checkout:2"));

      updateService(scopeOf(world), { ...WEB, taskDefinition: "checkout:3" });
      const open = await read(world, { completed });
      assert.deepEqual(open.completed, {});
      assert.ok(targetsOf(open).includes("service-deployments checkout:3"));
      await world.clock.advance(HOUR);
      const later = await read(world, { completed });
      assert.deepEqual(later.completed[serviceArn("web")]?.taskDefinitions, [arnOf("checkout:3")]);
    });

    it("are the deployment's own id where AWS names no service deployment", async () => {
      const world = await settled();
      const [deployment] = serviceOf(scopeOf(world), WEB).deployments;
      const connect = answering(connectAdmin(world), "DescribeServices", (output) => ({
        ...output,
        services: (output.services as Service[]).map((each) => ({ ...each, currentServiceDeployment: undefined })),
      }));
      const { completed } = await read(world, { connect });
      assert.equal(completed[serviceArn("web")]?.deployment, deployment?.id);
    });

    it("are forgotten with the service, and kept while something of the account cannot be read", async () => {
      const world = await settled();
      const { completed } = await read(world);
      failing(world, "ListServices", { before: new AwsError("AccessDeniedException", "no") });
      assert.deepEqual((await read(world, { completed })).completed, completed);
      world.gate.faults = undefined;
      deleteService(scopeOf(world), WEB);
      await world.clock.advance(HOUR);
      assert.deepEqual((await read(world, { completed })).completed, {});
    });
  });

  describe("where something cannot be read", () => {
    for (const operation of ["ListServiceDeployments", "DescribeServiceDeployments", "DescribeServiceRevisions"]) {
      it(`makes a denied ${operation} a gap of the account that names the action`, async () => {
        const world = await settled();
        updateService(scopeOf(world), { ...WEB, taskDefinition: "checkout:3" });
        failing(world, operation, { before: new AwsError("AccessDeniedException", "no") });
        const { gaps, completed } = await read(world);
        assert.deepEqual(gapsOf({ gaps }), [
          `service-deployments denied account: ecs:${operation}: AccessDeniedException`,
        ]);
        assert.equal(gaps[0]?.remedy, `allow ecs:${operation} to the role that reads`);
        assert.deepEqual(completed, {});
      });
    }

    const described = [
      { operation: "DescribeServiceDeployments", items: "serviceDeployments", arn: "serviceDeploymentArn" },
      { operation: "DescribeServiceRevisions", items: "serviceRevisions", arn: "serviceRevisionArn" },
    ];
    for (const { operation, items, arn } of described) {
      it(`takes what ${operation} does not tell for a gap of the service's families, which is not remembered`, async () => {
        const world = await settled();
        if (operation === "DescribeServiceDeployments") {
          updateService(scopeOf(world), { ...WEB, taskDefinition: "checkout:3" });
        }
        for (const reason of [undefined, "MISSING"]) {
          const connect = answering(connectAdmin(world), operation, (output) => {
            const all = output[items] as Record<string, unknown>[];
            return { ...output, [items]: [], failures: reason && all.map((each) => ({ arn: each[arn], reason })) };
          });
          const found = await read(world, { connect });
          assert.deepEqual(itemGapsOf(found), [`service-deployments failed checkout*: ${serviceArn("web")}`]);
          assert.match(found.gaps[0]?.detail ?? "", new RegExp(reason ?? "missing in the answer"));
          assert.deepEqual(found.completed, {});
        }
      });
    }

    it("takes a revision that cannot be described for one of all families that differ by their hash suffix", async () => {
      const world = await shop();
      for (const family of ["web-0a1b2c3d", "web-ffffffff"]) await register(world, family, 1);
      createService(scopeOf(world), { ...WEB, taskDefinition: "web-0a1b2c3d:1", desiredCount: 0 });
      await world.clock.advance(HOUR);
      updateService(scopeOf(world), { ...WEB, taskDefinition: "web-ffffffff:1" });
      await world.clock.advance(HOUR);
      const connect = answering(connectAdmin(world), "DescribeServiceRevisions", (output) => ({
        ...output,
        serviceRevisions: [],
      }));
      assert.deepEqual(itemGapsOf(await read(world, { connect })), [
        `service-deployments failed web*: ${serviceArn("web")}`,
      ]);
    });

    it("goes on protecting what a service could return to, of whatever family, while that cannot be described", async () => {
      const world = await settled();
      const { completed } = await read(world);
      await register(world, "renamed", 1);
      updateService(scopeOf(world), { ...WEB, taskDefinition: "renamed:1" });
      await world.clock.advance(HOUR);
      const connect = answering(connectAdmin(world), "DescribeServiceRevisions", (output) => ({
        ...output,
        serviceRevisions: [],
      }));
      const found = await read(world, { connect, completed });
      assert.deepEqual(itemGapsOf(found), [`service-deployments failed renamed*: ${serviceArn("web")}`]);
      assert.ok(targetsOf(found).includes("service-deployments checkout:2"));
      assert.deepEqual(found.completed, {});
    });

    it("does not mind a service that goes between its description and its list", async () => {
      const world = await settled();
      const connect = answering(connectAdmin(world), "DescribeServices", (output) => {
        world.services.ecsServices.at(scopeOf(world)).clusters.get("shop")?.services.delete("web");
        return output;
      });
      assert.deepEqual(await ofDeployments(world, { connect }), []);
      assert.equal(callsOf(world, "ListServiceDeployments").length, 1);
    });
  });
});

describe("deletedServices", () => {
  const deleted = (world: World, arns: string[], connect = connectAdmin(world)) =>
    world.clock.actor(() => deletedServices(connect.ecs(), calls(world.clock, world.clock.now() + MINUTE), arns));

  it("names those that are being deleted, are deleted, or whose cluster is", async () => {
    const world = await shop();
    createCluster(scopeOf(world), "passing");
    deleteCluster(scopeOf(world), "passing");
    for (const service of ["stays", "drains", "went"]) {
      createService(scopeOf(world), { cluster: "shop", service, taskDefinition: "checkout:1" });
    }
    deleteService(scopeOf(world), { cluster: "shop", service: "went" });
    await world.clock.advance(HOUR);
    deleteService(scopeOf(world), { cluster: "shop", service: "drains" });
    const elsewhere = serviceArn("a").replace("/shop/", "/passing/");
    const asked = [...["stays", "drains", "went", "never-was"].map(serviceArn), elsewhere];
    const expected = [...["drains", "never-was", "went"].map(serviceArn), elsewhere];
    assert.deepEqual([...(await deleted(world, asked))].sort(), expected.sort());
  });

  it("names none that AWS does not tell of", async () => {
    const world = await shop();
    const asked = [serviceArn("web"), serviceArn("web").replace("/shop/", "/"), "arn:aws:events:::rule/x"];
    failing(world, "DescribeServices", { before: new AwsError("AccessDeniedException", "no") });
    assert.deepEqual([...(await deleted(world, asked))], []);
    world.gate.faults = undefined;
    const connect = answering(connectAdmin(world), "DescribeServices", (output) => ({ ...output, failures: [] }));
    assert.deepEqual([...(await deleted(world, asked, connect))], []);
  });
});
