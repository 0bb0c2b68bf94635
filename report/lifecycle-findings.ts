import type { LifecycleFinding } from "../lifecycle/checks/check";
import type { LifecycleProblem } from "../lifecycle/types";
import { linkLine, type Telling } from "./findings";
import { paragraph, type Style, type TableOptions } from "./table";

const KINDS: Record<LifecycleFinding["kind"], { text: string; style: Style }> = {
  "in-use": { text: "may take an image in use", style: "red" },
  seeming: { text: "does not do what it seems to", style: "yellow" },
};

/** By rule; what may take an image in use comes first. */
export const LIFECYCLE_TELLING: Telling<LifecycleFinding> = {
  grade: ({ kind }) => KINDS[kind],
  place: ({ rule }) => `rule ${rule}`,
  howToAccept:
    'What is known and meant: give "acceptedFindings": [{"id": "…", "reason": "…"}] beside "rules", or beside ' +
    '"policyJson" with AWS\'s JSON as text.',
};

/** A paragraph for each problem: where, what was given, what was expected, the fix, and where AWS says so. */
export function problemSections(problems: LifecycleProblem[], options: TableOptions): string[][] {
  return problems.map(({ path, given, expected, fix, source }) => [
    ...paragraph(path || "the whole policy", "", "red", options),
    ...paragraph(given, "  given     ", undefined, options),
    ...paragraph(expected, "  expected  ", undefined, options),
    ...paragraph(fix, "  fix       ", undefined, options),
    ...(source === undefined ? [] : [linkLine("  source    ", source, options)]),
  ]);
}
