import assert from "node:assert/strict";
import { createCluster, createService, runTask } from "../../simulator/services/ecs-services";
import { DAY, deregister, HOUR, newWorld, register, registered, runIn, scopeOf, state } from "./support";

/** Two services in use, with something to deregister and something to delete for both. */
async function account() {
  const world = newWorld(4);
  await register(world, "checkout", 22);
  await register(world, "basket", 8);
  createCluster(scopeOf(world), "shop");
  createService(scopeOf(world), { cluster: "shop", service: "checkout", taskDefinition: "checkout:22" });
  runTask(scopeOf(world), { cluster: "shop", taskDefinition: "basket:5" });
  deregister(world, "checkout", 1, 13);
  deregister(world, "basket", 1, 2);
  await world.clock.advance(10 * DAY);
  return world;
}

const SERVICES = [registered("checkout"), registered("basket")];

/** Runs until nothing is left to do now, then lets AWS finish. */
async function settle(world: Awaited<ReturnType<typeof account>>): Promise<string[]> {
  await runIn(world, SERVICES, { runId: "again" });
  await world.clock.advance(2 * HOUR);
  return state(world);
}

describe("a run that is killed", () => {
  for (const moment of ["before", "after"] as const) {
    it(`at any call, ${moment} it had its effect, and repeated ends as an undisturbed one does`, async () => {
      const undisturbed = await account();
      const before = state(undisturbed);
      const first = undisturbed.gate.calls.length;
      await runIn(undisturbed, SERVICES, { runId: "once" });
      const made = undisturbed.gate.calls.length - first;
      const expected = await settle(undisturbed);
      assert.ok(made > 30, `only ${made} calls`);
      assert.notDeepEqual(expected, before);

      for (let nth = 1; nth <= made; nth++) {
        const world = await account();
        const from = world.gate.calls.length;
        world.gate.faults = (_, n) => (n === from + nth ? { [moment]: "kill" } : undefined);
        await assert.rejects(runIn(world, SERVICES, { runId: "once" }), { name: "KilledError" }, `call ${nth}`);
        assert.equal(world.gate.calls.length, from + nth, "a killed run calls nothing more");
        world.gate.faults = undefined;
        assert.deepEqual(await settle(world), expected, `killed at call ${nth} of ${made}`);
      }
    }).timeout(60_000);
  }
});
