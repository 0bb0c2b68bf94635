import type { Gap, Millis, Outcome, Report, Revision, ServiceReport, Verdict } from "../retention/types";

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

interface Row {
  at: number;
  verdict: Verdict<Revision>;
  outcome: Outcome | undefined;
}

const RANGES = 6;

/** The key of what must be equal for revisions to stand in one row. */
function reason({ verdict, outcome }: Row, exact: boolean): string {
  const { subject, action, because } = verdict;
  const fine = exact ? [because.note, ...because.references.map((reference) => reference.by).sort()] : [];
  return JSON.stringify([subject.status, action, because.rule, outcome?.result, outcome?.cause, ...fine]);
}

function names(rows: Row[]): string {
  const ranges: { first: Row; last: Row }[] = [];
  for (const row of rows) {
    const range = ranges.at(-1);
    if (range && row.at === range.last.at + 1) range.last = row;
    else ranges.push({ first: row, last: row });
  }
  const number = (row: Row) => row.verdict.subject.revision;
  const shown = ranges
    .slice(0, RANGES)
    .map(({ first, last }) => (first === last ? `${number(first)}` : `${number(last)}-${number(first)}`));
  const rest = ranges.length - shown.length;
  return `${rows[0]?.verdict.subject.family}:${shown.join(", ")}${rest > 0 ? ` and ${rest} more ranges` : ""}`;
}

function group(rows: Row[]): Group {
  const { verdict, outcome } = rows[0] as Row;
  const { rule, note } = verdict.because;
  const reasons = rows.map((row) => row.verdict.because);
  const untils = reasons.flatMap(({ until }) => until ?? []).sort((a, b) => a - b);
  const references = new Map(reasons.flatMap((each) => each.references.map((one) => [one.by, one])));
  return {
    name: names(rows),
    count: rows.length,
    status: verdict.subject.status,
    action: verdict.action,
    because: {
      rule,
      references: [...references.values()],
      ...(untils[0] !== undefined && { until: untils[0] }),
      ...(note !== undefined && reasons.every((each) => each.note === note) && { note }),
    },
    until: untils.at(-1),
    outcome,
  };
}

/**
 * The rows of a service's table: neighbours of one verdict, reason and outcome stand together. Where that leaves more
 * than `most` rows, revisions of one reason stand together wherever they are.
 */
export function groupRevisions(service: ServiceReport, most: number): Group[] {
  const outcomes = new Map(service.outcomes.map((outcome) => [outcome.subject, outcome]));
  const rows = (service.plan?.revisions ?? []).map(
    (verdict, at): Row => ({ at, verdict, outcome: outcomes.get(verdict.subject.arn) }),
  );
  let last: string | undefined;
  let run = 0;
  const neighbours = Map.groupBy(rows, (row) => {
    const key = reason(row, true);
    if (key !== last) run++;
    last = key;
    return run;
  });
  const grouped = neighbours.size <= most ? neighbours : Map.groupBy(rows, (row) => reason(row, false));
  return [...grouped.values()].map(group);
}

/** Numbers of revisions; `done`, `failed` and `postponed` are outcomes. */
export interface Totals {
  revisions: number;
  keep: number;
  deregister: number;
  delete: number;
  deregistered: number;
  deleted: number;
  failed: number;
  postponed: number;
}

// biome-ignore format: one line
const NONE: Totals = { revisions: 0, keep: 0, deregister: 0, delete: 0, deregistered: 0, deleted: 0, failed: 0, postponed: 0 };

export function totals(services: ServiceReport[]): Totals {
  const sum: Totals = { ...NONE };
  for (const { plan, outcomes } of services) {
    for (const { action } of plan?.revisions ?? []) {
      sum.revisions++;
      sum[action]++;
    }
    for (const { action, result } of outcomes) {
      if (result === "done") sum[action === "delete" ? "deleted" : "deregistered"]++;
      else sum[result]++;
    }
  }
  return sum;
}

/** Whether no removal was tried or put off: the mode was report, the run was for others, or there was nothing to remove. */
export function onlyReported({ outcomes }: ServiceReport): boolean {
  return outcomes.length === 0;
}

/** The gaps that keep something of the report's services from being removed; an account gap comes first. */
export function blockingGaps(report: Report): Gap[] {
  const families = new Set(report.services.map((service) => service.plan?.family));
  const names = (gap: Gap) =>
    gap.scope.kind === "item" ? /([^/]+):\d+$/.exec(gap.scope.name)?.[1] : "name" in gap.scope ? gap.scope.name : "";
  const account = report.gaps.filter((gap) => gap.scope.kind === "account");
  const named = report.gaps.filter((gap) => "name" in gap.scope && families.has(names(gap)));
  return [...account, ...named];
}

/** Gaps in what was read, those that block first; and the sources that are not read at all. */
export function gapsOf(report: Report): { read: Gap[]; notCovered: Gap[] } {
  const notCovered = report.gaps.filter((gap) => gap.cause === "not-covered");
  const read = report.gaps.filter((gap) => !notCovered.includes(gap));
  return { read: [...new Set([...blockingGaps(report), ...read])], notCovered };
}
