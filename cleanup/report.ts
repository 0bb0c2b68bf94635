import { dayOf } from "../retention/dates";
import { parseDuration } from "../retention/duration";
import { backlogEnds } from "../retention/limits";
import { STORE } from "../retention/store-layout";
import type { Millis, Problem, Report, ServiceReport } from "../retention/types";
import { isGood, type LoadedRegistration } from "./registrations";
import type { Ledgers } from "./store/ledgers";

/** A report for each service, by registration's key, with what is wrong with it from the start. */
export function serviceReports(
  registrations: LoadedRegistration[],
  contested: ReadonlyMap<string, Problem>,
): Map<string, ServiceReport> {
  return new Map(
    registrations.map((loaded) => {
      const { key } = loaded;
      const claim = contested.get(key);
      const problems = [...(isGood(loaded) ? [] : loaded.problems), ...(claim ? [claim] : [])];
      const service = isGood(loaded) ? loaded.registration.policy.service : (loaded.claim?.family ?? key);
      return [key, { registration: key, service, outcomes: [], problems, notes: notesOf(loaded) }];
    }),
  );
}

function notesOf(loaded: LoadedRegistration): string[] {
  if (!isGood(loaded)) return [];
  const { ignoredSources } = loaded.registration.policy;
  return ignoredSources.map(({ source, reason }) => `its policy leaves ${source} out: ${reason}`);
}

/** Says for each service that has a backlog beyond its limit when that is gone. */
export function foretell(
  services: ReadonlyMap<string, ServiceReport>,
  registrations: LoadedRegistration[],
  ledgers: Ledgers,
  now: Millis,
): void {
  for (const { key, registration } of registrations.filter(isGood)) {
    const service = services.get(key);
    const beyond = service?.outcomes.filter(({ postponedBy }) => postponedBy === "limit") ?? [];
    if (!service || beyond.length === 0) continue;
    const { limits, taskDefinitions } = registration.policy;
    service.backlogEnds = backlogEnds({
      postponed: beyond.length,
      deregistrations: beyond.filter(({ action }) => action === "deregister").length,
      maxRemovals: limits.maxRemovals,
      deleteAfter: parseDuration(taskDefinitions.deleteAfter) as Millis,
      ledger: ledgers.of(key),
      now,
    });
  }
}

/** `reports/<yyyy-mm-dd>/<run>.json` */
export function reportKey({ runId, startedAt }: Pick<Report, "runId" | "startedAt">): string {
  return `${STORE.reports}${dayOf(startedAt)}/${runId}.json`;
}
