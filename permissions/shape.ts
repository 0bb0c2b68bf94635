import type { Problem } from "../retention/types";

/** What to take of a value, and of which kind it must be. */
export type Shape = "text" | [Shape] | { [field: string]: Shape };

/** The parts of the value that the shape names; items keep their places. */
export function project(value: unknown, shape: Shape, path: string, problems: Problem[]): unknown {
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
    return (value as unknown[]).map((each, index) => project(each, item, `${path}[${index}]`, problems) ?? nothing);
  }
  return Object.fromEntries(
    Object.entries(shape).flatMap(([field, part]) => {
      const projected = project((value as Record<string, unknown>)[field], part, `${path}.${field}`, problems);
      return projected === undefined ? [] : [[field, projected]];
    }),
  );
}

/** A kind of value in the words of an error message. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
