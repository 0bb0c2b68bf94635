import assert from "node:assert/strict";
import type { AccountState, Ledger } from "../../retention/types";
import { createCluster } from "../../simulator/services/ecs-services";
import { putRule, putTargets } from "../../simulator/services/events";
import {
  ACCOUNT,
  arnOf,
  HOUR,
  keyOf,
  LEASE,
  ledgerOf,
  MINUTE,
  newWorld,
  outcomes,
  REGION,
  readJson,
  register,
  registered,
  runIn,
  STATE,
  scopeOf,
  storeOf,
} from "./support";

describe("what a run remembers", () => {
  it("counts removals against the limit from when the last of a batch was made, not from when the first was", async () => {
    const world = newWorld();
    await register(world, "checkout", 20);
    const registrations = [registered("checkout")];
    const store = await storeOf(registrations);
    await world.clock.advance(48 * HOUR);
    const report = await runIn(world, registrations, { store });
    const last = Math.max(...outcomes(report, "checkout").map(({ at }) => at));
    const { removed } = await readJson<Ledger>(store, ledgerOf("checkout"));
    assert.equal(removed[0]?.count, 17);
    assert.ok((removed[0]?.at ?? 0) >= last && last > report.startedAt);
  });

  it("does not take for use what a policy leaves out", async () => {
    const world = newWorld();
    await register(world, "checkout", 8);
    createCluster(scopeOf(world), "default");
    putRule(scopeOf(world), "nightly");
    const cluster = `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/default`;
    const EcsParameters = { TaskDefinitionArn: arnOf("checkout:2") };
    putTargets(scopeOf(world), "nightly", [{ Id: "run", Arn: cluster, RoleArn: "arn:role", EcsParameters }]);
    for (const ignoredSources of [[], [{ source: "rules", reason: "not ours" }]]) {
      const registrations = [registered("checkout", { mode: "report", ignoredSources })];
      const store = await storeOf(registrations);
      await runIn(world, registrations, { store });
      const { lastUsed } = await readJson<Ledger>(store, ledgerOf("checkout"));
      assert.deepEqual(Object.keys(lastUsed), ignoredSources.length === 0 ? ["checkout:2"] : []);
    }
  });

  it("says where the journal of a killed run cannot be read, and goes on", async () => {
    const world = newWorld();
    await register(world, "checkout", 5);
    const registrations = [registered("checkout")];
    const store = await storeOf(registrations);
    const batch = `journal/${ACCOUNT}-${REGION}/2026-01-05/killed-1-1.json`;
    await store.put(batch, "{", "any");
    await store.put(LEASE, JSON.stringify({ version: 1, number: 1, runId: "killed", expiresAt: 0, batch }), "any");
    await world.clock.advance(48 * HOUR);
    const report = await runIn(world, registrations, { store });
    assert.ok(report.services[0]?.notes.some((note) => note.startsWith(`${batch}: cannot be read`)));
    assert.equal(outcomes(report, "checkout").length, 2);
  });

  it("begins no ledger for a registration that cannot be read", async () => {
    const world = newWorld();
    const broken = { key: keyOf("basket"), problems: [], claim: undefined };
    const registrations = [registered("checkout"), broken];
    const store = await storeOf([]);
    await runIn(world, registrations, { store });
    assert.ok(await store.get(ledgerOf("checkout")));
    assert.equal(await store.get(ledgerOf("basket")), undefined);
  });

  it("uses its limit every day though it begins at the same time of each, and never exceeds it in 24 hours", async () => {
    const world = newWorld();
    await register(world, "checkout", 500, MINUTE);
    const registrations = [registered("checkout", { limits: { maxRemovals: 100 } })];
    const store = await storeOf(registrations);
    await world.clock.advance(48 * HOUR);
    const removed: number[] = [];
    const begins = world.clock.now();
    for (let day = 0; day < 4; day += 1) {
      await world.clock.advance(begins + day * 24 * HOUR - world.clock.now());
      for (let runs = 0; runs < 4; runs += 1) {
        const report = await runIn(world, registrations, { store });
        const done = outcomes(report, "checkout").filter(({ result }) => result === "done");
        removed.push(...done.map(({ at }) => at));
        if (!(await readJson<AccountState>(store, STATE)).pending) break;
        await world.clock.advance(15 * MINUTE);
      }
    }
    assert.equal(removed.length, 400);
    for (const at of removed) assert.ok(removed.filter((other) => other <= at && other > at - 24 * HOUR).length <= 100);
  });

  it("leaves nothing to be continued soon where a limit postponed the rest, and something where time did", async () => {
    const world = newWorld();
    await register(world, "checkout", 400, MINUTE);
    await world.clock.advance(48 * HOUR);
    for (const [maxRemovals, pending] of [[10, false] as const, [25_000, true] as const]) {
      const registrations = [registered("checkout", { limits: { maxRemovals } })];
      const store = await storeOf(registrations);
      await runIn(world, registrations, { store, deadline: world.clock.now() + 6 * MINUTE });
      assert.equal((await readJson<AccountState>(store, STATE)).pending, pending);
    }
  });
});
