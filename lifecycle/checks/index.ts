import { type AcceptedFinding, withReasons } from "../../retention/findings";
import type { LifecyclePolicy } from "../types";
import { archiveMinimum } from "./archive-minimum";
import { ageInUse, countInUse, pullTimeInUse } from "./blind-rules";
import type { LifecycleCheck, LifecycleFinding, RepositoryContext } from "./check";
import { everyEntry } from "./every-entry";
import { matchesNoImage } from "./matches-no-image";
import { neverMatches } from "./never-matches";
import { shadowed } from "./shadowed";
import { sharedCount } from "./shared-count";
import { countsShielded, protectsNothing } from "./shields";
import { signaturesExpire } from "./signatures-expire";
import { untaggedInUse } from "./untagged-in-use";

/** What is asked of every policy that AWS would accept: first what may take an image in use. */
export const LIFECYCLE_CHECKS: readonly LifecycleCheck[] = [
  untaggedInUse,
  countInUse,
  ageInUse,
  pullTimeInUse,
  sharedCount,
  signaturesExpire,
  neverMatches,
  shadowed,
  everyEntry,
  protectsNothing,
  countsShielded,
  archiveMinimum,
  matchesNoImage,
];

/** What an accepted finding can name. */
export const CHECK_IDS: readonly string[] = LIFECYCLE_CHECKS.map(({ id }) => id);

/** Everything that the checks find, by rule, and for one rule in the order of the checks. */
export function findingsOf(
  policy: LifecyclePolicy,
  context: RepositoryContext,
  accepted: readonly AcceptedFinding[],
): LifecycleFinding[] {
  const findings = LIFECYCLE_CHECKS.flatMap(({ id, kind, why, fix, link, find }) =>
    find(policy, context).map(({ rule, what }) => ({ id, kind, rule, what, why, fix, link })),
  );
  return withReasons(findings, accepted).sort((one, other) => one.rule - other.rule);
}
