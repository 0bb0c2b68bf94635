import assert from "node:assert/strict";
import { loadState, saveState } from "../../cleanup/account-state";
import { openFacts } from "../../cleanup/facts";
import { type Batch, batchKey, readBatch, settle, writeIntent, writeOutcomes } from "../../cleanup/journal";
import { type Lease, LeaseLostError, takeLease } from "../../cleanup/lease";
import { type Ledgers, loadLedgers } from "../../cleanup/ledgers";
import { recordRemovals } from "../../retention/ledger";
import type { Clock, Outcome, Removal, Revision, Store } from "../../retention/types";
import { PLACE } from "../aws/stored";

const FAMILIES = ["basket", "checkout"];
const keyOf = (family: string) => `policies/${family}.json`;
const arnOf = (family: string, number: number) =>
  `arn:aws:ecs:${PLACE.region}:${PLACE.account}:task-definition/${family}:${number}`;

/** What runs share: the time, and four revisions of each family that are to be deregistered. */
export interface Shared {
  clock: Clock;
  revisions: Revision[];
  /** ARNs, in the order in which they went. */
  removed: string[];
}

export function shared(clock: Clock): Shared {
  const revisions = FAMILIES.flatMap((family) =>
    [1, 2, 3, 4].map((revision) => ({ arn: arnOf(family, revision), family, revision, status: "ACTIVE" as const })),
  );
  return { clock, revisions, removed: [] };
}

/** A run, as far as the store goes: deregisters two of each family in each of two batches, and writes between any two. */
export async function smallRun(shared: Shared, store: Store, runId: string): Promise<string> {
  const { lease, held } = await takeLease(store, { ...PLACE, runId, clock: shared.clock });
  if (!lease) return `held by ${held.runId}`;
  await work(shared, lease, runId);
  await lease.release();
  return "done";
}

async function work({ clock, revisions, removed }: Shared, lease: Lease, runId: string): Promise<void> {
  const { store } = lease;
  const run = { ...PLACE, runId };
  const loaded = await loadState(store, PLACE.account, PLACE.region);
  const ledgers = await loadLedgers(store, run, FAMILIES.map(keyOf), clock.now());
  const facts = await openFacts(store, PLACE.account, PLACE.region);
  if (lease.unsettled !== undefined) await complete(lease.unsettled, { clock, revisions }, store, ledgers);
  for (const { family, revision } of revisions) facts.add({ revision: `${family}:${revision}`, plaintextSecrets: [] });
  await facts.save();
  for (let nth = 1; nth <= 2; nth++) {
    const chosen = FAMILIES.map((family) => ({
      family,
      revisions: revisions.filter((each) => each.family === family && each.status === "ACTIVE").slice(0, 2),
    }));
    const key = batchKey(run, lease.number, nth, clock.now());
    const intents = chosen.map((each) => ({
      registration: keyOf(each.family),
      action: "deregister" as Removal,
      subjects: each.revisions.map(({ arn }) => arn),
    }));
    const batch: Batch = { version: 1, runId, lease: lease.number, at: clock.now(), intents };
    await lease.renew(key);
    const etag = await writeIntent(store, key, batch);
    const outcomes: Outcome[] = [];
    for (const each of chosen) {
      for (const revision of each.revisions) {
        // Stands for the archive: a kill may come between any two removals.
        await store.put(`archive/${revision.revision}`, "{}", "any");
        if (!lease.holds()) throw new LeaseLostError("asked before a removal");
        revision.status = "INACTIVE";
        removed.push(revision.arn);
        outcomes.push({ subject: revision.arn, action: "deregister", result: "done", at: clock.now() });
      }
      const counted = { batch: key, at: batch.at, count: each.revisions.length };
      ledgers.set(keyOf(each.family), recordRemovals(ledgers.of(keyOf(each.family)), counted));
    }
    await ledgers.save();
    await writeOutcomes(store, key, { ...batch, outcomes, endedAt: clock.now() }, etag);
  }
  await saveState(store, run, loaded, { ...loaded.state, pending: false, failed: ["saved"] });
}

async function complete(
  key: string,
  { clock, revisions }: Pick<Shared, "clock" | "revisions">,
  store: Store,
  ledgers: Ledgers,
): Promise<void> {
  const stored = await readBatch(store, key);
  if (!stored?.batch || stored.batch.outcomes) return;
  const { batch, etag } = stored;
  const statusOf = (arn: string) => revisions.find((each) => each.arn === arn)?.status ?? "gone";
  const outcomes = settle(batch, statusOf, clock.now());
  const done = new Set(outcomes.filter(({ result }) => result === "done").map(({ subject }) => subject));
  for (const { registration, subjects } of batch.intents) {
    const count = subjects.filter((subject) => done.has(subject)).length;
    ledgers.set(registration, recordRemovals(ledgers.of(registration), { batch: key, at: batch.at, count }));
  }
  await ledgers.save();
  await writeOutcomes(store, key, { ...batch, outcomes, endedAt: clock.now() }, etag);
}

/** What has to be the same however a run was disturbed. */
export async function outcomeOf({ clock, revisions, removed }: Shared, store: Store) {
  const ledgers = await loadLedgers(store, { ...PLACE, runId: "reader" }, FAMILIES.map(keyOf), clock.now());
  const facts = await openFacts(store, PLACE.account, PLACE.region);
  const done: string[] = [];
  for (const { key } of await store.list("journal/")) {
    const stored = await readBatch(store, key);
    assert.ok(stored?.batch);
    // An intent that came late, of a run that had lost its lease by then: it removed nothing.
    if (!stored.batch.outcomes && key.includes("/zombie-")) continue;
    assert.ok(stored.batch.outcomes, `${key} has no outcomes`);
    done.push(...stored.batch.outcomes.filter(({ result }) => result === "done").map(({ subject }) => subject));
  }
  const counts = FAMILIES.map((family) => ledgers.of(keyOf(family)).removed.map(({ count }) => count));
  return {
    left: revisions.filter(({ status }) => status === "ACTIVE").length,
    removed: removed.toSorted(),
    done: done.toSorted(),
    counted: counts.map((each) => each.reduce((sum, count) => sum + count, 0)),
    facts: revisions.filter(({ family, revision }) => facts.of(`${family}:${revision}`)).length,
    state: (await loadState(store, PLACE.account, PLACE.region)).state.failed,
  };
}
