import assert from "node:assert/strict";
import type { World } from "../../simulator";
import { createCluster, createService, runTask } from "../../simulator/services/ecs-services";
import { createBucket } from "../../simulator/services/s3";
import { storeOf as bucketStore } from "../aws/stored";
import {
  DAY,
  deregister,
  HOUR,
  leftBy,
  MINUTE,
  newWorld,
  register,
  registered,
  runIn,
  scopeOf,
  state,
  storeOf,
} from "./support";

const FAMILIES = ["checkout", "basket"];
const SERVICES = FAMILIES.map((family) => registered(family));

/** Two services in use, with something to deregister and something to delete for both. */
async function account() {
  const world = newWorld(4);
  await register(world, "checkout", 17);
  await register(world, "basket", 7);
  createCluster(scopeOf(world), "shop");
  createService(scopeOf(world), { cluster: "shop", service: "checkout", taskDefinition: "checkout:17" });
  runTask(scopeOf(world), { cluster: "shop", taskDefinition: "basket:5" });
  deregister(world, "checkout", 1, 12);
  deregister(world, "basket", 1, 2);
  createBucket(scopeOf(world), { name: "store" });
  await storeOf(SERVICES, bucketStore(world));
  await world.clock.advance(10 * DAY);
  return world;
}

const runOnce = (world: World, runId: string) => runIn(world, SERVICES, { runId, store: bucketStore(world) });

/** What is registered, counted and remembered once the next run has ended. */
async function settled(world: World) {
  // A killed run holds its lease until it expires.
  await world.clock.advance(11 * MINUTE);
  await runOnce(world, "again");
  await world.clock.advance(2 * HOUR);
  return leftBy(world, bucketStore(world), FAMILIES);
}

describe("a run that is killed", () => {
  for (const moment of ["before", "after"] as const) {
    it(`at any call, ${moment} it had its effect, and repeated ends as an undisturbed one does`, async () => {
      const undisturbed = await account();
      const before = state(undisturbed);
      const first = undisturbed.gate.calls.length;
      await runOnce(undisturbed, "once");
      const made = undisturbed.gate.calls.slice(first);
      const expected = await settled(undisturbed);
      assert.ok(made.length > 90, `only ${made.length} calls`);
      assert.notDeepEqual(state(undisturbed), before);
      assert.deepEqual(expected.counted, [14, 4]);

      for (const [index, { error }] of made.entries()) {
        // A call that AWS refused has no effect to be killed after.
        if (moment === "after" && error) continue;
        const nth = index + 1;
        const world = await account();
        const from = world.gate.calls.length;
        world.gate.faults = (_, n) => (n === from + nth ? { [moment]: "kill" } : undefined);
        await assert.rejects(runOnce(world, "once"), { name: "KilledError" }, `call ${nth}`);
        assert.equal(world.gate.calls.length, from + nth, "a killed run calls nothing more");
        const killed = world.gate.calls.at(-1);
        world.gate.faults = undefined;
        assert.deepEqual(await settled(world), expected, `at call ${nth}, ${killed?.operation} ${killed?.resources}`);
      }
    }).timeout(120_000);
  }
});
