import type { Connect } from "../aws/clients";
import { calls } from "../aws/retry";
import { s3Store } from "../aws/s3-store";
import type { Clock, Millis, Report } from "../retention/types";
import { assumeCleanupRole } from "./assume";
import { type LoadedRegistration, loadRegistrations } from "./registrations";
import { run } from "./run";
import { failedAfter, loadState, saveState } from "./state";

export interface StoredRunOptions {
  connect: Connect;
  clock: Clock;
  /** Name of the store's bucket. */
  bucket: string;
  account: string;
  region: string;
  /** Names the run, its report and the sessions it opens. */
  runId: string;
  deadline: Millis;
  /** Names or registration keys. @default all */
  services?: string[];
  /** `report`: plan only. @default as each policy says */
  mode?: "report";
  /** Told the report before it is written: what was done must show also where the store refuses it. */
  onReport?(report: Report): void;
}

/**
 * The run of the deployed function: registrations from the store, each service's own cleanup role, and the report and
 * what the next run should know back into the store.
 *
 * @returns The report, and its key `reports/<yyyy-mm-dd>/<runId>.json`.
 * @throws Error where the store cannot be read or written, or `services` names one that is not registered.
 */
export async function storedRun(options: StoredRunOptions): Promise<{ report: Report; key: string }> {
  const { connect, clock, bucket, account, region, runId, deadline } = options;
  const stored = calls(clock, deadline);
  const store = s3Store(connect.s3(), bucket, stored);
  const registrations = await loadRegistrations(store);
  checkNames(options.services ?? [], registrations);
  const state = await loadState(store, account, region);
  const report = await run({
    ...options,
    registrations,
    failedBefore: state.failed,
    removerFor: assumeCleanupRole(connect, runId),
  });
  report.calls = { ...report.calls, ...stored.counts };
  options.onReport?.(report);
  const key = `reports/${new Date(report.startedAt).toISOString().slice(0, 10)}/${runId}.json`;
  await store.put(key, JSON.stringify(report), "any");
  if (report.mode !== "report") await saveState(store, state, failedAfter(report, state.failed));
  return { report, key };
}

/** A name that nobody has is a mistake, and would otherwise look like a service with nothing to remove. */
function checkNames(services: string[], registrations: LoadedRegistration[]): void {
  const names = registrations.flatMap((loaded) => [
    loaded.key,
    "registration" in loaded ? loaded.registration.policy.service : loaded.key,
  ]);
  const unknown = services.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new Error(`services: got "${unknown}", expected one of ${names.join(", ")}; correct it or deploy it`);
  }
}
