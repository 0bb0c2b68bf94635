import { parseRevisionArn } from "../aws/arn";
import { StoreConflictError } from "../aws/errors";
import { matchesFamily } from "../retention/families";
import { recordRemovals } from "../retention/ledger";
import type { Gap, Millis, Outcome, Revision, Store } from "../retention/types";
import type { GoodRegistration } from "./registrations";
import { type Batch, readBatch, writeOutcomes } from "./store/journal";
import type { Ledgers } from "./store/ledgers";

/** `gone`: AWS does not list it any more; `unknown`: it was not read. */
type Status = Revision["status"] | "gone" | "unknown";

export interface SettleOptions {
  store: Store;
  ledgers: Ledgers;
  /** As just listed, with what could not be. */
  revisions: Revision[];
  gaps: Gap[];
  /** Whose families were listed. */
  sound: GoodRegistration[];
  now: Millis;
}

/**
 * Completes the batch that a killed run left open: its outcomes as AWS shows them now, its removals in the ledgers. Done
 * again, it changes nothing.
 *
 * @param key In the journal. Undefined: there never was a batch.
 * @returns By registration, what people should know.
 */
export async function settleBatch(
  key: string | undefined,
  options: SettleOptions,
): Promise<ReadonlyMap<string, string>> {
  const { store, ledgers, now } = options;
  const notes = new Map<string, string>();
  if (key === undefined) return notes;
  const stored = await readBatch(store, key);
  if (!stored || stored.batch?.outcomes) return notes;
  if (!stored.batch) return new Map(options.sound.map((each) => [each.key, stored.unreadable]));
  const { batch, etag } = stored;
  const statusOf = statuses(options);
  const outcomes = outcomesNow(batch, statusOf, now);
  // What nobody knows counts against the limit.
  const counts = new Set(
    outcomes
      .filter(({ subject, result }) => result === "done" || statusOf(subject) === "unknown")
      .map((one) => one.subject),
  );
  for (const [registration, intents] of Map.groupBy(batch.intents, (intent) => intent.registration)) {
    const count = intents.flatMap(({ subjects }) => subjects).filter((subject) => counts.has(subject)).length;
    ledgers.set(registration, recordRemovals(ledgers.of(registration), { batch: key, at: now, count }));
    notes.set(registration, `run ${batch.runId} was interrupted after ${count} removals: see ${key}`);
  }
  await ledgers.save(notes.keys());
  try {
    await writeOutcomes(store, key, { ...batch, outcomes, endedAt: now }, etag);
  } catch (error) {
    // It was not killed after all, only slow, and has just written them itself.
    if (!(error instanceof StoreConflictError)) throw error;
  }
  return notes;
}

/** What became of a batch whose run was killed, as AWS shows it now: done where the status moved on, else failed. */
export function outcomesNow(
  { intents }: Pick<Batch, "intents">,
  statusOf: (arn: string) => Status,
  now: Millis,
): Outcome[] {
  return intents.flatMap(({ action, subjects }) =>
    subjects.map((subject): Outcome => {
      const status = statusOf(subject);
      const undone = status === "ACTIVE" || (status === "INACTIVE" && action === "delete");
      if (status !== "unknown" && !undone) return { subject, action, result: "done", at: now };
      const cause = `interrupted: ${undone ? "not done" : "not known whether done"}`;
      return { subject, action, result: "failed", at: now, cause };
    }),
  );
}

function statuses({ revisions, gaps, sound }: SettleOptions): (arn: string) => Status {
  const listed = new Map(revisions.map(({ arn, status }) => [arn, status]));
  const unread = gaps.filter(({ source }) => source === "revisions").map(({ scope }) => scope);
  const isComplete = (family: string) =>
    sound.some(({ registration }) => matchesFamily(registration.policy, family)) &&
    !unread.some((scope) => scope.kind === "account" || (scope.kind === "family" && scope.name === family));
  return (arn) => {
    const family = parseRevisionArn(arn)?.family;
    return listed.get(arn) ?? (family !== undefined && isComplete(family) ? "gone" : "unknown");
  };
}
