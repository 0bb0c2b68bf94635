import { REMOVAL_OPERATIONS } from "../aws/apply-revisions";
import { recordRemovals } from "../retention/ledger";
import { STORE } from "../retention/store-layout";
import type { Millis, Removal } from "../retention/types";
import { BATCH_GUARDS, type BatchContext, type Stop } from "./guards";
import { type Call, nextCalls, type Part, postpone } from "./parts";
import { type RemovalOptions, type Removed, removeBatch } from "./removal";
import { stopOf } from "./store/control";
import { type Batch, batchKey, writeIntent, writeOutcomes } from "./store/journal";
import type { Lease } from "./store/lease";
import type { Ledgers } from "./store/ledgers";

export interface BatchOptions extends RemovalOptions {
  runId: string;
  lease: Lease;
  ledgers: Ledgers;
  /** A number for each batch of the run. */
  next(): number;
  /** Told why nothing is removed for anybody. */
  onStopped(why: string): void;
}

/**
 * Removes what the parts wait for, batch by batch, for as long as the read of references holds. In this order: is it
 * stopped, did registrations change, renew the lease, intent, removals, ledgers, outcomes. Killed between any two of
 * them, the next run completes the batch.
 *
 * @returns Why nothing more is removed in this run, where that is so.
 * @throws LeaseLostError, StoreConflictError where somebody else may write by now; ReadError where the store fails.
 */
export async function removeInBatches(parts: Part[], options: BatchOptions): Promise<Removed["stop"]> {
  const { clock, removeUntil } = options;
  while (clock.now() < removeUntil && parts.some(({ waiting }) => waiting.size > 0)) {
    await askBatchGuards(parts, options);
    const queues = nextCalls(parts, callsUntil(options));
    if (queues.deregister.length + queues.delete.length === 0) return undefined;
    const { stop, late } = await oneBatch(queues, options);
    if (stop || late) return stop;
  }
  return undefined;
}

async function askBatchGuards(parts: Part[], options: BatchOptions): Promise<void> {
  const { store, clock, lease, ledgers, onStopped } = options;
  if (!lease.holds()) await lease.renew();
  const stop = await stopOf(store);
  const etags = new Map((await store.list(STORE.policies)).map(({ key, etag }) => [key, etag]));
  if (stop !== undefined) onStopped(stop);
  for (const part of parts) {
    const { key, etag: read } = part.registration;
    const etag = { read, now: etags.get(key) };
    const now = clock.now();
    const waiting = part.waiting.size;
    const context = { now, lease, policy: part.policy, stop, etag, ledger: ledgers.of(key), waiting };
    for (const { by, cause, allowed } of stopsOf(context)) postpone(part, by, cause, now, allowed);
  }
}

function stopsOf(context: BatchContext): Stop[] {
  return BATCH_GUARDS.flatMap((guard) => guard.stops(context) ?? []);
}

/** How many calls of each kind there is time for: an intent names what may be removed, not the whole backlog. */
function callsUntil({ calls, clock, removeUntil }: BatchOptions): Record<Removal, number> {
  const most = (action: Removal) =>
    1 + Math.floor((removeUntil - clock.now()) / calls.pace.interval(REMOVAL_OPERATIONS[action]));
  return { deregister: most("deregister"), delete: most("delete") };
}

async function oneBatch(queues: Record<Removal, Call[]>, options: BatchOptions): Promise<Removed> {
  const { store, lease, ledgers, facts, clock, runId } = options;
  const at = clock.now();
  const key = batchKey(options, lease.number, options.next(), at);
  await lease.renew(key);
  const batch: Batch = { version: 1, runId, lease: lease.number, at, intents: intentsOf(queues) };
  const etag = await writeIntent(store, key, batch);

  const removed = await removeBatch(queues, options);

  // By its end: counted from its beginning, the first would leave the 24 hours before the last is that old.
  const endedAt = clock.now();
  for (const [{ registration }, count] of removed.counts) {
    ledgers.set(registration.key, recordRemovals(ledgers.of(registration.key), { batch: key, at: endedAt, count }));
  }
  await ledgers.save([...removed.counts.keys()].map(({ registration }) => registration.key));
  await facts.save();
  await writeOutcomes(store, key, { ...batch, ...endOf(batch, removed, endedAt) }, etag);
  return removed;
}

function intentsOf(queues: Record<Removal, Call[]>): Batch["intents"] {
  const calls = [...queues.deregister, ...queues.delete];
  return [...Map.groupBy(calls, ({ part }) => part)].flatMap(([{ registration }, own]) =>
    [...Map.groupBy(own, ({ action }) => action)].map(([action, same]) => ({
      registration: registration.key,
      action,
      subjects: same.flatMap(({ subjects }) => subjects.map(({ arn }) => arn)),
    })),
  );
}

/** What was not tried is postponed, whatever becomes of it in the next batch. */
function endOf(
  { intents }: Batch,
  { outcomes, stop }: Removed,
  endedAt: Millis,
): Required<Pick<Batch, "outcomes" | "endedAt">> {
  const tried = new Set(outcomes.map(({ subject }) => subject));
  const { by: postponedBy, cause } = stop ?? { by: "time" as const, cause: "not tried in this batch" };
  const untried = intents.flatMap(({ action, subjects }) =>
    subjects
      .filter((subject) => !tried.has(subject))
      .map((subject) => ({ subject, action, result: "postponed" as const, at: endedAt, cause, postponedBy })),
  );
  return { outcomes: [...outcomes, ...untried], endedAt };
}
