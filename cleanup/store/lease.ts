import { StoreConflictError } from "../../aws/errors";
import { STORE } from "../../retention/store-layout";
import type { Clock, Millis, Store } from "../../retention/types";
import { writeOwned } from "./owned";

/** After this a lease that was not released may be taken. */
const TTL: Millis = 10 * 60_000;

/**
 * A holder does not rely on the end of its lease, so that clocks which differ by almost 5 minutes never make two holders.
 * What is left outlasts the removals of a batch.
 */
const MARGIN: Millis = 5 * 60_000;

/** Somebody else holds the lease now: whoever gets this must not write or remove any more. */
export class LeaseLostError extends Error {
  override name = "LeaseLostError";
}

/** `lease/<account>-<region>.json` */
interface LeaseObject {
  version: 1;
  /** One more with each holder. */
  number: number;
  runId: string;
  /** By the holder's clock; 0: released. */
  expiresAt: Millis;
  /** Key in the journal of the batch that was opened last: whoever holds the lease next sees whether it has outcomes. */
  batch?: string;
}

/** The right to write and to remove in one account and Region. */
export interface Lease {
  number: number;
  /** Key in the journal of the last batch, which may lack its outcomes. The lease names it until another is opened. */
  unsettled?: string;
  /** Writes only while the lease is held, and renews it where that is not sure any more: throws LeaseLostError. */
  store: Store;
  /**
   * Holds it for 10 minutes from now, also where it expired and nobody took it.
   *
   * @param batch Key in the journal of the batch that is about to open.
   * @throws LeaseLostError
   */
  renew(batch?: string): Promise<void>;
  /** Whether certainly nobody else holds it: to be asked before each removal. True for 5 minutes after `renew`. */
  holds(): boolean;
  /** Lets the next run take it at once; where that fails, it expires by itself. */
  release(): Promise<void>;
}

export type TakenLease =
  | { lease: Lease; held?: undefined }
  | { held: { runId: string; until: Millis }; lease?: undefined };

/**
 * Takes the lease where nobody holds it. One GET and one PUT, one PUT more for each batch and one to release it.
 *
 * One that cannot be read, or that ends later than any clock may say, still has a holder perhaps: it is replaced by
 * nobody's, which ends in 10 minutes, and counts as held until then.
 *
 * @throws Error where a newer version wrote it.
 */
export async function takeLease(
  store: Store,
  { account, region, runId, clock }: { account: string; region: string; runId: string; clock: Clock },
): Promise<TakenLease> {
  const key = `${STORE.lease}${account}-${region}.json`;
  const object = await store.get(key);
  const found = object ? readLease(object.body, key) : undefined;
  const now = clock.now();
  const sound = found && found.expiresAt <= now + TTL + MARGIN;
  if (sound && found.expiresAt > now) return heldBy(found);
  const nobodys = object && !sound;
  const { number = 0, batch } = found ?? {};
  const current: LeaseObject = {
    version: 1,
    number: number + 1,
    runId: nobodys ? `nobody: ${runId} found a lease that cannot be right` : runId,
    expiresAt: now + TTL,
    batch,
  };
  let etag: string;
  try {
    etag = await writeOwned(store, key, current, object?.etag ?? "absent", runId);
  } catch (error) {
    if (!(error instanceof StoreConflictError)) throw error;
    // Whoever was faster than this run just began to hold it.
    return heldBy({ ...current, runId: "a run that began at the same time" });
  }
  return nobodys ? heldBy(current) : { lease: hold(store, key, current, etag, clock) };
}

function heldBy({ runId, expiresAt }: LeaseObject): TakenLease {
  return { held: { runId, until: expiresAt } };
}

function hold(store: Store, key: string, taken: LeaseObject, firstEtag: string, clock: Clock): Lease {
  let current = taken;
  let etag = firstEtag;
  let lost = false;
  let last = Promise.resolve();

  /** One after the other: two writes on one etag would look as if somebody else had taken it. */
  function write(change: Partial<LeaseObject>): Promise<void> {
    last = last
      .catch(() => {})
      .then(async () => {
        try {
          if (lost) throw new StoreConflictError(key);
          const next = { ...current, ...change };
          etag = await writeOwned(store, key, next, etag, next.runId);
          current = next;
        } catch (error) {
          if (!(error instanceof StoreConflictError)) throw error;
          lost = true;
          throw new LeaseLostError(`${key}: this run let it go, or took so long that another one has it; it stops`, {
            cause: error,
          });
        }
      });
    return last;
  }

  const holds = () => !lost && clock.now() < current.expiresAt - MARGIN;
  const renew = (batch?: string) => write({ expiresAt: clock.now() + TTL, ...(batch !== undefined && { batch }) });

  return {
    number: taken.number,
    unsettled: taken.batch,
    store: {
      get: (key) => store.get(key),
      list: (prefix) => store.list(prefix),
      async put(key, body, ifMatch) {
        if (!holds()) await renew();
        return store.put(key, body, ifMatch);
      },
    },
    renew,
    holds,
    // Not the moment of now: the next run's clock may be behind.
    async release() {
      await write({ expiresAt: 0 }).catch(() => {});
      lost = true;
    },
  };
}

function readLease(body: string, key: string): LeaseObject | undefined {
  let lease: Partial<LeaseObject> | null;
  try {
    lease = JSON.parse(body);
  } catch {
    return undefined;
  }
  const { version, number, runId, expiresAt, batch } = lease ?? {};
  if (Number(version) > 1) {
    throw new Error(`${key}: got version ${version}, expected 1; update this ecs-retention to the one that wrote it`);
  }
  const sound =
    version === 1 &&
    Number.isSafeInteger(number) &&
    typeof runId === "string" &&
    Number.isFinite(expiresAt) &&
    (batch === undefined || typeof batch === "string");
  return sound ? (lease as LeaseObject) : undefined;
}
