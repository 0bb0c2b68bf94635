import { decide } from "../decide";
import type { Millis, RetentionPolicy, Revision } from "../types";
import type { IndexedInventory } from "./inventory";
import { planRevisions, revisionFacts } from "./plan";
import { ageCutoff, REVISION_RULES } from "./rules";

/** The revisions whose dates a plan needs and does not have: kept as `unread` until they are described. */
export interface MissingDates {
  /** ACTIVE ones, newest first, for {@link findAgeBoundary}. */
  active: Revision[];
  /** INACTIVE ones in the order to describe them: oldest first, and after all others what failed the last time. */
  inactive: Revision[];
  /** What was registered after this moment is kept anyway. */
  cutoff: Millis;
}

/**
 * Which dates are worth a call. Revisions that are kept whatever their dates say (referenced, pinned, among the newest,
 * blocked by a gap) are not among them.
 *
 * @param failedBefore ARNs whose removal failed in the last run.
 */
export function missingDates(
  policy: RetentionPolicy,
  inventory: IndexedInventory,
  now: Millis,
  failedBefore: ReadonlySet<string> = new Set(),
): MissingDates {
  const facts = revisionFacts(policy, inventory, now);
  const undated = planRevisions(policy, inventory, now)
    .revisions.filter(({ subject, because }) => because.rule === "unread" && !facts.blocked(subject))
    .map(({ subject }) => subject);
  const oldestFirst = undated.filter(({ status }) => status === "INACTIVE").reverse();
  return {
    active: undated.filter(({ status }) => status === "ACTIVE"),
    inactive: [
      ...oldestFirst.filter(({ arn }) => !failedBefore.has(arn)),
      ...oldestFirst.filter(({ arn }) => failedBefore.has(arn)),
    ],
    cutoff: ageCutoff(facts),
  };
}

/**
 * Finds the newest revision that was registered at the cutoff or before it. Dates of registration grow with the
 * revision number, so everything older needs no date of its own: once the dates that were read stand in the inventory,
 * `indexInventory` draws the bounds. Reads at most log2(n) + 1 dates.
 *
 * @param newestFirst Revisions of one family.
 * @param dateOfOne Reads a date of registration; undefined where AWS tells none, and then only newer revisions, which
 *   are likelier to have one, are asked. What is older stays unread, unless a newer one turns out to be old enough.
 */
export async function findAgeBoundary(
  newestFirst: readonly Revision[],
  cutoff: Millis,
  dateOfOne: (revision: Revision) => Promise<Millis | undefined>,
): Promise<void> {
  let low = 0;
  let high = newestFirst.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const date = await dateOfOne(newestFirst[middle] as Revision);
    if (date !== undefined && date > cutoff) low = middle + 1;
    else high = middle;
  }
}

/** Whether an INACTIVE revision that has now been described would be deleted: whether it counts as one found. */
export function wouldDelete(
  policy: RetentionPolicy,
  inventory: IndexedInventory,
  now: Millis,
): (described: Revision) => boolean {
  const facts = revisionFacts(policy, inventory, now);
  return (described) => decide(REVISION_RULES, [described], facts)[0]?.action === "delete";
}
