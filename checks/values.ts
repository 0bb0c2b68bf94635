import { isRecord } from "../retention/fields";

/** The objects of a list; none where it is no list. */
export function records(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** The members of an object; none where it is no object. */
export function membersOf(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

/** Whether nothing was given: templates and answers of AWS write nothing in several ways. */
export function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

/** The text, where it is one and no template's placeholder has still to be filled in. */
export function filledIn(value: unknown): string | undefined {
  const isOpen = typeof value !== "string" || /[<>{}$]|%\w+%|^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/.test(value);
  return isOpen ? undefined : value;
}

/** Whether it is a number out of these bounds. */
export function isOutside(value: unknown, least: number, most: number): boolean {
  return typeof value === "number" && !(value >= least && value <= most);
}
