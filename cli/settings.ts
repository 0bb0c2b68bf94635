import { problemText } from "../retention/errors";
import { readSettings, type Settings } from "../retention/settings";
import { readJsonFile } from "./json-file";
import { SetupError } from "./shell";

/** Acknowledged gaps and sources that are left out, as the function has them in its arguments. @throws SetupError */
export async function loadSettings(file: string | undefined): Promise<Settings> {
  const { value, problem } = file === undefined ? { value: {} } : await readJsonFile(file, "settings");
  if (problem) throw new SetupError(problemText(problem));
  const { settings, problems } = readSettings(value);
  if (problems) throw new SetupError(problems.map((each) => `${file}: ${problemText(each)}`).join("\n"));
  return settings;
}
