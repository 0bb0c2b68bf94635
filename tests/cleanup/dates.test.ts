import assert from "node:assert/strict";
import { AwsError } from "../../simulator";
import { createCluster, runTask } from "../../simulator/services/ecs-services";
import {
  answering,
  arnOf,
  callsOf,
  connectAdmin,
  DAY,
  deregister,
  failing,
  gapsOf,
  HOUR,
  MINUTE,
  newWorld,
  outcomesOf,
  register,
  registered,
  runIn,
  scopeOf,
  verdictsOf,
} from "./support";

const described = (world: ReturnType<typeof newWorld>) => callsOf(world, "DescribeTaskDefinition").length;

describe("reading dates", () => {
  it("finds the age boundary of ACTIVE revisions by bisection", async () => {
    const world = newWorld(0);
    await register(world, "checkout", 1000, HOUR);
    const policy = { taskDefinitions: { keepRevisions: 5, keepFor: "20d" } };
    const report = await runIn(world, [registered("checkout", policy)], { mode: "report" });
    assert.ok(described(world) <= 11, `${described(world)} descriptions of 1000 revisions`);
    const superseded = verdictsOf(report, "checkout").filter((each) => each.endsWith("deregister superseded"));
    // Registered 1000 to 480 hours ago: 20 days are 480 hours.
    assert.equal(superseded.length, 521);
  });

  it("describes nothing that is kept whatever its date says", async () => {
    const world = newWorld(0);
    await register(world, "checkout", 8);
    createCluster(scopeOf(world), "shop");
    runTask(scopeOf(world), { cluster: "shop", taskDefinition: "checkout:1" });
    runTask(scopeOf(world), { cluster: "shop", taskDefinition: "checkout:2" });
    deregister(world, "checkout", 1, 3);
    await world.clock.advance(10 * DAY);
    const policy = { taskDefinitions: { keepRevisions: 5, keepFor: "0h", pinned: ["checkout:3"] } };
    const report = await runIn(world, [registered("checkout", policy)]);
    assert.equal(described(world), 0);
    assert.deepEqual(outcomesOf(report, "checkout"), []);
  });

  it("describes as many expired revisions as can still be deleted, oldest first, and keeps the rest as unread", async () => {
    const world = newWorld(0);
    await register(world, "checkout", 3003, MINUTE);
    deregister(world, "checkout", 1, 3000);
    await world.clock.advance(10 * DAY);
    const startedAt = world.clock.now();
    const report = await runIn(world, [registered("checkout")]);
    const done = outcomesOf(report, "checkout").filter((each) => each.endsWith("done"));
    assert.equal(done.length, outcomesOf(report, "checkout").length, "nothing was described in vain");
    // 50 at once, then 10 a second to describe and 1 a second to delete ten: 5 minutes are enough for about 1,500.
    assert.ok(done.length > 1400 && done.length <= 1550, `${done.length}`);
    assert.equal(done[0], "checkout:1 delete done");
    assert.ok(world.clock.now() - startedAt <= 6 * MINUTE);
    const unread = verdictsOf(report, "checkout").filter((each) => each.endsWith("keep unread"));
    assert.equal(unread.length, 3000 - done.length);
  }).timeout(30_000);

  it("looks no further than 20 in a row that are not due yet, and finds them all once those are", async () => {
    const world = newWorld(0);
    await register(world, "checkout", 203, MINUTE);
    await world.clock.advance(10 * DAY);
    deregister(world, "checkout", 21, 200);
    await world.clock.advance(3 * DAY);
    deregister(world, "checkout", 1, 20);
    const policy = { taskDefinitions: { keepRevisions: 3, keepFor: "0h", deleteAfter: "3d" } };
    const early = await runIn(world, [registered("checkout", policy)], { runId: "early" });
    assert.equal(described(world), 20);
    assert.deepEqual(outcomesOf(early, "checkout"), []);
    await world.clock.advance(3 * DAY);
    const late = await runIn(world, [registered("checkout", policy)], { runId: "late" });
    assert.equal(outcomesOf(late, "checkout").filter((each) => each.endsWith("delete done")).length, 200);
  });

  it("describes the families in turn, so that a long backlog starves none", async () => {
    const world = newWorld(0);
    for (const family of ["a", "b"]) {
      const count = family === "a" ? 2400 : 20;
      await register(world, family, count + 3, MINUTE);
      deregister(world, family, 1, count);
    }
    await world.clock.advance(10 * DAY);
    for (const runId of ["one", "two"]) {
      const report = await runIn(world, [registered("a"), registered("b")], { mode: "report", runId });
      assert.equal(verdictsOf(report, "b").filter((each) => each.endsWith("delete expired")).length, 20);
    }
  }).timeout(30_000);

  it("describes what failed the last time after everything else", async () => {
    const world = newWorld(0);
    await register(world, "checkout", 9);
    deregister(world, "checkout", 1, 6);
    await world.clock.advance(10 * DAY);
    const order: string[] = [];
    world.gate.faults = ({ operation }) => {
      if (operation === "DeleteTaskDefinitions") order.push(...(world.gate.calls.at(-1)?.resources ?? []));
      return undefined;
    };
    await runIn(world, [registered("checkout")], { failedBefore: [arnOf("checkout:1"), arnOf("checkout:2")] });
    assert.deepEqual(
      order,
      [3, 4, 5, 6, 1, 2].map((revision) => arnOf(`checkout:${revision}`)),
    );
  });

  it("leaves time to deregister, however many INACTIVE revisions turn out not to be due", async () => {
    const world = newWorld(0);
    await register(world, "checkout", 3303, MINUTE);
    await register(world, "basket", 43, MINUTE);
    deregister(world, "checkout", 1, 3300);
    await world.clock.advance(10 * DAY);
    const connect = answering(connectAdmin(world), "DescribeTaskDefinition", (output) => ({
      taskDefinition: { ...(output.taskDefinition as object), deregisteredAt: undefined },
    }));
    const report = await runIn(world, [registered("checkout"), registered("basket")], { connect });
    const done = outcomesOf(report, "basket").filter((each) => each.endsWith("deregister done"));
    assert.ok(done.length >= 30, `${done.length} of 40`);
  }).timeout(30_000);

  it("reaches what failed the last time also behind 20 that are not due yet", async () => {
    const world = newWorld(0);
    await register(world, "checkout", 33, MINUTE);
    deregister(world, "checkout", 1, 2);
    await world.clock.advance(10 * DAY);
    deregister(world, "checkout", 3, 30);
    const failedBefore = [arnOf("checkout:1"), arnOf("checkout:2")];
    const report = await runIn(world, [registered("checkout")], { failedBefore });
    assert.deepEqual(outcomesOf(report, "checkout"), ["checkout:1 delete done", "checkout:2 delete done"]);
    assert.equal(described(world), 22);
  });

  it("keeps a revision that cannot be described, and goes on with the others", async () => {
    const world = newWorld(0);
    await register(world, "checkout", 6);
    deregister(world, "checkout", 1, 3);
    await world.clock.advance(10 * DAY);
    const refused = new AwsError("InvalidParameterException", "odd");
    failing(world, "DescribeTaskDefinition", { before: refused }, (nth) => nth === 2);
    const report = await runIn(world, [registered("checkout")]);
    assert.deepEqual(outcomesOf(report, "checkout"), ["checkout:1 delete done", "checkout:3 delete done"]);
    assert.deepEqual(gapsOf(report), ["revisions failed item: ecs:DescribeTaskDefinition: InvalidParameterException"]);
  });

  it("keeps a revision that vanished since it was listed, without a gap", async () => {
    const world = newWorld(0);
    await register(world, "checkout", 5);
    deregister(world, "checkout", 1, 2);
    await world.clock.advance(10 * DAY);
    const gone = new AwsError("ClientException", "Unable to describe task definition.");
    failing(world, "DescribeTaskDefinition", { before: gone }, (nth) => nth === 1);
    const report = await runIn(world, [registered("checkout")]);
    assert.deepEqual(gapsOf(report), []);
    assert.deepEqual(outcomesOf(report, "checkout"), ["checkout:2 delete done"]);
    assert.equal(verdictsOf(report, "checkout").at(-1), "1 keep unread");
  });

  it("stops all removal where descriptions are denied, after one call", async () => {
    const world = newWorld(0);
    await register(world, "checkout", 9);
    deregister(world, "checkout", 1, 3);
    await world.clock.advance(10 * DAY);
    failing(world, "DescribeTaskDefinition", { before: new AwsError("AccessDeniedException", "no") });
    const report = await runIn(world, [registered("checkout")]);
    assert.equal(described(world), 1);
    assert.deepEqual(outcomesOf(report, "checkout"), []);
    assert.deepEqual(gapsOf(report), ["revisions denied account: ecs:DescribeTaskDefinition: AccessDeniedException"]);
  });
});
