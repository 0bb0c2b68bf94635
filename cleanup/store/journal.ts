import { dayOf } from "../../retention/dates";
import { STORE } from "../../retention/store-layout";
import type { Millis, Outcome, Removal, Store } from "../../retention/types";
import { writeOwned } from "./owned";

/** What a batch of removals set out to do, and what became of it. Two PUTs a batch. */
export interface Batch {
  version: 1;
  runId: string;
  /** Number of the lease under which it was opened. */
  lease: number;
  at: Millis;
  /** ARNs by registration. */
  intents: { registration: string; action: Removal; subjects: string[] }[];
  /** Absent: the run is in the batch, or was killed in it. */
  outcomes?: Outcome[];
  endedAt?: Millis;
}

/** `unreadable`: nobody can say what it set out to do. */
export type StoredBatch = { batch: Batch; etag: string } | { batch?: undefined; unreadable: string };

/** @param nth Which batch of the run it is. With the lease's number no two batches share a key, even of one run id. */
export function batchKey(
  { account, region, runId }: { account: string; region: string; runId: string },
  lease: number,
  nth: number,
  at: Millis,
): string {
  return `${STORE.journal}${account}-${region}/${dayOf(at)}/${runId}-${lease}-${nth}.json`;
}

/** Before the first removal of the batch. @returns The etag that the outcomes need. */
export function writeIntent(store: Store, key: string, batch: Batch): Promise<string> {
  return writeOwned(store, key, batch, "absent", batch.runId);
}

/**
 * After the last removal, and after the ledgers that count them: a batch with outcomes is done with.
 *
 * @throws StoreConflictError where somebody else settled the batch.
 */
export async function writeOutcomes(
  store: Store,
  key: string,
  batch: Batch & Required<Pick<Batch, "outcomes" | "endedAt">>,
  etag: string,
): Promise<void> {
  await writeOwned(store, key, batch, etag, batch.runId);
}

/** @returns `undefined` where its run was killed before it wrote an intent, and removed nothing. */
export async function readBatch(store: Store, key: string): Promise<StoredBatch | undefined> {
  const object = await store.get(key);
  if (!object) return undefined;
  const batch = parseBatch(object.body);
  return batch
    ? { batch, etag: object.etag }
    : { unreadable: `${key}: cannot be read; what its run removed is not known` };
}

function parseBatch(body: string): Batch | undefined {
  try {
    const batch = JSON.parse(body) as Partial<Batch>;
    const sound = batch.intents?.every(
      ({ registration, action, subjects }) =>
        typeof registration === "string" &&
        (action === "deregister" || action === "delete") &&
        subjects.every((subject) => typeof subject === "string"),
    );
    return batch.version === 1 && sound ? (batch as Batch) : undefined;
  } catch {
    return undefined;
  }
}
