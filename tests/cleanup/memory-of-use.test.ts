import assert from "node:assert/strict";
import type { AccountState, Ledger, Store } from "../../retention/types";
import { AwsError, type World } from "../../simulator";
import { createCluster, createService, deleteService, runTask, stopTask } from "../../simulator/services/ecs-services";
import {
  callsOf,
  DAY,
  failing,
  gapsOf,
  HOUR,
  keyOf,
  ledgerOf,
  newWorld,
  outcomesOf,
  readJson,
  register,
  registered,
  runIn,
  STATE,
  scopeOf,
  storeOf,
  verdictsOf,
} from "./support";

const families = (count: number) => Array.from({ length: count }, (_, index) => `family-${index}`);
const service = (family: string) => ({ cluster: "shop", service: family });

/** So many families with a task each and nothing else. */
async function tasksOf(world: World, named: string[]) {
  createCluster(scopeOf(world), "shop");
  const tasks = [];
  for (const family of named) {
    await register(world, family, 5, 1);
    tasks.push(runTask(scopeOf(world), { cluster: "shop", taskDefinition: `${family}:1` }));
  }
  await world.clock.advance(3 * DAY);
  return tasks;
}

const state = (store: Store) => readJson<AccountState>(store, STATE);

describe("what runs remember of use", () => {
  it("begins with the first run: nothing goes before `unusedFor` has passed since, and verdicts tell the date", async () => {
    const world = newWorld();
    await register(world, "checkout", 5);
    await world.clock.advance(90 * DAY);
    const checkout = [registered("checkout", { taskDefinitions: { unusedFor: "20d" } })];
    const store = await storeOf([]);
    const since = world.clock.now();
    const first = await runIn(world, checkout, { store });
    assert.deepEqual(outcomesOf(first, "checkout"), []);
    const oldest = first.services[0]?.plan?.revisions.at(-1)?.because;
    assert.ok(oldest && oldest.until !== undefined && oldest.until >= since + 20 * DAY);
    assert.match(first.services[0]?.notes.join() ?? "", /ledger begins/);

    await world.clock.advance(20 * DAY - HOUR);
    const early = await runIn(world, checkout, { store });
    assert.deepEqual(outcomesOf(early, "checkout"), []);
    assert.deepEqual(early.services[0]?.notes, []);
    await world.clock.advance(HOUR);
    assert.equal(outcomesOf(await runIn(world, checkout, { store }), "checkout").length, 2);
  });

  it("keeps what was in use lately, also in a run that only plans", async () => {
    const world = newWorld();
    const checkout = [registered("checkout", { taskDefinitions: { unusedFor: "10d" } })];
    const store = await storeOf(checkout);
    const [task] = await tasksOf(world, ["checkout"]);
    // Still in use by something, or all that is known of its use would begin anew.
    createService(scopeOf(world), { ...service("web"), taskDefinition: "checkout:5", desiredCount: 0 });
    await runIn(world, checkout, { store, mode: "report" });
    assert.ok(task);
    stopTask(scopeOf(world), task);
    await world.clock.advance(9 * DAY);
    // When it stopped, nobody knows.
    const report = await runIn(world, checkout, { store, mode: "report" });
    assert.equal(verdictsOf(report, "checkout").at(-1), "1 keep within-24h");
    await world.clock.advance(9 * DAY);
    const second = await runIn(world, checkout, { store });
    assert.equal(verdictsOf(second, "checkout").at(-1), "1 keep recently-used");
    assert.deepEqual(outcomesOf(second, "checkout"), ["checkout:2 deregister done"]);
  });

  it("is not relied on where a family lost all references and no service was deleted", async () => {
    const world = newWorld();
    const both = [registered("tasks"), registered("services")];
    const store = await storeOf(both);
    const [task] = await tasksOf(world, ["tasks"]);
    await register(world, "services", 5, 1);
    createService(scopeOf(world), { ...service("web"), taskDefinition: "services:1", desiredCount: 0 });
    await world.clock.advance(3 * DAY);
    await runIn(world, both, { store });
    assert.deepEqual(Object.keys((await state(store)).referenced).sort(), ["services", "tasks"]);

    assert.ok(task);
    stopTask(scopeOf(world), task);
    deleteService(scopeOf(world), service("web"));
    await world.clock.advance(2 * DAY);
    const lostAt = world.clock.now();
    const report = await runIn(world, both, { store });
    const since = async (family: string) => (await readJson<Ledger>(store, ledgerOf(family))).since;
    assert.ok((await since("tasks")) >= lostAt);
    assert.ok((await since("services")) < lostAt);
    assert.deepEqual(outcomesOf(report, "tasks"), []);
    assert.deepEqual((await state(store)).referenced, {});
    await world.clock.advance(DAY + HOUR);
    assert.deepEqual(outcomesOf(await runIn(world, both, { store }), "services"), ["services:1 deregister done"]);
  });

  it("keeps for a day what was in use until shortly before a run, however long ago the run before was", async () => {
    const world = newWorld();
    const eager = { taskDefinitions: { unusedFor: "0h", keepFor: "0h", keepSuccessful: 0 } };
    const checkout = [registered("checkout", eager)];
    const store = await storeOf(checkout);
    const [task] = await tasksOf(world, ["checkout"]);
    createService(scopeOf(world), { ...service("web"), taskDefinition: "checkout:5", desiredCount: 0 });
    await runIn(world, checkout, { store });
    await world.clock.advance(60 * DAY);
    assert.ok(task);
    stopTask(scopeOf(world), task);
    await world.clock.advance(HOUR);
    assert.equal(verdictsOf(await runIn(world, checkout, { store }), "checkout").at(-1), "1 keep within-24h");
    await world.clock.advance(DAY + HOUR);
    assert.deepEqual(outcomesOf(await runIn(world, checkout, { store }), "checkout"), ["checkout:1 deregister done"]);
  });

  it("is kept whatever becomes of the run that saw it", async () => {
    const world = newWorld();
    const checkout = [registered("checkout")];
    const store = await storeOf(checkout);
    await tasksOf(world, ["checkout"]);
    const noReport: Store = {
      ...store,
      async put(key, body, ifMatch) {
        if (key.startsWith("reports/")) throw new Error("full");
        return store.put(key, body, ifMatch);
      },
    };
    await assert.rejects(runIn(world, checkout, { store: noReport }), /full/);
    const { inUse, lastUsed } = await readJson<Ledger>(store, ledgerOf("checkout"));
    assert.deepEqual([inUse, Object.keys(lastUsed)], [["checkout:1"], ["checkout:1"]]);
  });

  it("goes on while another policy claims the same family, and what is new is described once for both", async () => {
    const world = newWorld();
    const both = [registered("checkout"), { ...registered("checkout"), key: keyOf("twin") }];
    const store = await storeOf(both);
    await tasksOf(world, ["checkout"]);
    const { services } = await runIn(world, both, { store });
    assert.deepEqual(
      services.map(({ plan, problems }) => [plan, problems.length]),
      [
        [undefined, 1],
        [undefined, 1],
      ],
    );
    assert.equal(callsOf(world, "DescribeTaskDefinition").length, 5);
    for (const key of ["checkout", "twin"]) {
      assert.deepEqual((await readJson<Ledger>(store, ledgerOf(key))).inUse, ["checkout:1"]);
    }
  });

  it("begins anew where a registration is about another family than before", async () => {
    const world = newWorld();
    const eager = { taskDefinitions: { unusedFor: "30d", keepFor: "0h" } };
    const store = await storeOf([registered("checkout")]);
    const [, task] = await tasksOf(world, ["checkout", "payments"]);
    createService(scopeOf(world), { ...service("web"), taskDefinition: "payments:5", desiredCount: 0 });
    await world.clock.advance(60 * DAY);
    await runIn(world, [registered("checkout", eager)], { store });
    await world.clock.advance(60 * DAY);
    assert.ok(task);
    // Nobody saw it in use.
    stopTask(scopeOf(world), task);
    await world.clock.advance(HOUR);
    const changed = [{ ...registered("payments", eager), key: keyOf("checkout") }];
    const rules = async () => {
      const report = await runIn(world, changed, { store, mode: "report" });
      return report.services[0]?.plan?.revisions.at(-1)?.because.rule;
    };
    assert.equal(await rules(), "within-24h");
    await world.clock.advance(29 * DAY);
    assert.equal(await rules(), "recently-used");
    await world.clock.advance(2 * DAY);
    assert.equal(await rules(), "superseded");
  });

  it("stops everything where too many families lost all references, until that is acknowledged", async () => {
    const world = newWorld(0);
    const named = families(8);
    const all = [...named, "other"].map((family) => registered(family));
    const store = await storeOf(all);
    await register(world, "other", 5, 1);
    const tasks = await tasksOf(world, named);
    await runIn(world, all, { store });
    for (const task of tasks.slice(0, 5)) stopTask(scopeOf(world), task);
    await register(world, "other", 2, 1);
    await world.clock.advance(2 * DAY);

    for (let run = 0; run < 2; run++) {
      const report = await runIn(world, all, { store });
      assert.match(gapsOf(report).join(), /^references implausible account: 5 of 8 families/);
      assert.deepEqual(outcomesOf(report, "other"), []);
      assert.equal(Object.keys((await state(store)).referenced).length, 8);
    }
    const until = new Date(world.clock.now() + DAY).toISOString().slice(0, 10);
    const acknowledgedGaps = [{ id: "implausible-references", reason: "moved away", until }];
    const settings = { acknowledgedGaps, ignoredSources: [] };
    assert.equal(outcomesOf(await runIn(world, all, { store, settings }), "other").length, 2);
    assert.equal(Object.keys((await state(store)).referenced).length, 3);
    assert.deepEqual(gapsOf(await runIn(world, all, { store })), []);
  });

  it("notices that families lost all references also where a source that cannot be read is acknowledged", async () => {
    const world = newWorld();
    const all = families(8).map((family) => registered(family));
    const store = await storeOf(all);
    const tasks = await tasksOf(world, families(8));
    failing(world, "ListEventBuses", { before: new AwsError("AccessDeniedException", "no") });
    const until = new Date(world.clock.now() + 9 * DAY).toISOString().slice(0, 10);
    const id = "rules/events:ListEventBuses/account";
    const settings = { acknowledgedGaps: [{ id, reason: "no rules here", until }], ignoredSources: [] };
    await runIn(world, all, { store, settings });
    for (const task of tasks.slice(0, 5)) stopTask(scopeOf(world), task);
    await world.clock.advance(2 * DAY);
    const report = await runIn(world, all, { store, settings });
    assert.match(gapsOf(report).join("\n"), /references implausible account: 5 of 8 families/);
  });

  it("keeps what the policy of a vanished registration kept, until the gap that says so is acknowledged", async () => {
    const world = newWorld();
    await register(world, "checkout", 6, 1);
    await world.clock.advance(3 * DAY);
    const before = registered("checkout", { mode: "report", taskDefinitions: { keepRevisions: 5 } });
    const store = await storeOf([before]);
    await store.put(keyOf("checkout"), "{}", "any");
    await runIn(world, [before], { store });

    // The same family, registered from another stack, where the old object is gone.
    const objects = { ...store, list: async (prefix: string) => (prefix === "policies/" ? [] : store.list(prefix)) };
    const moved = [{ ...registered("checkout", { taskDefinitions: { keepRevisions: 1 } }), key: "moved.json" }];
    await store.put(ledgerOf("checkout").replace(keyOf("checkout"), "moved.json"), await ledger(store), "any");
    const kept = await runIn(world, moved, { store: objects, mode: "report" });
    const rules = kept.services[0]?.plan?.revisions.map(({ action, because }) => `${action} ${because.rule}`);
    assert.deepEqual(rules, [
      "keep newest-active",
      ...Array.from({ length: 4 }, () => "keep vanished-claim"),
      "deregister superseded",
    ]);
    const [gap] = kept.gaps.filter(({ cause }) => cause === "vanished");
    assert.deepEqual([gap?.id, gap?.scope.kind], [`vanished-${keyOf("checkout")}`, "none"]);

    const until = new Date(world.clock.now() + DAY).toISOString().slice(0, 10);
    const settings = { acknowledgedGaps: [{ id: gap?.id ?? "", reason: "moved", until }], ignoredSources: [] };
    const freed = await runIn(world, moved, { store: objects, mode: "report", settings });
    const removals = freed.services[0]?.plan?.revisions.filter(({ action }) => action === "deregister");
    assert.equal(removals?.length, 5);
  });

  const ledger = async (store: Store) => (await store.get(ledgerOf("checkout")))?.body ?? "";
});
