import type { Millis } from "../../retention/types";

const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** How much later than the world the product may know something, and why: no rule of the observer allows more. */
export interface Tolerances {
  /** A reference may be this young when its revision is deregistered. A deletion has no such tolerance. */
  reference: Millis;
  /** A stop, or a registration, may have been written this long before a removal. */
  batch: Millis;
  /** A hold tag may have been set this long before a removal. */
  tag: Millis;
  /** Durations and ages may be measured wrong by this much. */
  clock: Millis;
  /** The rolling day of a limit may be shorter by this much. */
  day: Millis;
}

export function tolerancesOf({
  staleness,
  slowest,
  skew,
}: {
  staleness: Millis;
  slowest: Millis;
  skew: Millis;
}): Tolerances {
  return {
    // Removals start up to 5 minutes after the read of references began, take as long as a call takes, and what was read
    // may have been as old as AWS's own lag.
    reference: 5 * MINUTE + slowest + staleness + 1_000,
    // One batch lasts 5 minutes from the read of references; stop and registrations are read again before each.
    batch: 5 * MINUTE + slowest + 1_000,
    // A revision is described again just before: ten of them before a call that deletes ten, each with its archive.
    tag: 2 * MINUTE + staleness,
    // Two runs whose clocks are wrong in opposite directions, one noting and the other reading.
    clock: 2 * skew + 1_000,
    // Counted from the end of a batch, by clocks that may be wrong in opposite directions.
    day: 2 * skew + slowest + 1_000,
  };
}
