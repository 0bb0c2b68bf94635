import { loadCases } from "../../cases/load";
import { type ExecutionCase, type Start, startsOf, statementsOf } from "./execution";

export const HERE = { account: "111122223333", region: "eu-west-1" };
export const CASES = loadCases<ExecutionCase>("execution").flatMap(({ cases }) =>
  cases.map((each): ExecutionCase => ({ ...HERE, ...each, name: each.name.replace(/\W+/g, "-") })),
);
export const EVERYTHING = CASES.find(({ name }) => name === "everything") as ExecutionCase;
export async function startAll(of: ExecutionCase): Promise<Start[]> {
  const starts: Start[] = [];
  for await (const start of startsOf(of, { statements: statementsOf(of) })) starts.push(start);
  return starts;
}
/** For whom which call was refused. */
export const refusals = (starts: Start[]) =>
  starts.flatMap(({ refused }) => refused.map(({ container, action, resources }) => [container, action, ...resources]));
export const evidenceOf = (starts: Start[]) => starts.map((start) => start.evidence);
