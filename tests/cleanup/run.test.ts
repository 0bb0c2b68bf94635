import assert from "node:assert/strict";
import { createCluster, createService, runTask, updateService } from "../../simulator/services/ecs-services";
import {
  answering,
  callsOf,
  connectAdmin,
  DAY,
  deregister,
  gapsOf,
  keyOf,
  MINUTE,
  newWorld,
  outcomesOf,
  register,
  registered,
  revisionsOf,
  runIn,
  scopeOf,
  state,
  verdictsOf,
} from "./support";

describe("a run", () => {
  it("deregisters what is superseded, deletes what has been INACTIVE long enough, and nothing that is in use", async () => {
    const world = newWorld();
    await register(world, "checkout", 12);
    createCluster(scopeOf(world), "shop");
    createService(scopeOf(world), { cluster: "shop", service: "checkout", taskDefinition: "checkout:12" });
    const task = runTask(scopeOf(world), { cluster: "shop", taskDefinition: "checkout:5" });
    runTask(scopeOf(world), { cluster: "shop", taskDefinition: "checkout:2" });
    deregister(world, "checkout", 1, 4);
    await world.clock.advance(8 * DAY);

    const report = await runIn(world, [registered("checkout")]);

    assert.deepEqual(verdictsOf(report, "checkout"), [
      "12 keep referenced",
      "11 keep among-newest",
      "10 keep among-newest",
      "9 deregister superseded",
      "8 deregister superseded",
      "7 deregister superseded",
      "6 deregister superseded",
      "5 keep referenced",
      "4 delete expired",
      "3 delete expired",
      "2 keep referenced",
      "1 delete expired",
    ]);
    const five = report.services[0]?.plan?.revisions[7]?.because.references;
    assert.deepEqual(five, [
      { source: "tasks", by: task.arn, target: { kind: "revision", family: "checkout", revision: 5 } },
    ]);
    assert.deepEqual(outcomesOf(report, "checkout").sort(), [
      "checkout:1 delete done",
      "checkout:3 delete done",
      "checkout:4 delete done",
      "checkout:6 deregister done",
      "checkout:7 deregister done",
      "checkout:8 deregister done",
      "checkout:9 deregister done",
    ]);
    assert.deepEqual(gapsOf(report), []);
    assert.deepEqual(revisionsOf(world, "checkout", "INACTIVE"), [2, 6, 7, 8, 9]);
    assert.deepEqual(revisionsOf(world, "checkout", "ACTIVE"), [5, 10, 11, 12]);
  });

  it("keeps what a draining deployment and a service scaled to zero refer to", async () => {
    const world = newWorld();
    await register(world, "checkout", 6);
    createCluster(scopeOf(world), "shop");
    const service = { cluster: "shop", service: "checkout" };
    createService(scopeOf(world), { ...service, taskDefinition: "checkout:1", desiredCount: 0 });
    await world.clock.advance(2 * DAY);
    updateService(scopeOf(world), { ...service, taskDefinition: "checkout:6" });
    const report = await runIn(world, [
      registered("checkout", { taskDefinitions: { keepRevisions: 1, keepFor: "0h" } }),
    ]);
    assert.equal(verdictsOf(report, "checkout").at(-1), "1 keep referenced");

    await world.clock.advance(DAY);
    const later = await runIn(world, [
      registered("checkout", { taskDefinitions: { keepRevisions: 1, keepFor: "0h" } }),
    ]);
    assert.equal(verdictsOf(later, "checkout").at(-1), "1 deregister superseded");
  });

  it("leaves a family alone whose name begins with, or is the beginning of, the one it cleans", async () => {
    const world = newWorld();
    for (const family of ["check", "checkout", "checkout-blue", "checkout_2"]) await register(world, family, 8);
    await world.clock.advance(2 * DAY);
    await runIn(world, [registered("checkout")]);
    assert.deepEqual(revisionsOf(world, "checkout", "INACTIVE"), [1, 2, 3, 4, 5]);
    for (const family of ["check", "checkout-blue", "checkout_2"]) {
      assert.equal(revisionsOf(world, family, "ACTIVE").length, 8, family);
    }
  });

  it("plans in mode report exactly what it would remove, and changes nothing", async () => {
    const world = newWorld();
    await register(world, "checkout", 8);
    deregister(world, "checkout", 1, 2);
    await world.clock.advance(9 * DAY);
    const before = state(world);
    const planned = await runIn(world, [registered("checkout")], { mode: "report" });
    const byPolicy = await runIn(world, [registered("checkout", { mode: "report" })]);
    assert.deepEqual(state(world), before);
    assert.equal(planned.mode, "report");
    assert.deepEqual(callsOf(world, "DeregisterTaskDefinition"), []);
    assert.deepEqual(callsOf(world, "DeleteTaskDefinitions"), []);

    const enforced = await runIn(world, [registered("checkout")]);
    assert.deepEqual(verdictsOf(planned, "checkout"), verdictsOf(enforced, "checkout"));
    assert.deepEqual(verdictsOf(byPolicy, "checkout"), verdictsOf(enforced, "checkout"));
    assert.equal(outcomesOf(enforced, "checkout").length, 5);
  });

  it("removes only for the services that were named, and still reads and plans all", async () => {
    const world = newWorld();
    await register(world, "checkout", 5);
    await register(world, "basket", 5);
    await world.clock.advance(2 * DAY);
    const report = await runIn(world, [registered("checkout"), registered("basket")], { services: ["basket"] });
    assert.deepEqual(outcomesOf(report, "checkout"), []);
    assert.equal(verdictsOf(report, "checkout").filter((each) => each.includes("deregister")).length, 2);
    assert.equal(outcomesOf(report, "basket").length, 2);
  });

  it("refuses a family that two registrations claim, a broken one too, and goes on with the others", async () => {
    const world = newWorld();
    for (const family of ["checkout", "basket", "search"]) await register(world, family, 6);
    await world.clock.advance(2 * DAY);
    const twice = { ...registered("checkout"), key: "policies/other/prod/checkout.json" };
    const broken = { ...registered("basket", { keep: 1 }), key: "policies/other/prod/basket.json" };
    const report = await runIn(world, [
      registered("checkout"),
      twice,
      registered("basket"),
      broken,
      registered("search"),
    ]);

    const problems = report.services.map(({ registration, problems }) => [
      registration,
      problems.map(({ path }) => path),
    ]);
    assert.deepEqual(problems, [
      [keyOf("checkout"), ["family"]],
      ["policies/other/prod/checkout.json", ["family"]],
      [keyOf("basket"), ["family"]],
      ["policies/other/prod/basket.json", ["keep", "family"]],
      [keyOf("search"), []],
    ]);
    assert.match(report.services[0]?.problems[0]?.given ?? "", /policies\/other\/prod\/checkout\.json/);
    assert.equal(revisionsOf(world, "checkout", "ACTIVE").length, 6);
    assert.equal(revisionsOf(world, "basket", "ACTIVE").length, 6);
    assert.deepEqual(revisionsOf(world, "search", "ACTIVE"), [4, 5, 6]);
  });

  it("asks once before removing and leaves everything where the answer is no", async () => {
    const world = newWorld();
    await register(world, "checkout", 5);
    await register(world, "basket", 3);
    await world.clock.advance(2 * DAY);
    const asked: string[][] = [];
    const confirm = async (plans: { family: string }[]) => {
      asked.push(plans.map(({ family }) => family));
      return false;
    };
    const report = await runIn(world, [registered("checkout"), registered("basket")], { confirm });
    assert.deepEqual(asked, [["checkout"]]);
    assert.deepEqual(outcomesOf(report, "checkout"), [
      "checkout:1 deregister postponed",
      "checkout:2 deregister postponed",
    ]);
    assert.equal(revisionsOf(world, "checkout", "ACTIVE").length, 5);
  });

  it("tells what it is doing, in this order", async () => {
    const world = newWorld();
    await register(world, "checkout", 5);
    await world.clock.advance(2 * DAY);
    const told: unknown[] = [];
    await runIn(world, [registered("checkout")], { onProgress: (progress) => told.push(progress) });
    const registration = keyOf("checkout");
    assert.deepEqual(told, [
      { step: "revisions" },
      ...[1, 2, 3, 4, 5].map((done) => ({ step: "descriptions", done, of: 5 })),
      { step: "references" },
      { step: "plans" },
      { step: "removal", registration, done: 1, of: 2 },
      { step: "removal", registration, done: 2, of: 2 },
    ]);
  });

  it("says so where reading what is in use takes longer than removals may rely on it", async () => {
    const world = newWorld();
    await register(world, "checkout", 6);
    await world.clock.advance(8 * DAY);
    const connect = answering(connectAdmin(world), "ListClusters", async (output) => {
      await world.clock.sleep(6 * MINUTE);
      return output;
    });
    const report = await runIn(world, [registered("checkout")], { connect });
    assert.deepEqual(gapsOf(report), [
      "references truncated account: what is in use took longer to read than removals may rely on it",
    ]);
    assert.deepEqual(outcomesOf(report, "checkout"), []);
  });

  it("names the sources that this version does not read, without being stopped by them", async () => {
    const report = await runIn(newWorld(), []);
    const ids = report.gaps.map(({ id, scope, cause }) => `${id} ${scope.kind} ${cause}`);
    assert.ok(ids.includes("not-covered-functions none not-covered"), ids.join());
  });
});
