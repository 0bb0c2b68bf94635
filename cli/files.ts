import { readFile } from "node:fs/promises";
import { claimIn, isGood, type LoadedRegistration } from "../cleanup/registrations";
import { problemText } from "../retention/errors";
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

/** The parsed file, or why it cannot be; never a word of what it holds, for it may be one that was named by mistake. */
async function readJson(
  file: string,
  expected: string,
): Promise<{ value: unknown; problem?: undefined } | { value?: undefined; problem: Problem }> {
  const wrong = (given: string, fix: string) => ({
    problem: { path: file, given, expected: `${expected} as JSON`, fix },
  });
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    return wrong(`no readable file (${(error as NodeJS.ErrnoException).code})`, "check the name and its rights");
  }
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    const [where] = /line \d+ column \d+/.exec((error as Error).message) ?? [];
    return wrong(where ? `no JSON from ${where} on` : "no JSON", "mend its syntax");
  }
}
