import assert from "node:assert/strict";
import { AwsError } from "../../simulator";
import {
  answering,
  arnOf,
  callsOf,
  connectAdmin,
  DAY,
  deregister,
  failing,
  HOUR,
  keyOf,
  MINUTE,
  newWorld,
  outcomes,
  outcomesOf,
  register,
  registered,
  revisionsOf,
  runIn,
  STATE,
  storeOf,
} from "./support";

const THROTTLED = new AwsError("ThrottlingException", "Rate exceeded");
const DENIED = new AwsError("AccessDeniedException", "no");
const UNAVAILABLE = new AwsError("ServerException", "internal", 500);

/** So many superseded and expired revisions of each family. */
async function backlog(families: Record<string, { active?: number; inactive?: number }>) {
  const world = newWorld(0);
  for (const [family, { active = 0, inactive = 0 }] of Object.entries(families)) {
    await register(world, family, inactive + active + 3, MINUTE);
    deregister(world, family, 1, inactive);
  }
  await world.clock.advance(10 * DAY);
  return world;
}

const results = (texts: string[]) => texts.map((text) => text.split(" ").at(-1));

describe("removal", () => {
  it("deletes in tens, and reads every entry of failures[]", async () => {
    const world = await backlog({ checkout: { inactive: 24 } });
    const connect = answering(connectAdmin(world), "DeleteTaskDefinitions", (output, nth) => {
      const definitions = output.taskDefinitions as { taskDefinitionArn: string }[];
      if (nth === 1)
        return { taskDefinitions: definitions.slice(2), failures: [{ arn: arnOf("checkout:1"), reason: "odd" }] };
      if (nth === 2) return { taskDefinitions: definitions, failures: [{ arn: arnOf("checkout:11"), reason: "both" }] };
      return {};
    });
    const report = await runIn(world, [registered("checkout")], { connect });
    assert.deepEqual(
      callsOf(world, "DeleteTaskDefinitions").map(({ resources }) => resources.length),
      [10, 10, 4],
    );
    const causes = new Map(
      outcomes(report, "checkout").map(({ subject, result, cause }) => [subject, cause ?? result]),
    );
    const operation = "ecs:DeleteTaskDefinitions";
    assert.equal(causes.get(arnOf("checkout:1")), `${operation}: odd`);
    assert.equal(causes.get(arnOf("checkout:2")), `${operation}: missing in the answer`);
    assert.equal(causes.get(arnOf("checkout:3")), "done");
    assert.equal(causes.get(arnOf("checkout:11")), `${operation}: both`);
    assert.equal(causes.get(arnOf("checkout:24")), `${operation}: missing in the answer`);
    assert.equal(causes.size, 24);
  });

  it("gives the reason of a failure that names no ARN to what is missing in the answer", async () => {
    const world = await backlog({ checkout: { inactive: 1 } });
    const failures = [{ reason: "UNKNOWN" }];
    const connect = answering(connectAdmin(world), "DeleteTaskDefinitions", () => ({ taskDefinitions: [], failures }));
    const [outcome] = outcomes(await runIn(world, [registered("checkout")], { connect }), "checkout");
    assert.equal(outcome?.cause, "ecs:DeleteTaskDefinitions: UNKNOWN");
  });

  it("does not take a revision for deregistered that AWS says is still ACTIVE", async () => {
    const world = await backlog({ checkout: { active: 1 } });
    const connect = answering(connectAdmin(world), "DeregisterTaskDefinition", () => ({
      taskDefinition: { status: "ACTIVE" },
    }));
    const [outcome] = outcomes(await runIn(world, [registered("checkout")], { connect }), "checkout");
    assert.deepEqual(
      [outcome?.result, outcome?.cause],
      ["failed", "ecs:DeregisterTaskDefinition: answered with status ACTIVE"],
    );
  });

  it("ends the removals of the whole run at a ThrottlingException, and the next run takes the rest", async () => {
    const world = await backlog({ checkout: { active: 3, inactive: 12 }, basket: { active: 3 } });
    failing(world, "DeregisterTaskDefinition", { before: THROTTLED }, (nth) => nth === 2);
    const both = [registered("checkout"), registered("basket")];
    const report = await runIn(world, both);
    const all = [...outcomes(report, "checkout"), ...outcomes(report, "basket")];
    assert.equal(callsOf(world, "DeregisterTaskDefinition").length, 2);
    assert.equal(all.filter(({ result }) => result === "failed").length, 0);
    const postponed = all.filter(({ result }) => result === "postponed");
    assert.equal(all.filter(({ action, result }) => action === "deregister" && result === "done").length, 1);
    assert.ok(postponed.length >= 5);
    for (const { cause } of postponed) assert.match(cause ?? "", /^ecs:DeregisterTaskDefinition: ThrottlingException/);

    world.gate.faults = undefined;
    const next = await runIn(world, both);
    assert.deepEqual(
      new Set(results([...outcomesOf(next, "checkout"), ...outcomesOf(next, "basket")])),
      new Set(["done"]),
    );
    assert.equal(revisionsOf(world, "checkout", "ACTIVE").length + revisionsOf(world, "basket", "ACTIVE").length, 6);
  });

  it("ends one service's part where its role may not remove, and goes on with the others", async () => {
    const world = await backlog({ checkout: { active: 3 }, basket: { active: 3 } });
    world.gate.faults = ({ operation }) => {
      const target = callsOf(world, operation).length;
      return operation === "DeregisterTaskDefinition" && target === 1 ? { before: DENIED } : undefined;
    };
    const report = await runIn(world, [registered("checkout"), registered("basket")]);
    const parts = ["checkout", "basket"].map((family) => results(outcomesOf(report, family)).join());
    assert.deepEqual(parts.sort(), ["done,done,done", "failed,postponed,postponed"]);
    const problems = report.services.flatMap((service) => service.problems);
    assert.equal(problems.length, 1);
    assert.match(problems[0]?.fix ?? "", /^ecs:DeregisterTaskDefinition: AccessDeniedException/);
  });

  for (const name of ["ClientException", "InvalidParameterException"]) {
    it(`fails the one item that AWS refuses with ${name}, and goes on`, async () => {
      const world = await backlog({ checkout: { active: 3 } });
      failing(world, "DeregisterTaskDefinition", { before: new AwsError(name, "no") }, (nth) => nth === 1);
      const report = await runIn(world, [registered("checkout")]);
      assert.deepEqual(results(outcomesOf(report, "checkout")), ["failed", "done", "done"]);
      assert.equal(outcomes(report, "checkout")[0]?.cause, `ecs:DeregisterTaskDefinition: ${name}`);
    });
  }

  it("leaves an item failed with unknown effect at a ServerException, never sends it again, and goes on", async () => {
    const world = await backlog({ checkout: { active: 3 } });
    failing(world, "DeregisterTaskDefinition", { after: UNAVAILABLE }, (nth) => nth === 1);
    const report = await runIn(world, [registered("checkout")]);
    assert.deepEqual(results(outcomesOf(report, "checkout")), ["failed", "done", "done"]);
    assert.equal(
      outcomes(report, "checkout")[0]?.cause,
      "ecs:DeregisterTaskDefinition: ServerException, effect unknown",
    );
    assert.equal(callsOf(world, "DeregisterTaskDefinition").length, 3);
  });

  it("ends a service's part after three calls in a row whose effect is unknown", async () => {
    const world = await backlog({ checkout: { active: 6 } });
    failing(world, "DeregisterTaskDefinition", { before: UNAVAILABLE }, (nth) => nth !== 2);
    const report = await runIn(world, [registered("checkout")]);
    assert.deepEqual(results(outcomesOf(report, "checkout")), [
      "failed",
      "done",
      "failed",
      "failed",
      "failed",
      "postponed",
    ]);
    assert.equal(report.services[0]?.problems.length, 1);
  });

  it("serves the services in turn, each kind of call at its own pace", async () => {
    const world = await backlog({ a: { active: 30, inactive: 30 }, b: { active: 2, inactive: 10 }, c: { active: 2 } });
    const report = await runIn(
      world,
      ["a", "b", "c"].map((family) => registered(family)),
    );
    const startsAt = callsOf(world, "DeregisterTaskDefinition")[0]?.at ?? 0;
    assert.ok(report.services.every(({ outcomes }) => outcomes.every(({ result }) => result === "done")));
    const first = report.services.flatMap(({ service, outcomes }) =>
      outcomes.filter(({ at, action }) => action === "deregister" && at - startsAt <= 10_500).map(() => service),
    );
    assert.deepEqual([...first].sort().join(""), "aabbcc");
    const times = (operation: string) => callsOf(world, operation).map(({ at }) => at);
    const gaps = (moments: number[]) => moments.slice(1).map((at, index) => at - (moments[index] ?? 0));
    assert.ok(gaps(times("DeregisterTaskDefinition")).every((gap) => gap >= 2000));
    assert.ok(gaps(times("DeleteTaskDefinitions")).every((gap) => gap >= 1000));
    // Deleting does not wait for deregistering: both kinds end as if each were alone.
    assert.ok(Math.max(...times("DeleteTaskDefinitions")) - startsAt < 10_000);
    assert.ok(Math.max(...times("DeregisterTaskDefinition")) - startsAt < 72_000);
  });

  it("starts no removal later than five minutes after the last read of references began", async () => {
    const world = await backlog({ checkout: { active: 400 } });
    const report = await runIn(world, [registered("checkout")]);
    const reads = callsOf(world, "ListClusters").map(({ at }) => at);
    assert.equal(reads.length, 3);
    for (const { at } of callsOf(world, "DeregisterTaskDefinition")) {
      const age = at - (reads.findLast((read) => read <= at) ?? 0);
      assert.ok(age < 5 * MINUTE, `${age} ms`);
    }
    const counts = results(outcomesOf(report, "checkout"));
    const removed = callsOf(world, "DeregisterTaskDefinition").length;
    assert.ok(removed >= 360, `${removed} in the time there was`);
    assert.equal(counts.filter((result) => result === "done").length, removed);
    assert.equal(counts.filter((result) => result === "postponed").length, 400 - removed);
  });

  for (const slept of [4.5 * MINUTE, 2 * HOUR]) {
    it(`sends nothing after a wait that took ${slept / MINUTE} minutes, as where the machine slept`, async () => {
      const world = await backlog({ checkout: { active: 4 } });
      const clock = {
        now: () => world.clock.now(),
        sleep: (ms: number) => world.clock.sleep(callsOf(world, "DeregisterTaskDefinition").length > 0 ? slept : ms),
      };
      // The read itself takes its time, so that the lease outlasts what was read.
      const connect = answering(connectAdmin(world), "ListClusters", async (output) => {
        await world.clock.sleep(MINUTE);
        return output;
      });
      const report = await runIn(world, [registered("checkout")], { clock, connect });
      const reads = callsOf(world, "ListClusters").map(({ at }) => at);
      const removals = world.gate.calls.filter(({ operation }) => /^De(register|lete)TaskDefinition/.test(operation));
      assert.ok(removals.length > 0);
      for (const { at } of removals) assert.ok(at - (reads.findLast((read) => read <= at) ?? 0) < 5 * MINUTE);
      const postponed = outcomes(report, "checkout").filter(({ result }) => result === "postponed");
      assert.ok(postponed.length > 0);
      for (const { cause } of postponed) assert.match(cause ?? "", /^no time left/);
    });
  }

  it("opens no role once no time is left, and blames none for that", async () => {
    const world = await backlog({ checkout: { active: 2 }, basket: { active: 2 } });
    const connect = answering(connectAdmin(world), "DeregisterTaskDefinition", async (output) => {
      await world.clock.sleep(20 * MINUTE);
      return output;
    });
    let opened = 0;
    const report = await runIn(world, [registered("checkout"), registered("basket")], {
      connect,
      removerFor: async () => {
        if (opened++ > 0) throw new Error("sts:AssumeRole: no time left");
        return connect.ecs();
      },
    });
    assert.equal(opened, 1);
    const all = ["checkout", "basket"].flatMap((family) => results(outcomesOf(report, family)));
    assert.deepEqual(all.sort(), ["done", "postponed", "postponed", "postponed"]);
    assert.deepEqual(
      report.services.flatMap(({ problems }) => problems),
      [],
    );
  });

  it("begins with other services in another run, so that time that is short starves none", async () => {
    const families = Array.from({ length: 12 }, (_, index) => `family-${index}`);
    const world = await backlog(Object.fromEntries(families.map((family) => [family, { active: 8 }])));
    const served = async (runId: string) => {
      const deadline = world.clock.now() + 90_000 + 8_000;
      const report = await runIn(
        world,
        families.map((family) => registered(family)),
        { deadline, runId },
      );
      return families.filter((family) => results(outcomesOf(report, family)).includes("done")).join();
    };
    const runs = new Set<string>();
    for (const runId of ["one", "two", "three", "four"]) {
      runs.add(await served(runId));
      await world.clock.advance(DAY);
    }
    assert.equal(runs.size, 4);
    assert.ok(!runs.has(""));
  });

  it("starts no removal in the last 90 seconds before the deadline", async () => {
    const world = await backlog({ checkout: { active: 20, inactive: 20 } });
    const deadline = world.clock.now() + 2 * MINUTE;
    const report = await runIn(world, [registered("checkout")], { deadline });
    for (const operation of ["DeregisterTaskDefinition", "DeleteTaskDefinitions"]) {
      assert.ok(
        callsOf(world, operation).every(({ at }) => at < deadline - 90_000),
        operation,
      );
    }
    const made = callsOf(world, "DeregisterTaskDefinition").length;
    assert.ok(made >= 13 && made <= 15, `${made} in 30 seconds`);
    assert.ok(report.endedAt <= deadline - 90_000);
  });

  it("ends one service's part where its role cannot be had, and removes for the others", async () => {
    const world = await backlog({ checkout: { active: 2 }, basket: { active: 2 } });
    const connect = connectAdmin(world);
    const report = await runIn(world, [registered("checkout"), registered("basket")], {
      connect,
      removerFor: async ({ key }) => {
        if (key === keyOf("checkout")) throw new Error("policy and role differ");
        return connect.ecs();
      },
    });
    assert.deepEqual(results(outcomesOf(report, "checkout")), ["postponed", "postponed"]);
    assert.deepEqual(
      report.services[0]?.problems.map(({ path, fix }) => [path, fix]),
      [["cleanupRoleArn", "policy and role differ"]],
    );
    assert.deepEqual(results(outcomesOf(report, "basket")), ["done", "done"]);
  });

  it("sends what failed the last time in a call of its own, so that it holds up no other", async () => {
    const world = await backlog({ checkout: { inactive: 12 } });
    const store = await storeOf([registered("checkout")]);
    const failed = [arnOf("checkout:3"), arnOf("checkout:4")];
    await store.put(STATE, JSON.stringify({ version: 1, failed }), "absent");
    await runIn(world, [registered("checkout")], { store });
    const sent = callsOf(world, "DeleteTaskDefinitions").map(({ resources }) => resources.length);
    assert.deepEqual(sent, [10, 1, 1]);
    assert.equal(callsOf(world, "DeleteTaskDefinitions")[1]?.resources[0], arnOf("checkout:3"));
  });

  it("opens no role where there is nothing to remove", async () => {
    const world = await backlog({ checkout: {} });
    const removerFor = () => assert.fail("asked for a role");
    const report = await runIn(world, [registered("checkout")], { removerFor });
    assert.deepEqual(outcomes(report, "checkout"), []);
  });

  it("drains a backlog in the passes of one run, and throttles nobody", async () => {
    const world = await backlog({ checkout: { active: 200, inactive: 1000 } });
    const { services } = await runIn(world, [registered("checkout")]);
    assert.equal(revisionsOf(world, "checkout", "ACTIVE").length, 3);
    assert.ok(services[0]?.outcomes.every(({ result }) => result === "done"));
    assert.ok(callsOf(world, "ListClusters").length > 1);
    assert.deepEqual(
      world.gate.calls.filter(({ error }) => error === "ThrottlingException"),
      [],
    );
  }).timeout(60_000);
});
