import type { Millis } from "./types";

/** `2026-11-20`, the day in UTC. */
export function dayOf(at: Millis): string {
  return new Date(at).toISOString().slice(0, 10);
}

// Amazon ECS was announced then: an older date is a misread one, such as seconds taken for milliseconds.
const FIRST_DATE: Millis = Date.UTC(2014, 10, 13);

/** Later years have more than four digits. */
export const LAST_DATE: Millis = Date.UTC(9999, 11, 31);

/** A date that can be true; anything else counts as not read. */
export function dateOf(date: unknown): Millis | undefined {
  return typeof date === "number" && Number.isFinite(date) && date >= FIRST_DATE ? date : undefined;
}
