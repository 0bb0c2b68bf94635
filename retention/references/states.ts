import { couldMean, type Use } from "./task-definition";

/** The operations of ECS that run or deploy a task definition, as Step Functions and Scheduler name them in ARNs. */
const RUNS = /:(?:aws-sdk:)?ecs:(?:(?:run|start)Task|(?:create|update)(?:ExpressGateway)?Service|createTaskSet)\b/i;
const KEY = /^taskDefinition(?:Arn)?(?:\.\$)?$/i;

/** Whether this is a resource of a state, or a universal target, that needs a task definition. */
export const runsTaskDefinition = (arn: string): boolean => RUNS.test(arn);

/**
 * Every use in a state machine's definition, in states at any depth.
 *
 * @param definition JSON in the Amazon States Language, JSONPath or JSONata: https://states-language.net/spec.html
 */
export const usesInStates = (definition: string): Use[] => read(definition, inside);

/** The use in the JSON that is handed to the operation. */
export const usesInInput = (input: string): Use[] => read(input, inParameters);

function read(json: string, uses: (value: unknown) => Use[]): Use[] {
  try {
    return uses(JSON.parse(json));
  } catch {
    return [{ couldMean: "" }];
  }
}

function inside(value: unknown): Use[] {
  if (typeof value !== "object" || value === null) return [];
  const { Resource, Arguments, Parameters } = value as Record<string, unknown>;
  const own = typeof Resource === "string" && runsTaskDefinition(Resource) ? inParameters(Arguments ?? Parameters) : [];
  return [...own, ...Object.values(value).flatMap(inside)];
}

function inParameters(parameters: unknown): Use[] {
  // Without any, or as one expression, they are made from the state's input.
  if (typeof parameters !== "object" || parameters === null) return [{ couldMean: "" }];
  return Object.entries(parameters).flatMap(([key, value]) =>
    KEY.test(key) ? [inValue(typeof value === "string" ? value : "", key.endsWith(".$"))] : [],
  );
}

function inValue(text: string, isPath: boolean): Use {
  if (isPath) return { couldMean: couldMean(/^States\.Format\(\s*'([^'\\{]*)/.exec(text)?.[1] ?? "") };
  const jsonata = /^\{%(.*)%\}$/s.exec(text)?.[1];
  if (jsonata === undefined) return { names: text };
  const [, , literal, rest = ""] = /^\s*(["'])([^"'\\]*)\1\s*(.*)$/s.exec(jsonata) ?? [];
  if (literal !== undefined && rest === "") return { names: literal };
  // Of operators only the weaker ones could make something else of what begins with the literal.
  const begins = literal !== undefined && /^&[^?~]*$/.test(rest);
  return { couldMean: begins ? couldMean(literal) : "" };
}
