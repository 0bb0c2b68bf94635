import assert from "node:assert/strict";
import type { Connect } from "../../../aws/clients";
import { type ReadReferences, readReferences } from "../../../aws/references/index";
import { calls } from "../../../aws/retry";
import type { Gap, ReferenceSourceId } from "../../../retention/types";
import type { World } from "../../../simulator";
import { createCluster } from "../../../simulator/services/ecs-services";
import { ACCOUNT, connectAdmin, HOUR, newWorld, REGION, register, scopeOf } from "../../cleanup/support";

export interface ReadMore {
  connect?: Connect;
  ignored?: ReferenceSourceId[];
  completed?: ReadReferences["completed"];
  /** Nothing is read later than this after the start. @default an hour */
  within?: number;
}

/** One read of everything, as the administrator unless told otherwise. */
export function read(world: World, { connect, ignored = [], completed = {}, within = HOUR }: ReadMore = {}) {
  const { clock } = world;
  const connected = connect ?? connectAdmin(world);
  return clock.actor(() =>
    readReferences({
      connect: connected,
      client: connected.ecs(),
      calls: calls(clock, clock.now() + within),
      account: ACCOUNT,
      region: REGION,
      ignored: new Set(ignored),
      completed,
    }),
  );
}

/** `source family:revision`, sorted, each once; there must be no gap. */
export async function references(world: World, connect?: Connect): Promise<string[]> {
  const found = await read(world, { ...(connect && { connect }) });
  assert.deepEqual(found.gaps, []);
  return targetsOf(found);
}

export function targetsOf({ references }: Pick<ReadReferences, "references">): string[] {
  return [...new Set(references.map(({ source, target }) => `${source} ${target.family}:${target.revision}`))].sort();
}

/** Item gaps as `source cause beginning-of-families*: by`. */
export function itemGapsOf({ gaps }: { gaps: Gap[] }): string[] {
  return gaps.map(({ source, cause, scope }) => {
    assert.ok(scope.kind === "item", `${source} has a gap of scope ${scope.kind}`);
    return `${source} ${cause} ${scope.couldMean}*: ${scope.name}`;
  });
}

/** A cluster `shop`, and six revisions of `checkout`. */
export async function shop(revisions = 6): Promise<World> {
  const world = newWorld();
  await register(world, "checkout", revisions);
  createCluster(scopeOf(world), "shop");
  return world;
}
