import { shown } from "./errors";
import type { Problem } from "./types";

/** What one property of an input may be: a value, an object with properties of its own, or a list of such objects. */
type Field = ValueField | { fields: Record<string, Field> } | { items: Record<string, Field> };

interface ValueField {
  accepts(value: unknown): boolean;
  expected: string;
  fix: string;
  /** Taken where the property is absent. Without it, the property is required unless `optional`. */
  default?: unknown;
  optional?: true;
}

/** A value that its reader judges beside others. */
export const ANYTHING = { accepts: () => true, expected: "anything", fix: "", optional: true } satisfies ValueField;

export type Fields<T> = { [Name in keyof T]-?: Field };

/**
 * Reads an object's own properties by a table of fields and adds whatever is wrong to `problems`.
 *
 * @param path Of the object as its writer sees it; empty for the outermost one.
 * @param root What the outermost object is called where it is no object at all.
 * @returns Only what was accepted, so it is a whole `T` only where no problem was added.
 */
export function readFields<T>(
  value: unknown,
  fields: Fields<T>,
  problems: Problem[],
  { path = "", root = "policy" } = {},
): Partial<T> {
  const names = Object.keys(fields).join(", ");
  if (!isRecord(value)) {
    const fix = `write an object with any of ${names}`;
    problems.push({ path: path || root, given: shown(value), expected: "an object", fix });
    return {};
  }
  const given = new Map<string, unknown>(Object.entries(value));
  problems.push(...unknownProperties(value, Object.keys(fields), path));
  const read: Record<string, unknown> = {};
  for (const [name, field] of Object.entries<Field>(fields)) {
    const member = given.get(name);
    if ("fields" in field) {
      read[name] = readFields(member === undefined ? {} : member, field.fields, problems, { path: within(path, name) });
    } else if ("items" in field) {
      read[name] = readItems(member === undefined ? [] : member, field.items, problems, within(path, name));
    } else if (member === undefined ? "default" in field : field.accepts(member)) {
      read[name] = member === undefined ? field.default : member;
    } else if (member !== undefined || !field.optional) {
      problems.push({ path: within(path, name), given: shown(member), expected: field.expected, fix: field.fix });
    }
  }
  return read as Partial<T>;
}

/** Whatever an object has besides these properties: it was mistyped, or would be passed on unread. */
export function unknownProperties(given: object, known: readonly string[], path: string): Problem[] {
  const fix = "correct its name or remove it";
  return Object.keys(given)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      path: within(path, /^[A-Za-z0-9_-]{1,64}$/.test(name) ? name : shown(name)),
      given: "an unknown property",
      expected: `one of ${known.join(", ")}`,
      fix,
    }));
}

function readItems(value: unknown, items: Record<string, Field>, problems: Problem[], path: string): unknown[] {
  if (Array.isArray(value)) {
    return value.map((item, index) => readFields(item, items, problems, { path: `${path}[${index}]` }));
  }
  const fix = `write a list of objects with ${Object.keys(items).join(", ")}`;
  problems.push({ path, given: shown(value), expected: "a list of objects", fix });
  return [];
}

/**
 * What a text of JSON stands for, or where it stops being JSON, in the words of an error message. The parser's own message
 * quotes the text, which may be one that was named by mistake.
 */
export function parseJson(
  text: string,
): { value: unknown; unparsed?: undefined } | { value?: undefined; unparsed: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    const [where] = /line \d+ column \d+/.exec(String(error)) ?? [];
    return { unparsed: where ? `no JSON from ${where} on` : "no JSON" };
  }
}

/** Whether it is an object with members, as JSON has them: no list, not null. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Path of a property of what stands at a path. */
export function within(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

/** Whether the path is the outer one or that of something within it. */
export function isWithin(path: string, outer: string): boolean {
  return path === outer || path.startsWith(`${outer}.`) || path.startsWith(`${outer}[`);
}

export function isWhole(atLeast: number, atMost = Number.MAX_SAFE_INTEGER): (value: unknown) => boolean {
  return (value) => Number.isSafeInteger(value) && (value as number) >= atLeast && (value as number) <= atMost;
}

export function isOneOf(constants: readonly string[]): (value: unknown) => boolean {
  return (value) => (constants as readonly unknown[]).includes(value);
}

/** `"report", "enforce" or "retire"` */
export function quoted(constants: readonly string[]): string {
  const [last, ...others] = constants.map((constant) => `"${constant}"`).reverse();
  return `${others.reverse().join(", ")} or ${last}`;
}

/** Whether a log driver takes an option's text for true: https://pkg.go.dev/strconv#ParseBool */
export function isTrueToDriver(text: unknown): boolean {
  return isOneOf(["1", "t", "T", "true", "True", "TRUE"])(text);
}
