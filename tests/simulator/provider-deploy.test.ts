import assert from "node:assert/strict";
import { join } from "node:path";
import { inspect } from "node:util";
import {
  type Deployment,
  DeploymentError,
  type DeployOptions,
  deploy,
  destroy,
  stackOf,
} from "../../simulator/provider/deploy";
import { findTaskDefinition } from "../../simulator/services/ecs-definitions";
import { createRole, roleOf } from "../../simulator/services/iam";
import { World } from "../../simulator/world";

const ACCOUNT = "111111111111";
const REGION = "eu-west-1";
const TRUST = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole"}]}';

describe("a Pulumi program deployed into the simulator", () => {
  let world: World;
  beforeEach(() => {
    world = new World();
    world.admin(ACCOUNT);
  });

  const run = (program: string, config: DeployOptions["config"] = {}, more: Partial<DeployOptions> = {}) => {
    const path = join(__dirname, "programs", `${program}.ts`);
    return deploy(world, {
      program: path,
      project: program,
      stack: "dev",
      account: ACCOUNT,
      region: REGION,
      config,
      ...more,
    });
  };
  const failure = (deployment: Promise<Deployment>) =>
    deployment.then(
      () => assert.fail("the deployment succeeded"),
      (error) => {
        assert(error instanceof DeploymentError, error);
        return error;
      },
    );
  const state = () => inspect(world.services, { depth: null });
  const definition = (revision: number) =>
    findTaskDefinition(world.scope(ACCOUNT, REGION), `checkout:${revision}`)?.status;

  it("creates what is registered, below its parents, with outputs as AWS gives them", async () => {
    const { resources, outputs, steps } = await run("service");
    assert.equal(outputs.taskDefinition, `arn:aws:ecs:${REGION}:${ACCOUNT}:task-definition/checkout:1`);
    assert.equal(outputs.accountId, ACCOUNT);
    assert.match(String(outputs.bucketName), /^shop-store-[0-9a-f]{7}$/);
    assert(steps.every(({ op }) => op === "create"));
    const bucket = resources.find(({ type }) => type === "aws:s3/bucket:Bucket");
    assert.equal(bucket?.parent, "urn:pulumi:dev::service::shop:index:Shop::shop");
    assert.equal(bucket?.urn, "urn:pulumi:dev::service::shop:index:Shop$aws:s3/bucket:Bucket::shop-store");
    assert.equal(bucket?.id, outputs.bucketName);
    const service = resources.find(({ type }) => type === "aws:ecs/service:Service");
    assert.equal(service?.inputs.taskDefinition, outputs.taskDefinition);
  });

  it("changes nothing the second time", async () => {
    await run("service");
    const before = state();
    const { steps } = await run("service");
    assert(
      steps.every(({ op }) => op === "same"),
      inspect(steps),
    );
    assert.equal(state(), before);
  });

  it("replaces before it deletes, and deletes in reverse what is no longer registered", async () => {
    await run("service", { "shop:mode": "enforce" });
    const { steps } = await run("service", { "shop:image": "shop/checkout:2" });
    assert.deepEqual(
      steps.filter(({ op }) => op !== "same").map(({ op, urn }) => [op, urn.split("::")[2]?.split(":").at(-1)]),
      [
        ["create-replacement", "TaskDefinition"],
        ["replace", "TaskDefinition"],
        ["update", "Service"],
        ["delete-replaced", "TaskDefinition"],
        ["delete", "RolePolicy"],
      ],
    );
    assert.deepEqual([definition(1), definition(2)], ["INACTIVE", "ACTIVE"]);
  });

  it("grants with the change to enforce and takes the grant away with the change back", async () => {
    const { resources } = await run("service");
    const role = resources.find(({ type }) => type === "aws:iam/role:Role")?.id ?? "";
    const grants = () => [...roleOf(world.scope(ACCOUNT, REGION), role).inline.values()].join();
    assert.equal(grants(), "");
    await run("service", { "shop:mode": "enforce" });
    assert.match(grants(), /ecs:DeregisterTaskDefinition/);
    const { steps } = await run("service");
    assert.equal(grants(), "");
    assert.deepEqual(
      steps.filter(({ op }) => op !== "same").map(({ op }) => op),
      ["delete"],
    );
  });

  it("leaves in AWS what is retained, and deletes the rest", async () => {
    const { outputs } = await run("service", { "shop:keepBucket": "true" });
    destroy(world, { project: "service", stack: "dev", account: ACCOUNT, region: REGION });
    assert.deepEqual([...world.services.s3.buckets.keys()], [outputs.bucketName]);
    assert.equal(world.services.iam.of(ACCOUNT).roles.size, 0);
    assert.equal(definition(1), "INACTIVE");
    assert.deepEqual(stackOf(world, { project: "service", stack: "dev" }).resources, []);
  });

  describe("with a transform that sets skipDestroy", () => {
    it("keeps replaced revisions registered once an update has saved it", async () => {
      await run("service");
      const { steps } = await run("service", { "shop:retain": "true" });
      assert.deepEqual(
        steps.filter(({ op }) => op !== "same").map(({ op }) => op),
        ["update"],
      );
      await run("service", { "shop:retain": "true", "shop:image": "shop/checkout:2" });
      assert.deepEqual([definition(1), definition(2)], ["ACTIVE", "ACTIVE"]);
    });

    it("still deregisters the revision that was saved without it", async () => {
      await run("service");
      await run("service", { "shop:retain": "true", "shop:image": "shop/checkout:2" });
      assert.deepEqual([definition(1), definition(2)], ["INACTIVE", "ACTIVE"]);
    });
  });

  it("shows no secret, but AWS gets it", async () => {
    const deployment = await run("service", { "shop:token": { secret: "hunter2" } });
    assert.equal(deployment.outputs.containers, "[secret]");
    assert.doesNotMatch(inspect(deployment, { depth: null }), /hunter2/);
    assert.match(state(), /hunter2/);
    const changed = await run("service", { "shop:token": { secret: "hunter3" } });
    assert.doesNotMatch(inspect(changed, { depth: null }), /hunter/);
  });

  it("names the resource that cannot be created, keeps what was, and goes on from there", async () => {
    createRole(world.scope(ACCOUNT, REGION), { name: "taken", trust: TRUST });
    const failed = await failure(run("service", { "shop:roleName": "taken" }));
    assert.equal(failed.urn, "urn:pulumi:dev::service::aws:iam/role:Role::checkout-execution");
    assert.match(
      failed.message,
      /creating urn:.*checkout-execution: EntityAlreadyExists: Role with name taken already exists/,
    );
    const saved = stackOf(world, { project: "service", stack: "dev" }).resources.map(({ urn }) =>
      urn.split("::").at(-1),
    );
    assert(saved.includes("shop"), inspect(saved));
    assert(!saved.includes("checkout-execution"));
    assert.equal(definition(1), undefined);
    const { steps } = await run("service");
    assert.equal(steps.find(({ urn }) => urn.endsWith("Cluster::shop"))?.op, "same");
    assert.equal(definition(1), "ACTIVE");
  });

  it("deletes first where a chosen name stays", async () => {
    await run("service", { "shop:roleName": "fixed" });
    const { steps } = await run("service", { "shop:roleName": "fixed", "shop:rolePath": "/shop/" });
    assert.deepEqual(
      steps.filter(({ urn }) => urn.includes("iam/role:Role")).map(({ op }) => op),
      ["delete-replaced", "create-replacement", "replace"],
    );
    assert.equal(roleOf(world.scope(ACCOUNT, REGION), "fixed").path, "/shop/");
  });

  describe("joining another stack", () => {
    it("reads its outputs, secret ones as secrets", async () => {
      const { outputs } = await run("service", { "shop:token": { secret: "hunter2" } }, { organization: "acme" });
      const joined = await run("joining", { "joining:platform": "acme/service/dev" }, { organization: "acme" });
      assert.deepEqual(joined.outputs, { joined: outputs.bucketName, containers: "[secret]" });
      const bucket = world.services.s3.buckets.get(String(outputs.bucketName));
      assert.deepEqual([...(bucket?.objects.keys() ?? [])], ["policies/joining.json"]);
    });

    it("names a stack that was never deployed", async () => {
      const failed = await failure(run("joining", { "joining:platform": "acme/nothing/dev" }));
      assert.match(failed.message, /unknown stack "acme\/nothing\/dev": expected organization\/project\/stack/);
    });
  });

  describe("resource options", () => {
    const log = (region: string) => [...world.services.logs.at(world.scope(ACCOUNT, region)).groups.values()];
    const queues = () => [...world.services.sqs.at(world.scope(ACCOUNT, REGION)).queues.values()];

    it("are honoured: providers, and a component's transforms", async () => {
      await run("options");
      assert.deepEqual(
        log("eu-west-2").map(({ name }) => name),
        ["london"],
      );
      const neighbour = world.services.logs.at(world.scope("222222222222", REGION)).groups;
      assert.deepEqual([...neighbour.keys()], ["neighbour"]);
      assert.deepEqual(queues()[0]?.tags, {});
      await run("options", { "options:with": "transform" });
      assert.deepEqual(queues()[0]?.tags, { by: "transform" });
      destroy(world, { project: "options", stack: "dev", account: ACCOUNT, region: REGION });
      assert.deepEqual([queues(), log("eu-west-2"), neighbour.size], [[], [], 0]);
    });

    for (const [word, option] of [
      ["protect", "protect"],
      ["rename", "aliases"],
      ["ignore", "ignoreChanges"],
      ["import", "import"],
    ]) {
      it(`are refused where only the real engine knows what they mean: ${option}`, async () => {
        const failed = await failure(run("options", { "options:with": word as string }));
        assert.match(failed.message, new RegExp(`option ${option} needs the real engine`));
      });
    }

    it("do not read what others made", async () => {
      const failed = await failure(run("options", { "options:with": "get" }));
      assert.match(failed.message, /found: get needs the real engine/);
    });
  });

  it("deletes nothing where the program fails, and shows its error", async () => {
    await run("options", { "options:with": "extra" });
    for (const [word, message] of [
      ["throw", /the program is wrong/],
      ["reject", /no such value/],
      ["hang", /the program's process ended .* before its work was done/],
    ] as const) {
      const failed = await failure(run("options", { "options:with": word }));
      assert.match(failed.message, message);
      assert(!failed.deployment.steps.some(({ op }) => op === "delete"));
    }
  });
});
