import { calls } from "../../aws/retry";
import { s3Store } from "../../aws/s3-store";
import type { Store } from "../../retention/types";
import { World } from "../../simulator";
import { createBucket } from "../../simulator/services/s3";
import { connectTo } from "../../simulator/wire/middleware";

export const PLACE = { account: "111122223333", region: "eu-central-1" };

/** A store in a simulated bucket, with pages of two keys. */
export function simulatedStore(): { world: World; store: Store } {
  const world = new World({ seed: 7, pageSize: 2 });
  createBucket(world.scope(PLACE.account, PLACE.region), { name: "store" });
  return { world, store: storeOf(world) };
}

/** The same bucket, as another process sees it. */
export function storeOf(world: World): Store {
  const client = connectTo(world, world.admin(PLACE.account), PLACE.region).s3();
  return s3Store(client, "store", calls(world.clock, world.clock.now() + 3_600_000));
}
