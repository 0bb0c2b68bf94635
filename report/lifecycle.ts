import type { LifecycleFinding } from "../lifecycle/checks/check";
import type { LifecyclePolicy, LifecycleProblem } from "../lifecycle/types";
import { findingSections, findingsText } from "./findings";
import { LIFECYCLE_TELLING, problemSections } from "./lifecycle-findings";
import { imagesSections, type LifecycleRepository, sortedVerdicts } from "./lifecycle-images";
import { ruleSentence } from "./lifecycle-sentences";
import { count, number } from "./sentences";
import { type Cell, type Column, oneLine, paragraph, sectionsText, styled, type TableOptions, table } from "./table";

/** What there is to say about a file with a lifecycle policy: plain data, which `--json` prints. */
export type LifecycleResult = RefusedLifecycle | AcceptedLifecycle;

/** A policy that AWS would refuse, or nobody could read. */
interface RefusedLifecycle {
  version: 1;
  /** The policy's file. */
  source: string;
  policy?: undefined;
  problems: LifecycleProblem[];
}

/** A policy that AWS would take. */
export interface AcceptedLifecycle {
  version: 1;
  /** The policy's file. */
  source: string;
  policy: LifecyclePolicy;
  /** Those that somebody accepted too. */
  findings: LifecycleFinding[];
  /** Absent: no images were asked about. */
  repository?: LifecycleRepository;
}

const RULE_COLUMNS: Column[] = [
  { title: "rule", align: "right" },
  { title: "what it does", wraps: true },
  { title: "takes now", align: "right" },
  { title: "later", align: "right" },
];

const CLAIMS =
  "An image belongs to the first rule that fits its tags; later rules leave it alone, but count it among the newest.";

/** A policy for people: why AWS would refuse it, or its rules in a sentence each, findings, and what it takes when. */
export function lifecycleReport(result: LifecycleResult, options: TableOptions = {}): string {
  const sections = result.policy === undefined ? refused(result, options) : accepted(result, options);
  return sectionsText(sections);
}

function title(source: string, rest: string, { colour }: TableOptions): string {
  return styled(oneLine(source), "bold", colour) + styled(` · ${rest}`, "dim", colour);
}

function refused({ source, problems }: RefusedLifecycle, options: TableOptions): string[][] {
  return [
    [title(source, count(problems.length, "problem"), options)],
    ...problemSections(problems, options),
    paragraph("Refused. Problems with a source are constraints that AWS puts on every policy.", "", "bold", options),
  ];
}

function accepted(result: AcceptedLifecycle, options: TableOptions): string[][] {
  const { source, policy, findings, repository } = result;
  return [
    [title(source, count(policy.rules.length, "rule"), options), ...rulesLines(result, options)],
    ...findingSections(findings, LIFECYCLE_TELLING, options),
    ...(repository ? imagesSections(repository, policy, options) : []),
    paragraph(headline(findings), "", "bold", options),
  ];
}

function rulesLines({ policy, repository }: AcceptedLifecycle, options: TableOptions): string[] {
  const { now, later } = sortedVerdicts(repository?.verdicts ?? []);
  const byRule = [now, later].map((verdicts) => Map.groupBy(verdicts, ({ rule }) => rule));
  const rows = policy.rules.flatMap((rule): Cell[][] => {
    const numbers = byRule.map((groups) => (repository ? number(groups.get(rule.rulePriority)?.length ?? 0) : ""));
    const described: Cell[] = ["", { text: JSON.stringify(rule.description ?? ""), style: "dim" }];
    return [[`${rule.rulePriority}`, ruleSentence(rule), ...numbers], ...(rule.description ? [described] : [])];
  });
  const claims = policy.rules.length > 1 ? paragraph(CLAIMS, "", "dim", options) : [];
  return [table(RULE_COLUMNS, rows, options), ...claims];
}

function headline(findings: LifecycleFinding[]): string {
  return `AWS accepts this policy; ${findingsText(findings) || "nothing was found against it"}.`;
}
