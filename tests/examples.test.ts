import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { BACKSTOP } from "../lifecycle/backstop";
import { readLifecycleFile } from "../lifecycle/file";
import { renderLifecyclePolicy } from "../lifecycle/render";
import { type DeploymentError, deploy } from "../simulator/provider/deploy";
import { repositoryOf } from "../simulator/services/ecr-repositories";
import { World } from "../simulator/world";

const root = join(__dirname, "..");
const at = { account: "111122223333", region: "eu-west-1" };

describe("the examples", function () {
  this.timeout(60_000);

  it("are each a Pulumi project of their own, and the checkout's own project is the quickstart", () => {
    for (const example of readdirSync(join(root, "examples"))) {
      assert.match(readFileSync(join(root, "examples", example, "Pulumi.yaml"), "utf8"), /^runtime: nodejs$/m, example);
      assert.ok(existsSync(join(root, "examples", example, "index.ts")), example);
    }
    assert.match(readFileSync(join(root, "Pulumi.yaml"), "utf8"), /^main: examples\/quickstart(\/index\.ts)?$/m);
  });

  it("deploy: the quickstart, twice without a change", async () => {
    const world = new World({ seed: 1 });
    const options = {
      program: join(root, "examples/quickstart"),
      project: "ecs-retention-quickstart",
      stack: "dev",
      ...at,
    };
    const { outputs } = await deploy(world, options);
    assert.match(String(outputs.revision), /:task-definition\/checkout:1$/);
    const { steps } = await deploy(world, options);
    assert.deepEqual(
      steps.filter(({ op }) => op !== "same"),
      [],
    );
  });

  it("deploy: three services share one function, and a fourth joins it from another stack", async () => {
    const world = new World({ seed: 2 });
    const three = await deploy(world, {
      program: join(root, "examples/three-services"),
      organization: "acme",
      project: "platform",
      stack: "prod",
      ...at,
    });
    assert.equal(three.resources.filter(({ type }) => type === "aws:lambda/function:Function").length, 1);
    const fourth = await deploy(world, {
      program: join(root, "examples/another-stack"),
      organization: "acme",
      project: "invoices",
      stack: "prod",
      ...at,
    });
    assert.match(String(fourth.outputs.registration), /^policies\/invoices\/prod\/invoices-[0-9a-f]{8}\.json$/);
    assert.equal(fourth.resources.filter(({ type }) => type === "aws:lambda/function:Function").length, 0);
  });

  it("deploy: from report to enforce and back, the registration never names a role that is not there", async () => {
    const world = new World({ seed: 3 });
    const project = "ecs-retention-quickstart";
    const options = { program: join(root, "examples/quickstart"), project, stack: "dev", ...at };
    const change = async (mode: string) => {
      const { steps } = await deploy(world, { ...options, config: { [`${project}:mode`]: mode } });
      const changed = steps.filter(({ op, urn }) => op !== "same" && urn.includes("$aws:"));
      return changed.map(({ op, urn }) => `${op} ${urn.split("::").at(-1)}`);
    };
    await change("report");
    assert.deepEqual(await change("enforce"), [
      "create checkout-removal-role",
      "create checkout-removal-policy",
      "update checkout-registration",
    ]);
    assert.deepEqual(await change("report"), [
      "update checkout-registration",
      "delete checkout-removal-policy",
      "delete checkout-removal-role",
    ]);
  });

  it("deploy: a second cleanup function in the Region fails at its role and leaves nothing", async () => {
    const world = new World({ seed: 4 });
    const options = { program: join(root, "examples/three-services"), project: "platform", ...at };
    await deploy(world, { ...options, stack: "prod" });
    await assert.rejects(deploy(world, { ...options, stack: "dev" }), (error: DeploymentError) => {
      assert.match(error.message, /EntityAlreadyExists/);
      const left = error.deployment.resources.filter(({ type }) => type.startsWith("aws:"));
      assert.deepEqual(left, []);
      return true;
    });
  });

  it("deploy: repositories with lifecycle policies, whose rules the CLI reads from a file alike", async () => {
    const world = new World({ seed: 5 });
    const program = join(root, "examples/repositories");
    await deploy(world, { program, project: "ecs-retention-repositories", stack: "prod", ...at });
    const policyOf = (name: string) => repositoryOf(world.scope(at.account, at.region), name).lifecycle.policy;
    const { policy } = readLifecycleFile(readFileSync(join(program, "lifecycle.json"), "utf8"), "lifecycle.json");
    assert.equal(policyOf("shop/checkout"), policy && renderLifecyclePolicy(policy));
    assert.equal(policyOf("shop/tools"), renderLifecyclePolicy(BACKSTOP));
  });
});
