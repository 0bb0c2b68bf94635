import { problemText } from "../retention/errors";
import type { Report, ServiceReport } from "../retention/types";
import { blockingGaps, gapsOf, groupRevisions, onlyReported, type Totals, totals } from "./groups";
import { becauseText, count, gapText, number, outcomeText, sourceText, when } from "./sentences";
import { type Cell, type Column, oneLine, type Style, styled, type TableOptions, table, wrap } from "./table";

const MOST_ROWS = 40;

const COLUMNS: Column[] = [
  { title: "revisions", wraps: true },
  { title: "count", align: "right" },
  { title: "status" },
  { title: "verdict" },
  { title: "why", wraps: true },
  { title: "outcome", wraps: true },
];

const ACTION_STYLE: Record<string, Style> = { deregister: "yellow", delete: "red" };
const RESULT_STYLE: Record<string, Style> = { done: "green", failed: "red", postponed: "yellow" };

/** The account's state and what came of the run, in one sentence. */
export function headline(report: Report): string {
  const sum = totals(report.services);
  const problems = report.services.filter((service) => service.problems.length > 0).length;
  const refused = problems > 0 ? ` ${count(problems, "service")} with problems.` : "";
  const gaps = blockingGaps(report);
  if (gaps.some((gap) => gap.scope.kind === "account")) {
    return `Blocked: a part of the account could not be read, so nothing is removed for any service.${refused}`;
  }
  const would = totals(report.services.filter(onlyReported));
  const untouched = report.services.every(onlyReported);
  const who = untouched ? "this run only reports" : "services that only report";
  const reported =
    would.deregister + would.delete > 0
      ? `${who}: ${count(would.deregister, "revision")} would be deregistered, ${number(would.delete)} deleted`
      : "";
  const nothing = reported || gaps.length > 0 ? "Nothing was removed" : "Nothing to remove";
  const what = untouched ? nothing : `Revisions: ${doneTotals(sum)}`;
  const kept = gaps.length > 0 ? ` ${count(gaps.length, "gap")}: what could not be read is kept.` : "";
  return `${what}${reported && `; ${reported}`}.${kept}${refused}`;
}

function doneTotals(sum: Totals): string {
  const parts = [`${number(sum.deregistered)} deregistered`, `${number(sum.deleted)} deleted`];
  if (sum.failed > 0) parts.push(`${number(sum.failed)} failed`);
  if (sum.postponed > 0) parts.push(`${number(sum.postponed)} postponed`);
  return parts.join(", ");
}

/** `61 revisions: 10 kept, 3 to deregister, 12 to delete; 3 deregistered, 12 deleted` */
export function totalsText(service: ServiceReport): string {
  const sum = totals([service]);
  if (sum.revisions === 0)
    return `No revision of family ${service.plan?.family} was read: check its name and the Region`;
  const plan = [`${number(sum.keep)} kept`];
  if (sum.deregister > 0) plan.push(`${number(sum.deregister)} to deregister`);
  if (sum.delete > 0) plan.push(`${number(sum.delete)} to delete`);
  const done = service.outcomes.length > 0 ? `; ${doneTotals(sum)}` : "";
  return `${count(sum.revisions, "revision")}: ${plan.join(", ")}${done}`;
}

function paragraph(text: string, mark: string, style: Style | undefined, options: TableOptions): string[] {
  const lines = wrap(oneLine(text), (options.width ?? 120) - mark.length);
  return lines.map((line, at) => styled((at === 0 ? mark : " ".repeat(mark.length)) + line, style, options.colour));
}

/** One service: its problems, its revisions with verdict, reason and outcome, its totals. */
export function serviceText(service: ServiceReport, options: TableOptions = {}): string {
  const mode = service.plan ? ` · mode ${service.plan.mode}` : "";
  const lines = [
    styled(oneLine(service.service), "bold", options.colour) +
      styled(oneLine(`${mode} · ${service.registration}`), "dim", options.colour),
    ...service.problems.flatMap((problem) => paragraph(problemText(problem), "problem: ", "red", options)),
  ];
  if (service.plan === undefined) return lines.join("\n");
  const rows = groupRevisions(service, MOST_ROWS).map((group): Cell[] => {
    const style = ACTION_STYLE[group.action];
    const result = group.outcome && RESULT_STYLE[group.outcome.result];
    return [
      group.name,
      number(group.count),
      group.status,
      { text: group.action, ...(style ? { style } : {}) },
      becauseText(group.because, group.until),
      { text: outcomeText(group.outcome), ...(result ? { style: result } : {}) },
    ];
  });
  if (rows.length > 0) lines.push(table(COLUMNS, rows, options));
  return [...lines, ...paragraph(totalsText(service), "", undefined, options)].join("\n");
}

/**
 * A run for people: what blocks it first, then each service's revisions with verdict, reason and outcome, then totals,
 * and at the end what this version does not read.
 */
export function textReport(report: Report, options: TableOptions = {}): string {
  const { read, notCovered } = gapsOf(report);
  const calls = Object.values(report.calls).reduce((sum, n) => sum + n, 0);
  const sections = [
    [`Account ${report.account}, ${report.region}, ${when(report.startedAt)}, run ${report.runId}`],
    read.flatMap((gap) => paragraph(gapText(gap), "gap: ", "red", options)),
    ...report.services.map((service) => [serviceText(service, options)]),
    paragraph(headline(report), "", "bold", options),
    notCovered.length > 0
      ? paragraph(
          `Not read by this version, so what only these use is not protected by them: ${notCovered.map(sourceText).join(", ")}. Pin in the policy what they run.`,
          "",
          "dim",
          options,
        )
      : [],
    [styled(`${count(calls, "call")} to AWS`, "dim", options.colour)],
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}
