import { newLedger, readLedger } from "../../retention/ledger";
import { STORE } from "../../retention/store-layout";
import type { Ledger, Millis, Store } from "../../retention/types";
import { writeOwned } from "./owned";

/** What is remembered of each registration. */
export interface Ledgers {
  /** One that begins now where there was none. One that was not loaded is none of this run's, and never written. */
  of(registration: string): Ledger;
  /** Why it was started anew. */
  note(registration: string): string | undefined;
  set(registration: string, ledger: Ledger): void;
  /**
   * Writes those that changed.
   *
   * @param registrations @default all
   * @throws StoreConflictError where somebody else wrote one since it was loaded.
   */
  save(registrations?: Iterable<string>): Promise<void>;
}

interface Kept {
  ledger: Ledger;
  note?: string;
  etag: string | "absent";
  /** As it lies in the store, or as loaded where it must be started anew. */
  saved: string;
}

/** One GET for each registration; `save` puts each that changed. */
export async function loadLedgers(
  store: Store,
  run: { account: string; region: string; runId: string },
  registrations: Iterable<string>,
  now: Millis,
): Promise<Ledgers> {
  const kept = new Map<string, Kept>();
  for (const registration of registrations) {
    const object = await store.get(ledgerKey(run, registration));
    const read = readLedger(object?.body, now);
    const saved = object && read.note === undefined ? JSON.stringify(read.ledger) : "";
    kept.set(registration, { ...read, etag: object?.etag ?? "absent", saved });
  }
  return {
    of: (registration) => kept.get(registration)?.ledger ?? newLedger(now),
    note: (registration) => kept.get(registration)?.note,
    set(registration, ledger) {
      const each = kept.get(registration);
      if (each) each.ledger = ledger;
    },
    async save(registrations = kept.keys()) {
      for (const registration of registrations) {
        const each = kept.get(registration);
        const body = JSON.stringify(each?.ledger);
        if (!each || body === each.saved) continue;
        each.etag = await writeOwned(store, ledgerKey(run, registration), each.ledger, each.etag, run.runId);
        each.saved = body;
      }
    },
  };
}

/** A policy's file, wherever it lies, is one name below the account. */
function ledgerKey({ account, region }: { account: string; region: string }, registration: string): string {
  const name = registration.startsWith(STORE.policies) ? registration : encodeURIComponent(registration);
  return `${STORE.ledger}${account}-${region}/${name}`;
}
