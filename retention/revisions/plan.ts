import { decide } from "../decide";
import { parseDuration } from "../duration";
import { PolicyError } from "../errors";
import { readPolicy } from "../policy";
import type { Millis, Plan, RetentionPolicy } from "../types";
import type { FamilyInventory, IndexedInventory } from "./inventory";
import { REVISION_RULES, type RevisionFacts } from "./rules";

const NOTHING: FamilyInventory = { revisions: [], contradictory: [], references: new Map() };

/**
 * One verdict for every revision of the policy's family, newest first. A pure function: the same inventory, policy
 * and moment give the same plan, in mode `report` as in `enforce`.
 *
 * @param now Moment of the plan, from a Clock.
 * @throws PolicyError where the policy is not valid; nothing is planned by half of a policy.
 */
export function planRevisions(policy: RetentionPolicy, inventory: IndexedInventory, now: Millis): Plan {
  const facts = revisionFacts(policy, inventory, now);
  const { revisions, contradictory } = inventory.families.get(policy.family) ?? NOTHING;
  const { service, family, mode } = policy;
  return {
    service,
    family,
    mode,
    at: now,
    revisions: decide(REVISION_RULES, contradictory.length > 0 ? [...revisions, ...contradictory] : revisions, facts),
  };
}

/** What the rules know of one service. @throws PolicyError where the policy is not valid. */
export function revisionFacts(policy: RetentionPolicy, inventory: IndexedInventory, now: Millis): RevisionFacts {
  const { problems } = readPolicy(policy);
  if (problems) throw new PolicyError(problems);
  if (!Number.isFinite(now)) throw new RangeError(`now: got ${now}, expected epoch milliseconds; pass a Clock's now()`);
  const { family, taskDefinitions } = policy;
  const { revisions, contradictory, references } = inventory.families.get(family) ?? NOTHING;
  const newest: number[] = [];
  for (const { status, revision } of revisions) {
    if (newest.length === taskDefinitions.keepRevisions) break;
    if (status === "ACTIVE") newest.push(revision);
  }
  const familyGap = inventory.accountGap ?? inventory.familyGaps.get(family);
  const { itemGaps } = inventory;
  const unsound = new Set(contradictory);
  return {
    now,
    keepFor: parseDuration(taskDefinitions.keepFor) as Millis,
    deleteAfter: parseDuration(taskDefinitions.deleteAfter) as Millis,
    pinned: new Set(taskDefinitions.pinned.map((pin) => Number(pin.slice(family.length + 1)))),
    references,
    newestActive: newest[0] ?? Infinity,
    lastOfNewest: newest.at(-1) ?? Infinity,
    blocked(subject) {
      if (familyGap) return familyGap;
      if (itemGaps.size > 0) {
        const gap = itemGaps.get(subject.arn) ?? itemGaps.get(`${family}:${subject.revision}`);
        if (gap) return gap;
      }
      return unsound.size > 0 && unsound.has(subject) ? "contradictory" : undefined;
    },
  };
}
