import assert from "node:assert/strict";
import { calls } from "../../aws/retry";
import { s3Store } from "../../aws/s3-store";
import { newLedger } from "../../retention/ledger";
import type { Ledger } from "../../retention/types";
import { createCluster, createService, runTask } from "../../simulator/services/ecs-services";
import { createBucket, getObject, listKeys, putObject } from "../../simulator/services/s3";
import {
  connectAdmin,
  DAY,
  deregister,
  HOUR,
  LEASE,
  ledgerOf,
  MINUTE,
  newWorld,
  register,
  registered,
  runIn,
  scopeOf,
  state,
} from "./support";

const BUCKET = "store";
const FAMILIES = ["checkout", "basket"];
const SERVICES = FAMILIES.map((family) => registered(family));

type World = Awaited<ReturnType<typeof account>>;

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
  createBucket(scopeOf(world), { name: BUCKET });
  for (const family of FAMILIES) {
    putObject(scopeOf(world), {
      bucket: BUCKET,
      key: ledgerOf(family),
      body: JSON.stringify(newLedger(Date.UTC(2020, 0))),
    });
  }
  await world.clock.advance(10 * DAY);
  return world;
}

function runOnce(world: World, runId: string) {
  const { clock } = world;
  const store = s3Store(connectAdmin(world).s3(), BUCKET, calls(clock, clock.now() + HOUR));
  return runIn(world, SERVICES, { runId, store });
}

const read = (world: World, key: string) => JSON.parse(String(getObject(scopeOf(world), BUCKET, key)?.body));

/** What is registered, counted and remembered once the next run has ended. */
async function settled(world: World): Promise<unknown> {
  // A killed run holds its lease until it expires.
  await world.clock.advance(11 * MINUTE);
  await runOnce(world, "again");
  await world.clock.advance(2 * HOUR);
  const keys = (prefix: string) => listKeys(scopeOf(world), BUCKET, prefix);
  const removed = FAMILIES.map((family) =>
    (read(world, ledgerOf(family)) as Ledger).removed.reduce((sum, { count }) => sum + count, 0),
  );
  const open = keys("journal/").filter((key) => !read(world, key).outcomes);
  const facts = keys("facts/").flatMap((key) => String(getObject(scopeOf(world), BUCKET, key)?.body).match(/\w+:\d+/g));
  return {
    revisions: state(world),
    removed,
    archived: keys("archive/"),
    open,
    described: [...new Set(facts)].sort(),
    lease: read(world, LEASE).expiresAt,
  };
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
      assert.deepEqual((expected as { removed: number[] }).removed, [14, 4]);

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
