import type { Millis } from "./types";

export const HOUR: Millis = 3_600_000;
export const DAY: Millis = 24 * HOUR;

const UNITS: Record<string, Millis> = { h: HOUR, d: DAY, w: 7 * DAY };

// A date plus a duration must stay a date that can be printed.
const LONGEST: Millis = 36_500 * DAY;

/**
 * Reads a duration: a whole number of hours, days or weeks, such as `"36h"`, `"30d"` or `"2w"`.
 *
 * @returns Milliseconds, or undefined where the text is none, or is longer than 36500 days.
 */
export function parseDuration(text: unknown): Millis | undefined {
  const match = typeof text === "string" ? /^(0|[1-9][0-9]*)([hdw])$/.exec(text) : null;
  if (!match) return undefined;
  const millis = Number(match[1]) * (UNITS[match[2] as string] as Millis);
  return millis <= LONGEST ? millis : undefined;
}
