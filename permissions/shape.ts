import type { Problem } from "../retention/types";

/** What to take of a value, and of which kind it must be. */
export type Shape = "text" | [Shape] | { [field: string]: Shape };

/** What is taken by a shape; any of its fields may be absent. */
export type Shaped<S> = S extends "text"
  ? string
  : S extends [infer Item]
    ? Shaped<Item>[]
    : { [Field in keyof S]?: Shaped<S[Field]> };

/** The parts of the value that the shape names; items keep their places. */
export function project<S extends Shape>(
  value: unknown,
  shape: S,
  path: string,
  problems: Problem[],
): Shaped<S> | undefined {
  return projected(value, shape, path, problems) as Shaped<S> | undefined;
}

function projected(value: unknown, shape: Shape, path: string, problems: Problem[]): unknown {
  if (value === undefined || value === null) return undefined;
  const expected = shape === "text" ? "a string" : Array.isArray(shape) ? "a list" : "an object";
  if (kindOf(value) !== expected) {
    const fix = "use the shape of ECS's task definition";
    problems.push({ path, given: kindOf(value), expected, fix });
    return undefined;
  }
  if (shape === "text") return value;
  if (Array.isArray(shape)) {
    const [item] = shape;
    const nothing = item === "text" ? "" : {};
    return (value as unknown[]).map((each, index) => projected(each, item, `${path}[${index}]`, problems) ?? nothing);
  }
  const given = value as Record<string, unknown>;
  problems.push(...inOtherCase(Object.keys(given), Object.keys(shape), path));
  return Object.fromEntries(
    Object.entries(shape).flatMap(([field, part]) => {
      const taken = projected(given[field], part, `${path}.${field}`, problems);
      return taken === undefined ? [] : [[field, taken]];
    }),
  );
}

/** `Image` for `image`: the AWS provider takes one for the other, and what it asks for would not be seen here. */
function inOtherCase(keys: string[], fields: string[], path: string): Problem[] {
  const fix = "write the names of fields as ECS does";
  return keys.flatMap((key) => {
    const field = fields.find((each) => each !== key && each.toLowerCase() === key.toLowerCase());
    return field === undefined
      ? []
      : [{ path: `${path}.${key}`, given: "a name in another case", expected: field, fix }];
  });
}

/** A kind of value in the words of an error message. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
