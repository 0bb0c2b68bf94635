import type { Millis, Outcome, Reference, Revision, ServiceReport, Verdict } from "../retention/types";

/** A revision of a plan with what came of it. */
export interface Row {
  /** Its place in the plan. */
  at: number;
  verdict: Verdict<Revision>;
  outcome: Outcome | undefined;
}

/** Revisions of one verdict, reason and outcome, drawn as one row. */
export interface Group extends Pick<Verdict<Revision>, "action" | "because"> {
  /** `checkout:42, 3-41` */
  name: string;
  count: number;
  status: Revision["status"];
  /** The latest `until` of the group; that of `because` is the earliest. */
  until: Millis | undefined;
  outcome: Outcome | undefined;
}

const RANGES = 6;

export function rowsOf(service: ServiceReport): Row[] {
  const outcomes = new Map(service.outcomes.map((outcome) => [outcome.subject, outcome]));
  return (service.plan?.revisions ?? []).map((verdict, at) => ({
    at,
    verdict,
    outcome: outcomes.get(verdict.subject.arn),
  }));
}

/** `checkout:42, 3-41`: neighbours in the plan are one range. */
export function names(rows: Row[]): string {
  const ranges: { at: number; first: Revision; last: Revision }[] = [];
  for (const { at, verdict } of rows) {
    const { subject } = verdict;
    const range = ranges.at(-1);
    if (range?.at === at - 1 && range.last.family === subject.family) Object.assign(range, { at, last: subject });
    else ranges.push({ at, first: subject, last: subject });
  }
  const shown = ranges.slice(0, RANGES).map(({ first, last }, index) => {
    const numbers = first === last ? `${first.revision}` : `${last.revision}-${first.revision}`;
    return first.family === ranges[index - 1]?.first.family ? numbers : `${first.family}:${numbers}`;
  });
  const rest = ranges.length - shown.length;
  return `${shown.join(", ")}${rest > 0 ? ` and ${rest} more ranges` : ""}`;
}

type Detail = "all" | "cause" | "none";

/** The key of what must be equal for revisions to stand in one row. */
function reason({ verdict, outcome }: Row, detail: Detail): string {
  const { subject, action, because } = verdict;
  const parts: unknown[] = [subject.status, action, because.rule, outcome?.result, outcome?.postponedBy];
  if (detail !== "none") parts.push(outcome?.cause);
  if (detail === "all") parts.push(because.note, users(because.references), users(outcome?.references));
  return JSON.stringify(parts);
}

function users(references: Reference[] = []): string[] {
  return references.map(({ by }) => by).sort();
}

/** Those of all, each once. */
function merged(lists: (Reference[] | undefined)[]): Reference[] {
  return [...new Map(lists.flatMap((list) => (list ?? []).map((one) => [one.by, one] as const))).values()];
}

function group(rows: Row[]): Group {
  const { verdict, outcome } = rows[0] as Row;
  const reasons = rows.map((row) => row.verdict.because);
  const untils = reasons.flatMap(({ until }) => until ?? []).sort((a, b) => a - b);
  const { rule, note } = verdict.because;
  const { cause, ...happened } = outcome ?? {};
  return {
    name: names(rows),
    count: rows.length,
    status: verdict.subject.status,
    action: verdict.action,
    because: {
      rule,
      references: merged(reasons.map(({ references }) => references)),
      ...(untils[0] !== undefined && { until: untils[0] }),
      ...(note !== undefined && reasons.every((each) => each.note === note) && { note }),
    },
    until: untils.at(-1),
    outcome: outcome && {
      ...(happened as Outcome),
      ...(cause !== undefined && rows.every((row) => row.outcome?.cause === cause) && { cause }),
      references: merged(rows.map((row) => row.outcome?.references)),
    },
  };
}

/**
 * The rows of a service's table: neighbours of one verdict, reason and outcome stand together. Where that leaves more
 * than `most` rows, revisions of one reason stand together wherever they are.
 */
export function groupRevisions(service: ServiceReport, most: number): Group[] {
  const rows = rowsOf(service);
  let last: string | undefined;
  let run = 0;
  let grouped = Map.groupBy(rows, (row): unknown => {
    const key = reason(row, "all");
    if (key !== last) run++;
    last = key;
    return run;
  });
  for (const detail of ["cause", "none"] as const) {
    if (grouped.size > most) grouped = Map.groupBy(rows, (row) => reason(row, detail));
  }
  return [...grouped.values()].map(group);
}
