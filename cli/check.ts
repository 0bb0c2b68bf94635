import { readTaskDefinition } from "../checks/definition";
import { CHECK_IDS, findingsOf } from "../checks/index";
import { type CheckedFile, type ChecksResult, checksReport } from "../report/checks";
import { problemText } from "../retention/errors";
import { isRecord } from "../retention/fields";
import { type AcceptedFinding, type Finding, readAcceptedFindings } from "../retention/findings";
import { parsedJson, readJson, readText } from "./files";
import { print } from "./session";
import { SetupError, type Shell } from "./shell";

export interface CheckOptions {
  /** At least one; `-` is standard input. */
  files: string[];
  /** With `acceptedFindings`. */
  accept?: string;
  /** What is less than that is left out. */
  severity: Finding["severity"];
  json: boolean;
}

const STDIN = "-";
const EXPECTED =
  "what `aws ecs describe-task-definition` prints or `register-task-definition` takes, or a list of container definitions";
const ACCEPTED_EXPECTED = '{"acceptedFindings": [{"id": "…", "reason": "…"}]}';

/** Says what is wrong with task definitions; asks nothing of AWS. */
export async function check(options: CheckOptions, shell: Shell): Promise<number> {
  const accepted = options.accept === undefined ? [] : await loadAccepted(options.accept);
  const files: CheckedFile[] = [];
  for (const file of options.files) files.push(await checkedFile(file, accepted, options, shell));
  const result: ChecksResult = { version: 1, files };
  print(result, checksReport, options, shell);
  if (files.some(({ problem }) => problem)) return 1;
  return files.some(({ findings = [] }) => findings.some(({ accepted }) => accepted === undefined)) ? 2 : 0;
}

async function checkedFile(
  given: string,
  accepted: AcceptedFinding[],
  { severity }: CheckOptions,
  shell: Shell,
): Promise<CheckedFile> {
  const file = given === STDIN ? "standard input" : given;
  const read = given === STDIN ? { text: await shell.stdin() } : await readText(file, "a task definition");
  if (read.text === undefined) return { file, problem: read.problem };
  const { value, problem } = parsedJson(read.text, file, "a task definition");
  if (problem) return { file, problem };
  const definition = readTaskDefinition(value);
  if (!definition?.containerDefinitions.length) {
    const fix = "name a file that has containers";
    return { file, problem: { path: file, given: "no container definitions", expected: EXPECTED, fix } };
  }
  const findings = findingsOf(definition, accepted);
  return { file, findings: findings.filter((each) => severity === "advice" || each.severity === severity) };
}

/** @throws SetupError where it is another file, of which nothing is shown, or names every problem of it. */
async function loadAccepted(file: string): Promise<AcceptedFinding[]> {
  const { value, problem } = await readJson(file, ACCEPTED_EXPECTED);
  if (problem) throw new SetupError(problemText(problem));
  if (!isRecord(value) || !Array.isArray(value.acceptedFindings)) {
    const fix = "name a file that has it";
    throw new SetupError(problemText({ path: file, given: "something else", expected: ACCEPTED_EXPECTED, fix }));
  }
  const { value: accepted, problems } = readAcceptedFindings(value, CHECK_IDS);
  if (problems) throw new SetupError(problems.map((each) => `${file}: ${problemText(each)}`).join("\n"));
  return accepted;
}
