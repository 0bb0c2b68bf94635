import type {
  Action,
  Because,
  Gap,
  Millis,
  Outcome,
  Report,
  Revision,
  ServiceReport,
  Verdict,
} from "../retention/types";

/** Revisions of one verdict, reason and outcome, drawn as one row. */
export interface Group {
  /** `checkout:42, 3-41` */
  name: string;
  count: number;
  status: Revision["status"];
  action: Action;
  /** `until` is the earliest of the group. */
  because: Because;
  /** The latest `until` of the group. */
  until?: Millis;
  outcome?: Outcome;
}

interface Row {
  at: number;
  verdict: Verdict<Revision>;
  outcome?: Outcome;
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

function group(rows: Row[]): Group | undefined {
  const first = rows[0];
  if (first === undefined) return undefined;
  const { subject, action, because } = first.verdict;
  const untils = rows.flatMap(({ verdict }) => verdict.because.until ?? []);
  const references = new Map(rows.flatMap(({ verdict }) => verdict.because.references.map((one) => [one.by, one])));
  const earliest = untils.length > 0 ? { until: untils.reduce((a, b) => Math.min(a, b)) } : {};
  return {
    name: names(rows),
    count: rows.length,
    status: subject.status,
    action,
    because: {
      rule: because.rule,
      references: [...references.values()],
      ...earliest,
      ...(because.note !== undefined && rows.every(({ verdict }) => verdict.because.note === because.note)
        ? { note: because.note }
        : {}),
    },
    ...(untils.length > 0 ? { until: untils.reduce((a, b) => Math.max(a, b)) } : {}),
    ...(first.outcome ? { outcome: first.outcome } : {}),
  };
}

/**
 * The rows of a service's table: neighbours of one verdict, reason and outcome stand together. Where that leaves more
 * than `most` rows, revisions of one reason stand together wherever they are.
 */
export function groupRevisions(service: ServiceReport, most: number): Group[] {
  const outcomes = new Map(service.outcomes.map((outcome) => [outcome.subject, outcome]));
  const rows = (service.plan?.revisions ?? []).map((verdict, at): Row => {
    const outcome = outcomes.get(verdict.subject.arn);
    return { at, verdict, ...(outcome ? { outcome } : {}) };
  });
  const neighbours: Row[][] = [];
  let last: string | undefined;
  for (const row of rows) {
    const key = reason(row, true);
    if (key === last) neighbours.at(-1)?.push(row);
    else neighbours.push([row]);
    last = key;
  }
  if (neighbours.length <= most) return neighbours.flatMap((each) => group(each) ?? []);
  const alike = new Map<string, Row[]>();
  for (const row of rows) {
    const key = reason(row, false);
    const known = alike.get(key);
    if (known) known.push(row);
    else alike.set(key, [row]);
  }
  return [...alike.values()].flatMap((each) => group(each) ?? []);
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

/** Whether nothing was to be removed for this service, whatever the plan says. */
export function onlyReports(report: Report, service: ServiceReport): boolean {
  return report.mode === "report" || service.plan?.mode !== "enforce";
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
