import type { Clock, Millis } from "../retention/types";
import { kindOf, nameOf } from "./errors";
import { type Pace, pace } from "./pacing";

const FIRST_WAIT = 500;
const LONGEST_WAIT = 20_000;
const ATTEMPTS = 8;

/** A read that goes no further: no time is left, or a list does not end. */
export class CutOffError extends Error {
  override name = "CutOff";
}

/** A read that will not be tried again; `cause` says why. */
export class ReadError extends Error {
  override name = "ReadError";
  readonly operation: string;

  constructor(operation: string, cause: unknown) {
    super(`${operation}: ${cause instanceof CutOffError ? cause.message : nameOf(cause)}`, { cause });
    this.operation = operation;
  }
}

/** Makes the calls of one run: paced, counted, on one clock. */
export interface Calls {
  /**
   * Sends a read, again while it is throttled or AWS is unavailable, with capped exponential waits.
   *
   * @param operation As `service:Operation`.
   * @throws ReadError with the last error, or with CutOffError where `end` has come.
   */
  read<T>(operation: string, send: () => Promise<T>): Promise<T>;
  /** Sends a removal once. */
  remove<T>(operation: string, send: () => Promise<T>): Promise<T>;
  pace: Pace;
  /** By `service:Operation`, every attempt counted. */
  counts: Record<string, number>;
}

/** @param end Nothing is read after this moment. */
export function calls(clock: Clock, end: Millis, counts: Record<string, number> = {}): Calls {
  const paced = pace(clock);

  async function once<T>(operation: string, send: () => Promise<T>, last = Number.POSITIVE_INFINITY): Promise<T> {
    await paced.take(operation.slice(operation.indexOf(":") + 1));
    if (clock.now() >= last) throw new CutOffError("no time left");
    counts[operation] = (counts[operation] ?? 0) + 1;
    return send();
  }

  async function read<T>(operation: string, send: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await once(operation, send, end);
      } catch (error) {
        const kind = kindOf(error);
        const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempt - 1));
        const worthIt = kind === "throttled" || kind === "unavailable";
        if (!worthIt || attempt === ATTEMPTS || clock.now() + wait >= end) throw new ReadError(operation, error);
        await clock.sleep(wait);
      }
    }
  }

  return { read, remove: once, pace: paced, counts };
}
