import { DAY } from "./duration";
import { recentRemovals, removedSince } from "./ledger";
import type { Ledger, Millis } from "./types";

/** How much may be removed now, so that no 24 hours see more than `maxRemovals`. */
export function allowance(ledger: Ledger, maxRemovals: number, now: Millis): number {
  return Math.max(0, maxRemovals - removedSince(ledger, now));
}

/** When the next of what was removed counts no longer; undefined where nothing counts. */
export function freesAt(ledger: Ledger, now: Millis): Millis | undefined {
  const [oldest] = recentRemovals(ledger, now)
    .map(({ at }) => at)
    .sort((one, other) => one - other);
  return oldest === undefined ? undefined : oldest + DAY;
}

export interface Backlog {
  /** Removals that are still to be done, all kinds together. */
  postponed: number;
  /** How many of them are deregistrations, each of which a deletion follows. */
  deregistrations: number;
  maxRemovals: number;
  deleteAfter: Millis;
  ledger: Ledger;
  now: Millis;
}

/** When a backlog is gone at the earliest, if nothing is added to it and every removal is done as soon as the limit allows. */
export function backlogEnds({ postponed, deregistrations, maxRemovals, deleteAfter, ledger, now }: Backlog): Millis {
  const doneWith = (removals: number) => momentOf(removals, freeAgain(ledger, maxRemovals, now), now);
  const allDone = doneWith(postponed + deregistrations);
  return deregistrations === 0 ? allDone : Math.max(allDone, doneWith(postponed) + deleteAfter);
}

interface Free {
  at: Millis;
  count: number;
}

/** When how much of the limit becomes free within the next 24 hours: what was removed counts for as long. */
function freeAgain(ledger: Ledger, maxRemovals: number, now: Millis): Free[] {
  const counted = recentRemovals(ledger, now).map(({ at, count }) => ({ at: at + DAY, count }));
  const free = [
    { at: now, count: allowance(ledger, maxRemovals, now) },
    ...counted.sort((one, other) => one.at - other.at),
  ];
  // More than the limit may have been removed under an earlier policy.
  let excess = free.reduce((sum, { count }) => sum + count, 0) - maxRemovals;
  return free.map(({ at, count }) => {
    const kept = Math.max(0, count - excess);
    excess -= count - kept;
    return { at, count: kept };
  });
}

/** When the last of that many is done; what is free repeats every 24 hours. */
function momentOf(removals: number, free: Free[], now: Millis): Millis {
  if (removals <= 0) return now;
  const daily = free.reduce((sum, { count }) => sum + count, 0);
  const days = Math.ceil(removals / daily) - 1;
  let left = removals - days * daily;
  for (const { at, count } of free) {
    left -= count;
    if (left <= 0) return at + days * DAY;
  }
  return now;
}
