import assert from "node:assert/strict";
import { AwsError, type World } from "../../../simulator";
import {
  createApplication,
  createDeployment,
  createDeploymentGroup,
  deleteApplication,
} from "../../../simulator/services/codedeploy";
import { createService } from "../../../simulator/services/ecs-services";
import { ACCOUNT, arnOf, callsOf, failing, gapsOf, REGION, register, scopeOf } from "../../cleanup/support";
import { itemGapsOf, read, references, shop, targetsOf } from "./support";

const groupArn = (name: string) => `arn:aws:codedeploy:${REGION}:${ACCOUNT}:deploymentgroup:shop/${name}`;
const appSpec = (taskDefinition: string) =>
  JSON.stringify({ Resources: [{ TargetService: { Properties: { TaskDefinition: taskDefinition } } }] });

/** A group `web` for the service of that name, on `checkout:1`. */
async function deployed(): Promise<World> {
  const world = await shop();
  const input = { cluster: "shop", service: "web", taskDefinition: "checkout:1", controller: "CODE_DEPLOY" } as const;
  createService(scopeOf(world), { ...input, desiredCount: 0 });
  createApplication(scopeOf(world), "shop");
  createDeploymentGroup(scopeOf(world), "shop", "web", [{ clusterName: "shop", serviceName: "web" }]);
  return world;
}

const ofCodeDeploy = (found: Awaited<ReturnType<typeof read>>) =>
  targetsOf({ references: found.references.filter(({ source }) => source === "codedeploy") });

describe("references of CodeDeploy", () => {
  it("are the last successful and the last attempted deployment of every group, and no older one", async () => {
    const world = await deployed();
    createDeployment(scopeOf(world), "shop", "web", appSpec(arnOf("checkout:2")), "Succeeded");
    createDeployment(scopeOf(world), "shop", "web", `TaskDefinition: ${arnOf("checkout:3")}`, "Succeeded");
    const at = world.clock.now();
    createDeployment(scopeOf(world), "shop", "web", appSpec(arnOf("checkout:4")), "Failed");
    const found = await read(world);
    assert.deepEqual(found.gaps, []);
    assert.deepEqual(ofCodeDeploy(found), ["codedeploy checkout:3", "codedeploy checkout:4"]);
    assert.deepEqual(found.successes, [{ family: "checkout", revision: 3, at, by: groupArn("web") }]);
  });

  it("are read once where the last attempt succeeded", async () => {
    const world = await deployed();
    createDeployment(scopeOf(world), "shop", "web", appSpec("checkout:2"), "Succeeded");
    assert.deepEqual(ofCodeDeploy(await read(world)), ["codedeploy checkout:2"]);
    const made = ["BatchGetApplications", "BatchGetDeploymentGroups", "BatchGetDeployments", "GetApplicationRevision"];
    assert.deepEqual(
      made.map((operation) => callsOf(world, operation).length),
      [1, 1, 1, 1],
    );
  });

  it("are none of groups without a deployment, and of applications for other platforms", async () => {
    const world = await deployed();
    createApplication(scopeOf(world), "functions", "Lambda");
    createDeploymentGroup(scopeOf(world), "functions", "all");
    createDeployment(scopeOf(world), "functions", "all", "Resources: []", "Succeeded");
    assert.deepEqual(await references(world), ["services checkout:1"]);
    assert.equal(callsOf(world, "ListDeploymentGroups").length, 1);
  });

  it("that lie in S3 are a gap of the families of the group's service, or of all where that is not known", async () => {
    const world = await deployed();
    createDeploymentGroup(scopeOf(world), "shop", "unknown", [{ clusterName: "shop", serviceName: "gone" }]);
    for (const group of ["web", "unknown"]) {
      createDeployment(scopeOf(world), "shop", group, { bucket: "specs", key: "web.yaml" }, "Succeeded");
    }
    const found = await read(world);
    assert.deepEqual(itemGapsOf(found), [
      `codedeploy dynamic *: ${groupArn("unknown")}`,
      `codedeploy dynamic checkout*: ${groupArn("web")}`,
    ]);
    for (const { detail, remedy } of found.gaps) {
      assert.match(detail, /lies elsewhere: S3/);
      assert.match(remedy, /inline, or pin/);
    }
  });

  it("that an AppSpec does not tell are a gap of the families of the group's service", async () => {
    const world = await deployed();
    createDeployment(scopeOf(world), "shop", "web", "Resources: [{ TargetService: {} }]", "Succeeded");
    assert.deepEqual(itemGapsOf(await read(world)), [`codedeploy dynamic checkout*: ${groupArn("web")}`]);
  });

  it("that are placeholders are a gap of every family", async () => {
    const world = await deployed();
    createDeployment(scopeOf(world), "shop", "web", appSpec("<TASK_DEFINITION>"), "Succeeded");
    assert.deepEqual(itemGapsOf(await read(world)), [`codedeploy failed *: ${groupArn("web")}`]);
  });

  for (const [error, cause] of [
    ["RevisionDoesNotExistException", "dynamic"],
    ["AccessDeniedException", "denied"],
  ] as const) {
    it(`are a gap of the group where its AppSpec answers with ${error}`, async () => {
      const world = await deployed();
      createDeployment(scopeOf(world), "shop", "web", appSpec("checkout:2"), "Succeeded");
      failing(world, "GetApplicationRevision", { before: new AwsError(error, "no") });
      assert.deepEqual(itemGapsOf(await read(world)), [`codedeploy ${cause} checkout*: ${groupArn("web")}`]);
    });
  }

  it("are a gap of the group where AWS leaves its deployment out", async () => {
    const world = await deployed();
    const id = createDeployment(scopeOf(world), "shop", "web", appSpec("checkout:2"), "Succeeded");
    world.services.codedeploy.at(scopeOf(world)).deployments.delete(id);
    const found = await read(world);
    assert.deepEqual(itemGapsOf(found), [`codedeploy failed checkout*: ${groupArn("web")}`]);
    assert.match(found.gaps[0]?.detail ?? "", new RegExp(`${id}, which is missing`));
  });

  it("are a gap of the group that goes between list and description", async () => {
    const world = await deployed();
    const { groups } = world.services.codedeploy.at(scopeOf(world)).applications.get("shop") ?? assert.fail();
    world.gate.faults = ({ operation }) => {
      if (operation === "BatchGetDeploymentGroups") groups.delete("web");
      return undefined;
    };
    assert.deepEqual(itemGapsOf(await read(world)), [`codedeploy failed *: ${groupArn("web")}`]);
  });

  it("are none of an application that goes before its groups are listed", async () => {
    const world = await deployed();
    world.gate.faults = ({ operation }) => {
      if (operation === "ListDeploymentGroups") deleteApplication(scopeOf(world), "shop");
      return undefined;
    };
    assert.deepEqual(await references(world), ["services checkout:1"]);
  });

  it("are a gap of the account where AWS misses something else than the application", async () => {
    const world = await deployed();
    createDeployment(scopeOf(world), "shop", "web", appSpec("checkout:2"), "Succeeded");
    failing(world, "BatchGetDeploymentGroups", { before: new AwsError("DeploymentConfigDoesNotExistException", "no") });
    assert.match(gapsOf(await read(world)).join(), /^codedeploy failed account: .* DeploymentConfigDoesNotExist/);
  });

  for (const operation of [
    ...["ListApplications", "BatchGetApplications", "ListDeploymentGroups"],
    ...["BatchGetDeploymentGroups", "BatchGetDeployments"],
  ]) {
    it(`make a denied ${operation} a gap of the account that names the action`, async () => {
      const world = await deployed();
      createDeployment(scopeOf(world), "shop", "web", appSpec("checkout:2"), "Succeeded");
      failing(world, operation, { before: new AwsError("AccessDeniedException", "no") });
      const { gaps } = await read(world);
      assert.deepEqual(gapsOf({ gaps }), [`codedeploy denied account: codedeploy:${operation}: AccessDeniedException`]);
      assert.equal(gaps[0]?.remedy, `allow codedeploy:${operation} to the role that reads`);
    });
  }

  it("wait for the services, whose families they need, however long those take", async () => {
    const world = await deployed();
    await register(world, "cart", 1);
    createDeployment(scopeOf(world), "shop", "web", { bucket: "specs", key: "web.yaml" }, "Succeeded");
    failing(world, "ListServices", { before: new AwsError("ThrottlingException", "Rate exceeded") }, (nth) => nth < 5);
    assert.deepEqual(itemGapsOf(await read(world)), [`codedeploy dynamic checkout*: ${groupArn("web")}`]);
  });
});
