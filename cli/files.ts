import { readFile } from "node:fs/promises";
import { claimIn, isGood, type LoadedRegistration } from "../cleanup/registrations";
import { problemText } from "../retention/errors";
import { parseJson } from "../retention/fields";
import { policyHash, readPolicy } from "../retention/policy";
import { readSettings, type Settings } from "../retention/settings";
import type { Problem } from "../retention/types";
import { SetupError } from "./shell";

/**
 * What the store holds for the function, a shell holds in files: one registration for each, good or broken.
 *
 * @throws SetupError where all are broken.
 */
export async function loadPolicies(files: string[]): Promise<LoadedRegistration[]> {
  const loaded = await Promise.all(files.map(loadPolicy));
  if (loaded.some(isGood)) return loaded;
  throw new SetupError(loaded.flatMap((each) => (isGood(each) ? [] : each.problems.map(problemText))).join("\n"));
}

async function loadPolicy(file: string): Promise<LoadedRegistration> {
  const { value, problem } = await readJson(file, "a retention policy");
  if (problem) return { key: file, problems: [problem] };
  const { policy, problems } = readPolicy(value, { origin: file });
  if (problems) return { key: file, problems, ...claimIn(value) };
  return { key: file, registration: { version: 1, policy }, hash: policyHash(value) };
}

/** Acknowledged gaps and sources that are left out, as the function has them in its arguments. @throws SetupError */
export async function loadSettings(file: string | undefined): Promise<Settings> {
  const { value, problem } = file === undefined ? { value: {} } : await readJson(file, "settings");
  if (problem) throw new SetupError(problemText(problem));
  const { settings, problems } = readSettings(value);
  if (problems) throw new SetupError(problems.map((each) => `${file}: ${problemText(each)}`).join("\n"));
  return settings;
}

type ReadJson = { value: unknown; problem?: undefined } | { value?: undefined; problem: Problem };

/** The parsed file, or why it cannot be; never a word of what it holds, for it may be one that was named by mistake. */
export async function readJson(file: string, expected: string): Promise<ReadJson> {
  const { text, problem } = await readText(file, `${expected} as JSON`);
  return problem ? { problem } : parsedJson(text, file, expected);
}

/** As {@link readJson}, of a text that was read. */
export function parsedJson(text: string, file: string, expected: string): ReadJson {
  // Editors on Windows begin a file with a byte order mark, which JSON does not know.
  const { value, unparsed: given } = parseJson(text.replace(/^\uFEFF/, ""));
  if (given === undefined) return { value };
  return { problem: { path: file, given, expected: `${expected} as JSON`, fix: "mend its syntax" } };
}

/** The file's text, or why it cannot be read. */
export async function readText(
  file: string,
  expected: string,
): Promise<{ text: string; problem?: undefined } | { text?: undefined; problem: Problem }> {
  try {
    return { text: await readFile(file, "utf8") };
  } catch (error) {
    const given = `no readable file (${(error as NodeJS.ErrnoException).code})`;
    return { problem: { path: file, given, expected, fix: "check the name and its rights" } };
  }
}
