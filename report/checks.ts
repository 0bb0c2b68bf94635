import { CHECK_IDS } from "../checks/index";
import { problemText } from "../retention/errors";
import type { Finding } from "../retention/findings";
import type { Problem } from "../retention/types";
import { findingSections, findingsText, openByCheck } from "./findings";
import { count, number } from "./sentences";
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

/** What there is to say about files with task definitions: plain data, which `--json` prints. */
export interface ChecksResult {
  version: 1;
  files: CheckedFile[];
}

/** A task definition and what is wrong with it, accepted or not; or why there is none to look at. */
export type CheckedFile =
  | { file: string; findings: Finding[]; problem?: undefined }
  | { file: string; findings?: undefined; problem: Problem };

interface FileFinding extends Finding {
  file: string;
}

const STYLES: Record<Finding["severity"], Style> = { danger: "red", advice: "yellow" };
const grade = ({ severity }: FileFinding) => ({ text: severity, style: STYLES[severity] });

const HOW_TO_ACCEPT =
  'What is known and meant: give --accept a file with {"acceptedFindings": [{"id": "…", "reason": "…"}]}; components ' +
  "take acceptedFindings too.";

const SUMMARY: Column[] = [
  { title: "check" },
  { title: "severity" },
  { title: "findings", align: "right" },
  { title: "files", align: "right" },
];

/** Task definitions for people: of several first a table; a paragraph for each check that found something. */
export function checksReport({ files }: ChecksResult, options: TableOptions = {}): string {
  const findings = files
    .flatMap(({ file, findings = [] }) => findings.map((finding): FileFinding => ({ ...finding, file })))
    .sort((one, other) => CHECK_IDS.indexOf(one.id) - CHECK_IDS.indexOf(other.id));
  const problems = files.flatMap(({ problem }) => (problem ? [problem] : []));
  const areMany = files.length > 1;
  const place = ({ file, where }: FileFinding) => (areMany ? `${file} · ${where}` : where);
  const title = areMany ? count(files.length, "file") : oneLine(files[0]?.file ?? "");
  const sections = [
    [styled(title, "bold", options.colour), ...(areMany ? summaryLines(findings, options) : [])],
    ...findingSections(findings, { grade, place, howToAccept: HOW_TO_ACCEPT }, options),
    problems.flatMap((problem) => paragraph(problemText(problem), "problem: ", "red", options)),
    paragraph(headline(findings, files.length - problems.length, problems.length), "", "bold", options),
  ];
  return sectionsText(sections);
}

/** How often each check found something, and in how many files. */
function summaryLines(findings: FileFinding[], options: TableOptions): string[] {
  const rows = openByCheck(findings, { grade }).map((same): Cell[] => {
    const [{ id }] = same;
    const files = new Set(same.map(({ file }) => file));
    return [id, grade(same[0]), number(same.length), number(files.size)];
  });
  return rows.length > 0 ? [table(SUMMARY, rows, options)] : [];
}

function headline(findings: FileFinding[], checked: number, unchecked: number): string {
  const parts = [
    ...(checked > 0
      ? [`${count(checked, "task definition")} checked: ${findingsText(findings) || "nothing was found"}`]
      : []),
    ...(unchecked > 0 ? [`${count(unchecked, "file")} not checked`] : []),
  ];
  return `${parts.join("; ")}.`;
}
