import { markdownTable } from "../markdown";
import type { Explanation, Row } from "./proof";

const HEAD = ["role", "statement", "calls", "necessary", "neighbours refused", "AWS grants on `*` alone"];

/** A line for each statement. */
function cells(rows: readonly Row[]): string[][] {
  return rows.map(({ of, statement, carries, elements, needed, explained, misses, refused, meant, unscopable }) => [
    of,
    statement,
    String(carries),
    `${needed} of ${elements - explained}`,
    `${refused} of ${misses - meant}`,
    unscopable.map((action) => `\`${action}\``).join(" "),
  ]);
}

/** In columns, for a terminal. */
export function textTable(rows: readonly Row[]): string {
  const lines = [HEAD, ...cells(rows)].map((line) => line.map((cell) => cell.replaceAll("`", "")));
  const widths = HEAD.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  // The last column is the longest by far.
  const padded = (line: string[]) =>
    line.map((cell, at) => (at < HEAD.length - 1 ? cell.padEnd(widths[at] ?? 0) : cell));
  return lines.map((line) => padded(line).join("  ").trimEnd()).join("\n");
}

const BEGIN = "<!-- What npm run prove:least-privilege found -->";
const END = "<!-- Until here -->";

/** As a part of a page, with the reasons for what is not needed or not refused. */
export function proofMarkdown(rows: readonly Row[], explained: readonly Explanation[]): string {
  return [
    BEGIN,
    "",
    markdownTable(HEAD, ...cells(rows)),
    "",
    "Not counted, since it is so for a reason:",
    "",
    ...explained.map(({ title, because }) => `- ${title}: ${because}.`),
    "",
    END,
  ].join("\n");
}

/** The part of a page that {@link proofMarkdown} made; empty where there is none. */
export function proofIn(page: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  return begin < 0 || end < begin ? "" : page.slice(begin, end + END.length);
}
