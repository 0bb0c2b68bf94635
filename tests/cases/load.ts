import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** All cases of a folder below tests/cases; each file is a list of them about one subject. */
export function loadCases<C extends { name: string }>(folder: string): { subject: string; cases: C[] }[] {
  const path = join(__dirname, folder);
  const files = readdirSync(path).filter((file) => file.endsWith(".json"));
  return files.sort().map((file) => ({
    subject: file.slice(0, -".json".length),
    cases: JSON.parse(readFileSync(join(path, file), "utf8")) as C[],
  }));
}
