import { problemText } from "../retention/errors";
import type { Report, ServiceReport } from "../retention/types";
import { gapText, notCoveredText, sortedGaps } from "./gaps";
import { groupRevisions } from "./groups";
import { headline, stoppedText, totalsText } from "./headline";
import { restoreSection } from "./restore";
import { secretsSection } from "./secrets";
import type { Section } from "./sections";
import { becauseText, count, notAppliedText, number, outcomeText, when } from "./sentences";
import {
  type Cell,
  type Column,
  oneLine,
  paragraph,
  type Style,
  sectionsText,
  styled,
  type TableOptions,
  table,
} from "./table";

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
const RESULT_STYLE: Record<string, Style> = { done: "green", failed: "red", spared: "yellow", postponed: "yellow" };

/** One service: its problems and notes, its revisions with verdict, reason and outcome, its totals. */
export function serviceText(service: ServiceReport, options: TableOptions = {}): string {
  const mode = service.plan ? ` · mode ${service.plan.mode}` : "";
  const lines = [
    styled(oneLine(service.service), "bold", options.colour) +
      styled(oneLine(`${mode} · ${service.registration}`), "dim", options.colour),
    ...service.problems.flatMap((problem) => paragraph(problemText(problem), "problem: ", "red", options)),
    ...service.notes.flatMap((note) => paragraph(note, "note: ", "yellow", options)),
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
      becauseText(group.because, group.until, service.plan?.mode),
      { text: outcomeText(group.outcome), ...(result ? { style: result } : {}) },
    ];
  });
  if (rows.length > 0) lines.push(table(COLUMNS, rows, options));
  return [...lines, ...paragraph(totalsText(service), "", undefined, options)].join("\n");
}

/** Calls are not broken into lines, so that they can be copied. */
function sectionLines({ title, advice, items }: Section, options: TableOptions): string[] {
  if (items.length === 0) return [];
  const lines = items.flatMap(({ revisions, text, call }) => [
    ...paragraph(text ? `${revisions}: ${text}` : revisions, "  ", undefined, options),
    ...(call ? [`    ${oneLine(call)}`] : []),
  ]);
  return [styled(title, "bold", options.colour), ...paragraph(advice, "", "dim", options), ...lines];
}

/**
 * A run for people: what blocks it first, then each service's revisions with verdict, reason and outcome, plaintext
 * secrets, how to restore, the totals, and at the end what this version does not read.
 */
export function textReport(report: Report, options: TableOptions = {}): string {
  const { blocking, others, accepted, notCovered } = sortedGaps(report);
  const calls = Object.values(report.calls).reduce((sum, n) => sum + n, 0);
  const say = (mark: string, style: Style | undefined, texts: (string | undefined)[]) =>
    texts.flatMap((text) => (text ? paragraph(text, mark, style, options) : []));
  const { store } = report;
  const sections = [
    say("", undefined, [
      `Account ${report.account}, ${report.region}, ${when(report.startedAt)}, run ${report.runId}${store ? `, store ${store}` : ""}`,
    ]),
    [...say("stopped: ", "red", [stoppedText(report)]), ...say("gap: ", "red", blocking.map(gapText))],
    say("gap: ", "yellow", others.map(gapText)),
    say("accepted: ", "dim", accepted.map(gapText)),
    say("note: ", "yellow", [notAppliedText(report)]),
    ...report.services.map((service) => [serviceText(service, options)]),
    sectionLines(secretsSection(report), options),
    sectionLines(restoreSection(report), options),
    say("", "bold", [headline(report)]),
    say("", "dim", [notCoveredText(notCovered)]),
    [styled(`${count(calls, "call")} to AWS`, "dim", options.colour)],
  ];
  return sectionsText(sections);
}
