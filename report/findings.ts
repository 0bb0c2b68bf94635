import type { AnyFinding } from "../retention/findings";
import { count } from "./sentences";
import { oneLine, paragraph, type Style, styled, type TableOptions } from "./table";

/** More places than these are counted. */
const MOST_PLACES = 3;

/** How findings of one kind of checks are told. */
export interface Telling<F> {
  /** How bad it is; red comes first. */
  grade(finding: F): { text: string; style: Style };
  /** Where it is. */
  place(finding: F): string;
  howToAccept: string;
}

/** A paragraph for each check that found something, the worst first; then what was accepted. */
export function findingSections<F extends AnyFinding>(
  findings: F[],
  telling: Telling<F>,
  options: TableOptions,
): string[][] {
  const accepted = findings.filter((finding) => finding.accepted !== undefined);
  const open = openByCheck(findings, telling);
  return [
    ...open.map((same) => checkLines(same, telling, options)),
    open.length > 0 ? paragraph(telling.howToAccept, "", "dim", options) : [],
    byCheck(accepted).flatMap((same) => acceptedLines(same, telling, options)),
  ];
}

/** What each check found that nobody accepted, the worst first. */
export function openByCheck<F extends AnyFinding>(findings: F[], { grade }: Pick<Telling<F>, "grade">): OfOne<F>[] {
  const isWorst = ([first]: OfOne<F>) => Number(grade(first).style === "red");
  const open = findings.filter(({ accepted }) => accepted === undefined);
  return byCheck(open).sort((one, other) => isWorst(other) - isWorst(one));
}

/** How many there are, open and accepted; empty where there are none. */
export function findingsText(findings: AnyFinding[]): string {
  const open = findings.filter(({ accepted }) => accepted === undefined).length;
  const known = findings.length - open;
  const parts = [
    ...(open > 0 ? [`${count(open, "finding")} to mend or to accept`] : []),
    ...(known > 0 ? [`${count(known, "finding")} accepted with a reason`] : []),
  ];
  return parts.join(", ");
}

/** Links are not broken into lines, so that they can be followed. */
export function linkLine(mark: string, link: string, { colour }: TableOptions): string {
  return styled(`${mark}${oneLine(link)}`, "dim", colour);
}

/** All that one check found. */
type OfOne<F> = [F, ...F[]];

function byCheck<F extends AnyFinding>(findings: F[]): OfOne<F>[] {
  return [...Map.groupBy(findings, ({ id }) => id).values()] as OfOne<F>[];
}

function checkLines<F extends AnyFinding>(
  same: OfOne<F>,
  { grade, place }: Telling<F>,
  options: TableOptions,
): string[] {
  const [first] = same;
  const { text, style } = grade(first);
  return [
    styled(oneLine(first.id), style, options.colour) + styled(` · ${text}`, "dim", options.colour),
    ...same.flatMap((finding) => hitLines(`${place(finding)}: ${finding.what}`, options)),
    ...paragraph(first.why, "  why: ", undefined, options),
    ...paragraph(first.fix, "  fix: ", undefined, options),
    linkLine("  see: ", first.link, options),
  ];
}

/** What does not fit into a line goes on further in, so that each is told from the next. */
function hitLines(text: string, options: TableOptions): string[] {
  const [line = "", ...others] = paragraph(text, "    ", undefined, options);
  return [line.slice(2), ...others];
}

function acceptedLines<F extends AnyFinding>(same: OfOne<F>, { place }: Telling<F>, options: TableOptions): string[] {
  const [{ id, accepted }] = same;
  const places = same.length > MOST_PLACES ? count(same.length, "finding") : same.map(place).join(", ");
  return paragraph(`${id}, ${places}: ${accepted}`, "accepted: ", "dim", options);
}
