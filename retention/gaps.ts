import { endOfDay, IGNORABLE_SOURCES } from "./settings";
import type { AcknowledgedGap, Gap, IgnoredSource, Millis } from "./types";

/** The same gaps in the same places; an acknowledged one says so, until the end of its day, and blocks nothing. */
export function withAcknowledgements(gaps: Gap[], acknowledged: readonly AcknowledgedGap[], now: Millis): Gap[] {
  const open = acknowledged.filter(({ until }) => (endOfDay(until) ?? 0) > now);
  const byId = new Map(open.map(({ id, reason, until }) => [id, { reason, until }]));
  return gaps.map((gap) => {
    const by = byId.get(gap.id);
    if (!by) return gap;
    if (isAcknowledgeable(gap)) return { ...gap, acknowledged: by };
    return { ...gap, remedy: `${gap.remedy}; acknowledging it has no effect: nobody can answer for all that runs` };
  });
}

/** What may not be left out by name may not be acknowledged away as a whole either; revisions not even in part. */
function isAcknowledgeable({ source, scope, cause }: Gap): boolean {
  if (source === "revisions") return false;
  return scope.kind !== "account" || cause === "implausible" || IGNORABLE_SOURCES.some((each) => each === source);
}

/** One gap for each source that somebody left out by name. They block nothing and stand in every report. */
export function leftOutGaps(ignored: readonly IgnoredSource[]): Gap[] {
  return ignored.map(({ source, reason }) => ({
    id: `left-out-${source}`,
    source,
    scope: { kind: "none" },
    cause: "left-out",
    detail: reason,
    remedy: "remove it from ignoredSources",
  }));
}
