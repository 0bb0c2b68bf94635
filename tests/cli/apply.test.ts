import assert from "node:assert/strict";
import type { Report } from "../../retention/types";
import type { World } from "../../simulator";
import { AwsError } from "../../simulator/operation";
import { findTaskDefinition } from "../../simulator/services/ecs-definitions";
import { checkoutWorld, cli, Policies, policyOf, removals, SECRET, scopeOf } from "./support";

describe("ecs-retention apply", () => {
  let policies: Policies;
  let world: World;
  let file: string;
  beforeEach(async () => {
    policies = new Policies();
    world = await checkoutWorld();
    file = policies.write("checkout.json", policyOf("checkout"));
  });
  afterEach(() => policies.remove());

  const statusOf = (revision: number) => findTaskDefinition(scopeOf(world), `checkout:${revision}`)?.status;
  const fault = (operation: string, name: string) => {
    world.gate.faults = (call) => (call.operation === operation ? { before: new AwsError(name, "no") } : undefined);
  };

  it("removes without asking with --yes and exits with 0", async () => {
    const { code, stdout, stderr } = await cli(world, ["apply", "--policy", file, "--yes"]);
    assert.deepEqual([code, stderr], [0, ""], stdout);
    assert.deepEqual([6, 5, 4].map(statusOf), ["ACTIVE", "ACTIVE", "INACTIVE"]);
    assert.deepEqual(removals(world).sort(), ["DeleteTaskDefinitions", "DeregisterTaskDefinition"]);
    assert.match(stdout, /checkout:4 .*deregister .*deregistered\n/);
    assert.match(stdout, /checkout:1-3 .*delete .*deleted\n/);
    assert.match(stdout, /\nRevisions: 1 deregistered, 3 deleted\.\n/);
  });

  it("removes with the caller's own credentials", async () => {
    await cli(world, ["apply", "--policy", file, "--yes"]);
    assert.ok(world.gate.calls.every((call) => call.operation !== "AssumeRole"));
  });

  it("shows the plan and asks on stderr, and removes after a yes", async () => {
    const { code, stdout, stderr, questions } = await cli(world, ["apply", "--policy", file, "--json"], {
      answer: "yes",
    });
    assert.equal(code, 0);
    assert.deepEqual(questions, ["Deregister 1 and delete 3 revisions in account 111111111111, eu-central-1? [y/N] "]);
    assert.match(stderr, /checkout:1-3 .*delete/);
    assert.equal((JSON.parse(stdout) as Report).services[0]?.outcomes.length, 4);
  });

  for (const answer of ["", "n", "what?"]) {
    it(`removes nothing and exits with 3 after the answer "${answer}"`, async () => {
      const { code, stdout, stderr } = await cli(world, ["apply", "--policy", file], { answer });
      // The plan stands above the question already.
      assert.deepEqual([code, removals(world), stdout], [3, [], ""]);
      assert.match(stderr, /\nDeclined: nothing was removed\n$/);
    });
  }

  it("prints the report with --json also after a no", async () => {
    const { stdout } = await cli(world, ["apply", "--policy", file, "--json"], { answer: "n" });
    const outcomes = (JSON.parse(stdout) as Report).services.flatMap((service) => service.outcomes);
    assert.deepEqual([...new Set(outcomes.map(({ cause }) => cause))], ["declined"]);
  });

  it("leaves a policy in mode report alone, says so, and neither asks nor fails", async () => {
    const report = policies.write("report.json", policyOf("checkout", { mode: "report" }));
    const { code, stderr, questions } = await cli(world, ["apply", "--policy", report], { answer: "yes" });
    assert.deepEqual([code, questions, removals(world)], [0, [], []]);
    assert.match(
      stderr,
      /^checkout: left alone, its policy is in mode "report"; set "mode": "enforce" in .*report\.json/,
    );
  });

  it("exits with 1 where a removal failed, and shows the cause", async () => {
    fault("DeregisterTaskDefinition", "ClientException");
    const { code, stdout } = await cli(world, ["apply", "--policy", file, "--yes"]);
    assert.equal(code, 1);
    assert.match(stdout, /checkout:4 .*failed: .*ClientException/);
  });

  it("exits with 3 where AWS throttled and the rest was postponed", async () => {
    world.gate.faults = ({ operation }) =>
      operation === "DeregisterTaskDefinition" || operation === "DeleteTaskDefinitions"
        ? { before: new AwsError("ThrottlingException", "Rate exceeded") }
        : undefined;
    const { code, stdout } = await cli(world, ["apply", "--policy", file, "--yes"]);
    assert.equal(code, 3, stdout);
    assert.match(stdout, /postponed/);
  });

  it("exits with 3 and removes nothing where the account could not be read", async () => {
    fault("ListClusters", "AccessDeniedException");
    const { code } = await cli(world, ["apply", "--policy", file, "--yes"]);
    assert.deepEqual([code, removals(world)], [3, []]);
  });

  it("exits with 1 where one policy is broken, though the other was applied", async () => {
    const bad = policies.write("bad.json", "{");
    const { code, stdout } = await cli(world, ["apply", "--policy", file, bad, "--yes"]);
    assert.equal(code, 1);
    assert.equal(statusOf(4), "INACTIVE", stdout);
  });

  it("shows no value of a container's environment", async () => {
    const { stdout, stderr } = await cli(world, ["apply", "--policy", file], { answer: "y" });
    assert.doesNotMatch(stdout + stderr, new RegExp(SECRET));
  });
});
