import type { Gap, Millis, Plan, Postponement } from "../retention/types";
import { type BatchOptions, removeInBatches } from "./batch";
import { LATE } from "./guards";
import type { RunOptions } from "./options";
import { heed, type Part, postpone } from "./parts";
import type { Pass } from "./pass";

export interface PassesOptions
  extends Omit<BatchOptions, "removeUntil" | "next" | "onStopped" | "onRemoved">,
    Pick<RunOptions, "confirm" | "onProgress"> {
  /** When the run's last removal may start at the latest. */
  end: Millis;
  /** Reads the account anew and plans by it. */
  readAgain(): Promise<Pass>;
}

/** What came of removing. */
export interface Removal {
  /** Of all passes. */
  gaps: Gap[];
  last: Pass;
  /** What stopped removal for everybody, such as `control/STOP`. */
  stopped?: string;
  /** Why it ended early; what was removed by then has its outcomes. */
  failure?: unknown;
}

/** What a pass needs at least, or it would read without removing anything. */
const TIME_FOR_A_PASS: Millis = 2 * 60_000;

/**
 * Removes what the first pass planned. Where the time that its references hold does not suffice and enough of the run's
 * own is left, the account is read again: what is needed by then is spared, and the rest goes on.
 */
export async function removeInPasses(parts: Part[], first: Pass, options: PassesOptions): Promise<Removal> {
  const { clock, end, readAgain } = options;
  const postponeAll = (by: Postponement, cause: string) =>
    parts.forEach((part) => void postpone(part, by, cause, clock.now()));
  const waiting = () => parts.reduce((sum, part) => sum + part.waiting.size, 0);
  const removal: Removal = { gaps: first.inventory.gaps, last: first };
  const batches: Omit<BatchOptions, "removeUntil"> = {
    ...options,
    ...numbered(),
    onStopped(why) {
      removal.stopped = why;
    },
    onRemoved: progress(waiting(), waiting, options),
  };
  try {
    // What was in use must be known however the run ends.
    await options.ledgers.save();
    if (!(await isAgreed(parts, options))) postponeAll("declined", "declined");
    while (waiting() > 0) {
      const stop = await removeInBatches(parts, { ...batches, removeUntil: removal.last.removeUntil });
      if (stop) postponeAll(stop.by, stop.cause);
      if (waiting() === 0 || clock.now() + TIME_FOR_A_PASS > end) break;
      const next = await readAgain();
      removal.gaps = joined(removal.gaps, next.inventory.gaps);
      removal.last = next;
      for (const part of parts) heed(part, next.plans.get(part.registration.key) as Plan);
    }
  } catch (error) {
    removal.failure = error;
    postponeAll("time", (error as Error).message);
  }
  postponeAll("time", LATE);
  return removal;
}

async function isAgreed(parts: Part[], { confirm }: PassesOptions): Promise<boolean> {
  const plans = parts.filter(({ waiting }) => waiting.size > 0).map(({ report }) => report.plan as Plan);
  return plans.length === 0 || !confirm || confirm(plans);
}

function numbered(): Pick<BatchOptions, "next"> {
  let batches = 0;
  return { next: () => ++batches };
}

function progress(of: number, waiting: () => number, { onProgress }: PassesOptions): BatchOptions["onRemoved"] {
  return ({ registration }) =>
    onProgress?.({ step: "removal", registration: registration.key, done: of - waiting(), of });
}

/** Those of the first list, and of the second what the first does not have. */
function joined(gaps: Gap[], later: Gap[]): Gap[] {
  const known = new Set(gaps.map(({ id }) => id));
  return [...gaps, ...later.filter(({ id }) => !known.has(id))];
}
