import { readFile } from "node:fs/promises";
import type { Problem } from "../retention/types";

/** The parsed file, or why it cannot be; never a word of what it holds, for it may be one that was named by mistake. */
export async function readJsonFile(
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
