import { type Claim, readOnce, type WrittenPolicy } from "./claims";
import type { Observer, Removal } from "./observer";
import { HOUR } from "./tolerances";

/** A removal, judged by one state of the registrations that its run may have read. */
export interface Case {
  removal: Removal;
  seen: Observer;
  all: Claim[];
  mine: Claim;
  policy: WrittenPolicy;
  /** No rule that keeps by count or age shields it. */
  exposed: boolean;
}

export interface SafetyRule {
  id: string;
  /** Says what is wrong, or nothing. */
  broken(given: Case): string | false | undefined;
}

export const ignores = ({ ignoredSources }: WrittenPolicy, source: string) =>
  ignoredSources.some((each) => each.source === source);

/** What needs a revision that one test picks, for longer than the tolerance says. */
export function needs(
  { seen, policy }: Case,
  about: (revision: string) => boolean,
  tolerance: number,
): string | undefined {
  for (const [key, { source, revision, since }] of seen.needed) {
    if (about(revision) && !ignores(policy, source) && since <= seen.now - tolerance) {
      return `needed for ${minutes(seen.now - since)} by ${key}`;
    }
  }
  return undefined;
}

const minutes = (ms: number) => `${(ms / 60_000).toFixed(1)} min`;
export const hours = (ms: number) => `${(ms / HOUR).toFixed(1)} h`;

/** When the ledger of a registration was last damaged: what it knew is lost then. */
export const forgottenAt = ({ meddled, scope }: Observer, key: string) =>
  meddled.get(`ledger/${scope.account}-${scope.region}/${key}`) ?? 0;

/** Whether a run must have read a registration between two moments, and still knows it. */
export function noticed({ undisturbed, meddled, scope }: Observer, from: number, to: number): boolean {
  const forgotten = meddled.get(`state/${scope.account}-${scope.region}.json`) ?? 0;
  return undisturbed.some((run) => run.from > from && run.from > forgotten && run.to <= to);
}

export function remembers({ key }: Claim, seen: Observer): boolean {
  const versions = seen.bucket.objects.get(key) ?? [];
  const good = versions.findLast((each) => !each.deleteMarker && readOnce(key, each).policy);
  return good !== undefined && noticed(seen, good.at, versions.at(-1)?.at ?? 0);
}

export function isExposed({ found }: Removal, { taskDefinitions }: WrittenPolicy): boolean {
  const asked = taskDefinitions.plaintextSecrets === "remove-when-unreferenced";
  return asked && JSON.stringify(found.definition.containerDefinitions).includes("PRIVATE KEY");
}
