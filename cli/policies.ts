import { readFile } from "node:fs/promises";
import type { LoadedRegistration } from "../cleanup/registrations";
import { policyHash, readPolicy } from "../retention/policy";
import type { Problem } from "../retention/types";

function unreadable(file: string, given: string, fix: string): LoadedRegistration {
  const problem: Problem = { path: file, given, expected: "a retention policy as JSON", fix };
  return { key: file, problems: [problem] };
}

async function load(file: string): Promise<LoadedRegistration> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    return unreadable(
      file,
      `no readable file (${(error as NodeJS.ErrnoException).code})`,
      "check the name and its rights",
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // Only where: the message quotes the file, which may be one that was named by mistake.
    const [where] = /line \d+ column \d+/.exec((error as Error).message) ?? [];
    return unreadable(file, where ? `no JSON from ${where} on` : "no JSON", "mend its syntax");
  }
  const { policy, problems } = readPolicy(value, { origin: file });
  if (problems) {
    const { family } = Object(value) as { family?: unknown };
    return { key: file, problems, ...(typeof family === "string" ? { family } : {}) };
  }
  return { key: file, registration: { version: 1, policy }, hash: policyHash(value) };
}

/** What the store holds for the function, a shell holds in files: one registration for each, good or broken. */
export function loadPolicies(files: string[]): Promise<LoadedRegistration[]> {
  return Promise.all(files.map(load));
}
