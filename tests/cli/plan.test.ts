import assert from "node:assert/strict";
import type { Report } from "../../retention/types";
import type { World } from "../../simulator";
import { AwsError } from "../../simulator/operation";
import { createBucket } from "../../simulator/services/s3";
import {
  ACCOUNT,
  checkoutWorld,
  cli,
  DAY,
  Policies,
  policyOf,
  REGION,
  register,
  removals,
  SECRET,
  scopeOf,
} from "./support";

describe("ecs-retention plan", () => {
  let policies: Policies;
  let world: World;
  let file: string;
  beforeEach(async () => {
    policies = new Policies();
    world = await checkoutWorld();
    file = policies.write("checkout.json", policyOf("checkout"));
  });
  afterEach(() => policies.remove());

  it("shows what would go, changes nothing and exits with 2; it is what a bare call does", async () => {
    for (const args of [
      ["plan", "--policy", file],
      ["--policy", file],
    ]) {
      const { code, stdout, stderr } = await cli(world, args);
      assert.deepEqual([code, stderr], [2, ""]);
      assert.match(stdout, /checkout:6\s+1\s+ACTIVE\s+keep\s+in use by service shop\/checkout/);
      assert.match(stdout, /checkout:4\s+1\s+ACTIVE\s+deregister/);
      assert.match(stdout, /checkout:1-3\s+3\s+INACTIVE\s+delete/);
      assert.match(stdout, /Nothing was removed; this run only reports: 1 revision would be deregistered, 3 deleted\./);
    }
    assert.deepEqual(removals(world), []);
  });

  it("shows a policy in mode report as if enforced", async () => {
    const report = policies.write("report.json", policyOf("checkout", { mode: "report" }));
    assert.equal((await cli(world, ["plan", "--policy", report])).code, 2);
  });

  it("exits with 0 where nothing would go", async () => {
    const { code, stdout } = await cli(world, [
      "plan",
      "--policy",
      policies.write("a.json", policyOf("checkout", { taskDefinitions: { keepFor: "500d" } })),
    ]);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /Nothing to remove\./);
  });

  it("exits with 3 and names the gap first where the account could not be read", async () => {
    world.gate.faults = ({ operation }) =>
      operation === "ListTasks" ? { before: new AwsError("AccessDeniedException", "no") } : undefined;
    const { code, stdout } = await cli(world, ["plan", "--policy", file]);
    assert.equal(code, 3);
    assert.match(
      stdout,
      /\n\ngap: AWS denied reading .*ecs:ListTasks.*nothing is removed for any service\. Remedy: allow ecs:ListTasks/s,
    );
  });

  it("exits with 1 rather than 3 or 2 where a family is claimed twice, and names both files", async () => {
    const other = policies.write("other.json", policyOf("checkout"));
    const { code, stdout } = await cli(world, ["plan", "--policy", file, "--policy", other]);
    assert.equal(code, 1);
    assert.match(stdout, /problem: .*checkout\.json/s);
    assert.match(stdout, /problem: .*other\.json/s);
  });

  it("takes several files behind one --policy and plans each", async () => {
    await register(world, "basket", 1);
    const { code, stdout } = await cli(world, [
      "plan",
      "--policy",
      file,
      policies.write("basket.json", { family: "basket" }),
    ]);
    assert.equal(code, 2);
    assert.match(stdout, /basket:1 .*newest ACTIVE revision/);
  });

  it("names once the rules that need a memory, and only without --store", async () => {
    const { stdout } = await cli(world, ["plan", "--policy", file]);
    assert.equal(stdout.split("plan without --store did not apply: ").length, 2, stdout);
    assert.match(stdout, /did not apply: .*among-successful, recently-used/);
    const remembered = await cli(world, ["plan", "--policy", file, "--store", policies.store]);
    assert.doesNotMatch(remembered.stdout, /did not apply/);
  });

  it("begins to remember with --store: nothing goes before unusedFor is over, and the report dates it", async () => {
    const first = await cli(world, ["plan", "--policy", file, "--store", policies.store]);
    assert.equal(first.code, 0, first.stdout);
    assert.match(first.stdout, /checkout:4-5 .*kept until \d{4}-\d\d-\d\d/);
    await world.clock.advance(31 * DAY);
    const later = await cli(world, ["plan", "--policy", file, "--store", policies.store]);
    assert.equal(later.code, 2, later.stdout);
    assert.deepEqual(removals(world), []);
    for (const prefix of ["ledger/", "facts/", "reports/"]) {
      assert.notDeepEqual(await policies.keys(prefix), [], prefix);
    }
    for (const prefix of ["journal/", "archive/"]) assert.deepEqual(await policies.keys(prefix), [], prefix);
  });

  it("keeps what it remembers in a bucket too", async () => {
    createBucket(scopeOf(world), { name: "shop-retention" });
    const args = ["plan", "--policy", file, "--store", "s3://shop-retention/", "--json"];
    const first = await cli(world, args);
    assert.equal(first.code, 0, first.stderr);
    await world.clock.advance(31 * DAY);
    const { code, stdout } = await cli(world, args);
    const report = JSON.parse(stdout) as Report;
    assert.deepEqual([code, report.store], [2, "s3://shop-retention"]);
    assert.ok((report.calls["s3:GetObject"] ?? 0) > 0, JSON.stringify(report.calls));
  });

  it("lists an acknowledged gap and a source left out by --settings, and is not blocked by them", async () => {
    world.gate.faults = ({ operation }) =>
      operation === "ListPipes" ? { before: new AwsError("AccessDeniedException", "no") } : undefined;
    const blocked = JSON.parse((await cli(world, ["plan", "--policy", file, "--json"])).stdout) as Report;
    const [gap] = blocked.gaps.filter(({ source }) => source === "pipes");
    assert.ok(gap);
    const until = new Date(world.clock.now() + 10 * DAY).toISOString().slice(0, 10);
    const settings = policies.write("settings.json", {
      acknowledgedGaps: [{ id: gap.id, reason: "no pipe runs a task", until }],
      ignoredSources: [{ source: "state-machines", reason: "none here" }],
    });
    const before = world.gate.calls.length;
    const { code, stdout } = await cli(world, ["plan", "--policy", file, "--settings", settings]);
    assert.equal(code, 2, stdout);
    assert.match(
      stdout,
      new RegExp(`accepted: AWS denied .*acknowledged until ${until}\\s+\\(no pipe runs a task\\)`, "s"),
    );
    assert.match(stdout, /accepted: Left out on purpose: Step Functions \(none here\)/);
    assert.ok(world.gate.calls.slice(before).every(({ operation }) => operation !== "ListStateMachines"));
  });

  it("prints one JSON document with --json and nothing else", async () => {
    const { code, stdout, stderr } = await cli(world, ["plan", "--policy", file, "--json"]);
    const report = JSON.parse(stdout) as Report;
    assert.deepEqual([code, stderr, report.account, report.region, report.mode], [2, "", ACCOUNT, REGION, "report"]);
    const [service] = report.services;
    assert.equal(service?.registration, file);
    const actions = service?.plan?.revisions.map(({ subject, action }) => `${subject.revision} ${action}`);
    assert.deepEqual(actions, ["6 keep", "5 keep", "4 deregister", "3 delete", "2 delete", "1 delete"]);
  });

  it("shows no value of a container's environment", async () => {
    for (const args of [[], ["--json"]]) {
      const { stdout, stderr } = await cli(world, ["plan", "--policy", file, ...args]);
      assert.doesNotMatch(stdout + stderr, new RegExp(SECRET));
    }
  });
});
