import type { Connect } from "../aws/clients";
import { calls } from "../aws/retry";
import { s3Store } from "../aws/s3-store";
import type { Settings } from "../retention/settings";
import type { Clock, Millis, Report } from "../retention/types";
import { assumeCleanupRole } from "./assume";
import type { RunResult } from "./options";
import { isGood, type LoadedRegistration, loadRegistrations } from "./registrations";
import { run } from "./run";
import { loadState } from "./store/account-state";

export interface StoredRunOptions {
  connect: Connect;
  clock: Clock;
  /** Name of the store's bucket. */
  bucket: string;
  account: string;
  region: string;
  /** Names the run, its report and the sessions it opens. */
  runId: string;
  settings: Settings;
  deadline: Millis;
  /** Names or registration keys. @default all */
  services?: string[];
  /** `report`: plan only. @default as each policy says */
  mode?: "report";
  /** Run only where the last run left something for lack of time or for the sake of others. @default false */
  continue?: boolean;
  /** Told the report before it is written: what was done must show also where the store refuses it. */
  onReport?(report: Report): void;
}

/** `idle`: there was nothing to continue. */
export type StoredRunResult =
  | (RunResult & { idle?: undefined })
  | { idle: true; report?: undefined; key?: undefined; held?: undefined };

/**
 * The run of the deployed function: registrations from the store, each service's own cleanup role, and the report and
 * what the next run should know back into the store.
 *
 * @throws Error where the store cannot be read or written, or `services` names one that is not registered.
 */
export async function storedRun(options: StoredRunOptions): Promise<StoredRunResult> {
  const { connect, clock, bucket, account, region, runId, deadline } = options;
  const stored = calls(clock, deadline);
  const store = s3Store(connect.s3(), bucket, stored);
  if (options.continue && !(await loadState(store, account, region)).state.pending) return { idle: true };
  const registrations = await loadRegistrations(store);
  checkNames(options.services ?? [], registrations);
  return run({
    ...options,
    ...{ registrations, store, storeName: `s3://${bucket}`, remembers: true, counts: stored.counts },
    removerFor: assumeCleanupRole(connect, runId),
  });
}

/** A name that nobody has is a mistake, and would otherwise look like a service with nothing to remove. */
function checkNames(services: string[], registrations: LoadedRegistration[]): void {
  const names = registrations.flatMap((loaded) => [
    loaded.key,
    isGood(loaded) ? loaded.registration.policy.service : loaded.key,
  ]);
  const unknown = services.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new Error(`services: got "${unknown}", expected one of ${names.join(", ")}; correct it or deploy it`);
  }
}
