import type { Problem } from "../retention/types";

/** Of a container definition, the fields that need grants. Nothing else of it is looked at or kept. */
export interface Container {
  name?: string;
  image?: string;
  logConfiguration?: { logDriver?: string; options?: Record<string, string>; secretOptions?: Secret[] };
  secrets?: Secret[];
}

export interface Secret {
  name?: string;
  valueFrom?: string;
}

type Shape = "text" | [Shape] | { [field: string]: Shape };

const SECRETS: Shape = [{ name: "text", valueFrom: "text" }];

const CONTAINER: Shape = {
  name: "text",
  image: "text",
  secrets: SECRETS,
  logConfiguration: {
    logDriver: "text",
    // Only these: other options can hold credentials in clear.
    options: { "awslogs-group": "text", "awslogs-region": "text", "awslogs-create-group": "text" },
    secretOptions: SECRETS,
  },
};

/** Narrow it by `result.containers` or `result.problems`. */
type ReadContainers<T> = { containers: T; problems?: undefined } | { containers?: undefined; problems: Problem[] };

/** Reads the JSON text that `aws.ecs.TaskDefinition` takes. Problems name fields, never values: they may be secret. */
export function readContainerDefinitions(text: string, path: string): ReadContainers<Container[]> {
  const definitions = parse(text);
  if (!Array.isArray(definitions)) {
    const given = definitions === undefined ? "text that is not JSON" : `JSON of ${kindOf(definitions)}`;
    const fix = "pass the string that you give to aws.ecs.TaskDefinition, made with pulumi.jsonStringify([…])";
    return { problems: [{ path, given, expected: "a JSON list of container definitions", fix }] };
  }
  return read<Container[]>(definitions, [CONTAINER], path);
}

/** Reads one container, of either form. */
export function readContainer(container: unknown, path: string): ReadContainers<Container> {
  return read<Container>(container, CONTAINER, path);
}

function read<T>(value: unknown, shape: Shape, path: string): ReadContainers<T> {
  const problems: Problem[] = [];
  const containers = project(value, shape, path, problems) as T;
  return problems.length > 0 ? { problems } : { containers };
}

/** The parts of the value that the shape names. */
function project(value: unknown, shape: Shape, path: string, problems: Problem[]): unknown {
  if (value === undefined || value === null) return undefined;
  const expected = shape === "text" ? "a string" : Array.isArray(shape) ? "a list" : "an object";
  if (kindOf(value) !== expected) {
    const fix = "use the shape of ECS's ContainerDefinition";
    problems.push({ path, given: kindOf(value), expected, fix });
    return undefined;
  }
  if (shape === "text") return value;
  if (Array.isArray(shape)) {
    return (value as unknown[]).flatMap((item, index) => project(item, shape[0], `${path}[${index}]`, problems) ?? []);
  }
  return Object.fromEntries(
    Object.entries(shape).flatMap(([field, part]) => {
      const projected = project((value as Record<string, unknown>)[field], part, `${path}.${field}`, problems);
      return projected === undefined ? [] : [[field, projected]];
    }),
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which may hold secrets.
    return undefined;
  }
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
