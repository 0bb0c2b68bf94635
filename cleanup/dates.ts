import type { ECSClient } from "@aws-sdk/client-ecs";
import { DELETE_AT_ONCE, REMOVAL_OPERATIONS } from "../aws/apply-revisions";
import { kindOf } from "../aws/errors";
import { gapOf } from "../aws/gaps";
import { type Calls, CutOffError, type ReadError } from "../aws/retry";
import { describeRevision } from "../aws/revisions";
import { findAgeBoundary, type MissingDates, missingDates, wouldDelete } from "../retention/revisions/dates";
import type { IndexedInventory } from "../retention/revisions/inventory";
import type { Clock, Gap, Millis, RetentionPolicy, Revision } from "../retention/types";

export interface DatesOptions {
  client: ECSClient;
  calls: Calls;
  clock: Clock;
  /** In the order in which they take turns. */
  policies: RetentionPolicy[];
  inventory: IndexedInventory;
  /** No removal starts later: what is described must also be deleted by then. */
  removeUntil: Millis;
  failedBefore: ReadonlySet<string>;
}

/** What was described, by ARN, and what could not be. */
export interface Dates {
  described: Map<string, Revision>;
  gaps: Gap[];
}

/**
 * Revisions are deregistered about in the order of their numbers: after this many in a row that are not due yet, the
 * younger ones are not either. Should some be, they wait until these are, which `deleteAfter` bounds.
 */
const NOT_DUE_IN_A_ROW = 20;

/**
 * Reads the dates that the plans need: by bisection those of ACTIVE revisions, in at most half of the time; then INACTIVE
 * ones, oldest first and all families in turn, until as many are found as can still be deleted or no more are due, in at
 * most half of what is left: the other half is for removing. The rest stays unread.
 */
export async function readDates(options: DatesOptions): Promise<Dates> {
  const { clock, policies, inventory, removeUntil, failedBefore } = options;
  const now = clock.now();
  const missing = policies.map((policy) => missingDates(policy, inventory, now, failedBefore));
  const describe = describer(options);
  const half = now + (removeUntil - now) / 2;
  for (const { active, cutoff } of missing) {
    await findAgeBoundary(active, cutoff, async (revision) =>
      clock.now() < half ? (await describe.one(revision))?.registeredAt : undefined,
    );
  }
  await readExpired(options, missing, describe);
  return describe;
}

async function readExpired(options: DatesOptions, missing: MissingDates[], describe: Describer): Promise<void> {
  const { clock, calls, policies, inventory, removeUntil, failedBefore } = options;
  const now = clock.now();
  const half = now + (removeUntil - now) / 2;
  const turns = policies.map((policy, index) => ({
    rest: (missing[index] as MissingDates).inactive.values(),
    deletable: wouldDelete(policy, inventory, now),
    found: 0,
    notDueInARow: 0,
  }));
  const betweenDeletions = calls.pace.interval(REMOVAL_OPERATIONS.delete);
  let deletions = 0;
  // A family that is not through yet goes to the end of the list that is being walked.
  for (const turn of turns) {
    if (describe.stopped || clock.now() >= half) return;
    if (clock.now() + (deletions + 1) * betweenDeletions >= removeUntil) return;
    const { value: revision, done } = turn.rest.next();
    if (done) continue;
    turns.push(turn);
    // What failed the last time comes last, whatever its number: the row says nothing of it.
    if (turn.notDueInARow >= NOT_DUE_IN_A_ROW && !failedBefore.has(revision.arn)) continue;
    const described = await describe.one(revision);
    // Where AWS tells no date, nothing is known of the younger ones.
    if (!described?.deregisteredAt) continue;
    turn.notDueInARow = turn.deletable(described) ? 0 : turn.notDueInARow + 1;
    if (turn.notDueInARow > 0) continue;
    // Every service deletes with its own role, so a call of its own begins with its every tenth revision.
    if (turn.found % DELETE_AT_ONCE === 0) deletions += 1;
    turn.found += 1;
  }
}

interface Describer extends Dates {
  /** `undefined` where it vanished or cannot be read. */
  one(revision: Revision): Promise<Revision | undefined>;
  /** Nothing more can be described in this run. */
  stopped: boolean;
}

function describer({ client, calls }: DatesOptions): Describer {
  const described = new Map<string, Revision>();
  const gaps: Gap[] = [];
  const self: Describer = { described, gaps, one, stopped: false };

  async function one(revision: Revision): Promise<Revision | undefined> {
    if (self.stopped) return undefined;
    try {
      const found = await describeRevision(client, calls, revision);
      if (found) described.set(found.arn, found);
      return found;
    } catch (error) {
      const kind = kindOf((error as ReadError).cause);
      // Denied here is denied for every revision; what AWS refuses otherwise is about this one alone.
      const scope = kind === "denied" ? { kind: "account" as const } : { kind: "item" as const, name: revision.arn };
      gaps.push(gapOf(error, "revisions", scope));
      self.stopped = kind !== "refused" || (error as ReadError).cause instanceof CutOffError;
      return undefined;
    }
  }

  return self;
}
