import type { LifecycleFinding } from "../lifecycle/checks/check";
import type { LifecycleProblem } from "../lifecycle/types";
import { oneLine, paragraph, type Style, styled, type TableOptions } from "./table";

const KINDS: Record<LifecycleFinding["kind"], { text: string; style: Style }> = {
  "in-use": { text: "may take an image in use", style: "red" },
  seeming: { text: "does not do what it seems to", style: "yellow" },
};

const HOW_TO_ACCEPT =
  'What is known and meant: give "acceptedFindings": [{"id": "…", "reason": "…"}] beside "rules", or beside ' +
  '"policyJson" with AWS\'s JSON as text.';

/** Links are not broken into lines, so that they can be followed. */
function linkLine(mark: string, link: string, { colour }: TableOptions): string {
  return styled(`${mark}${oneLine(link)}`, "dim", colour);
}

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

/** A paragraph for each check that found something, what may take an image in use first; then what was accepted. */
export function findingSections(findings: LifecycleFinding[], options: TableOptions): string[][] {
  const open = findings.filter(({ accepted }) => accepted === undefined);
  const inUseFirst = open.toSorted((one, other) => Number(other.kind === "in-use") - Number(one.kind === "in-use"));
  const accepted = findings.flatMap(({ id, rule, accepted }) =>
    accepted === undefined ? [] : paragraph(`${id}, rule ${rule}: ${accepted}`, "accepted: ", "dim", options),
  );
  const byCheck = [...Map.groupBy(inUseFirst, ({ id }) => id).values()];
  return [
    ...byCheck.map((same) => checkLines(same as [LifecycleFinding], options)),
    open.length > 0 ? paragraph(HOW_TO_ACCEPT, "", "dim", options) : [],
    accepted,
  ];
}

/** What one check found, in one or more rules. */
function checkLines(same: [LifecycleFinding, ...LifecycleFinding[]], options: TableOptions): string[] {
  const [{ id, kind, why, fix, link }] = same;
  const { text, style } = KINDS[kind];
  return [
    styled(oneLine(id), style, options.colour) + styled(` · ${text}`, "dim", options.colour),
    ...same.flatMap(({ rule, what }) => paragraph(what, `  rule ${rule}: `, undefined, options)),
    ...paragraph(why, "  why: ", undefined, options),
    ...paragraph(fix, "  fix: ", undefined, options),
    linkLine("  see: ", link, options),
  ];
}
