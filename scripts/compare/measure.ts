import { isUnscopable } from "../prove/iam-data";
import { allows } from "./ask";
import { neighboursOf, type Reach, reach } from "./neighbours";
import type { PolicyStatement, Role } from "./peers";
import type { Question, Task } from "./tasks";

/** What is counted of the role that a peer gives a task. */
export interface Measures {
  statements: number;
  actions: number;
  /** Actions that starting the task calls nowhere. */
  unused: string[];
  /** Actions on `*` that AWS can scope to a resource. */
  anywhere: string[];
  /** Resources other than `*` that hold a wildcard. */
  wildcards: string[];
  /** Condition keys, statement by statement. */
  conditions: number;
  /** Calls of the start that IAM refuses. */
  refused: Question[];
  reach: Record<string, Reach>;
}

export const list = (value: string | string[]): string[] => [value].flat();
const unique = (values: string[]): string[] => [...new Set(values)].sort();

/** Measures the statements of a role; what is written by hand is not among them. */
export async function measure(task: Task, { statements }: Role): Promise<Measures> {
  const actions = unique(statements.flatMap(({ Action }) => list(Action)));
  const called = new Set(task.calls.map(({ action }) => action));
  const kinds = await Promise.all(
    neighboursOf(task).map(async ({ kind, questions }) => [kind, reach(await askAll(statements, questions))] as const),
  );
  const answers = await askAll(statements, task.calls);
  return {
    statements: statements.length,
    actions: actions.length,
    unused: actions.filter((action) => !called.has(action)),
    anywhere: await anywhere(statements),
    wildcards: unique(
      statements.flatMap(({ Resource }) => list(Resource)).filter((each) => each !== "*" && /[*?]/.test(each)),
    ),
    conditions: statements
      .flatMap(({ Condition = {} }) => Object.values(Condition))
      .flatMap((keys) => Object.keys(keys)).length,
    refused: task.calls.filter((_, at) => !answers[at]),
    reach: Object.fromEntries(kinds),
  };
}

const askAll = (statements: PolicyStatement[], questions: Question[]) =>
  Promise.all(questions.map((question) => allows(statements, question)));

async function anywhere(statements: PolicyStatement[]): Promise<string[]> {
  const actions = statements
    .filter(({ Resource }) => list(Resource).includes("*"))
    .flatMap(({ Action }) => list(Action));
  const granted = unique(actions);
  const unscopable = await Promise.all(granted.map(isUnscopable));
  return granted.filter((_, at) => !unscopable[at]);
}
