import type { Millis } from "../../retention/types";
import { Random } from "../../simulator/random";
import type { EventKind } from "./events";

/** One thing that happens. What it is about is drawn from its own seed, so that it stays itself where others are left out. */
export interface Event {
  /** Position in the whole history: what `--events` names. */
  id: number;
  kind: EventKind;
  /** Simulated time from the event before. */
  after: Millis;
  /** Instead: it happens just before so many more calls were made, in the middle of a run. */
  calls?: number;
  seed: number;
}

/** Everything that decides a simulation: the same history gives the same calls. */
export interface History {
  seed: number;
  world: WorldSettings;
  events: Event[];
}

export interface WorldSettings {
  /** Of every list call. */
  pageSize: number;
  /** Families with a service, at the beginning. */
  families: number;
  /** A call takes up to so long, now and then. */
  slowest: Millis;
  /** Clocks of runs are wrong by up to so much. */
  skew: Millis;
  /** Reads may answer as of so long ago. */
  staleness: Millis;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Long enough for all durations that policies draw, to run out several times. */
const LENGTH = 35 * DAY;

/** How often each kind happens, beside the daily runs. */
const WEIGHTS: Partial<Record<EventKind, number>> = {
  deploy: 30,
  register: 12,
  "register-with-secret": 6,
  "deploy-older": 8,
  "deploy-failing": 5,
  "roll-back": 8,
  "switch-over": 10,
  "scale-to-zero": 4,
  "scale-up": 4,
  "create-service": 4,
  "delete-service": 3,
  "run-task": 14,
  "stop-task": 12,
  "put-target": 8,
  "remove-target": 6,
  "codedeploy-deployment": 4,
  "deregister-by-hand": 8,
  hold: 4,
  "end-hold": 3,
  stop: 2,
  "end-stop": 4,
  "edit-registration": 6,
  "edit-without-role": 1,
  "break-registration": 1.5,
  "remove-registration": 1.5,
  "add-registration": 4,
  acknowledge: 1,
  "corrupt-object": 2,
  "delete-object": 1.5,
  deny: 2,
  allow: 4,
};

/** What is slipped in between the calls of a run. */
const DURING: Partial<Record<EventKind, number>> = {
  ...WEIGHTS,
  "deregister-by-hand": 12,
  stop: 5,
  hold: 10,
  "run-task": 30,
  "edit-registration": 10,
  fail: 50,
  "lose-answer": 30,
  "answer-as-before": 20,
  kill: 8,
  "run-function": 5,
  "run-cli": 5,
};

/** A random history from one number. */
export function randomHistory(seed: number): History {
  const random = new Random(seed);
  const pick = <T>(items: readonly T[]): T => items[random.below(items.length)] as T;
  const world: WorldSettings = {
    pageSize: pick([2, 3, 5, 100]),
    families: pick([1, 2, 3, 4, 7]),
    slowest: pick([0, 0, 5_000]),
    skew: pick([0, 0, 2 * MINUTE]),
    staleness: pick([0, 0, 0, 10 * MINUTE]),
  };
  const events: Event[] = [];
  const add = (kind: EventKind, after: Millis, calls?: number) =>
    events.push({ id: events.length, kind, after, ...(calls && { calls }), seed: random.below(2 ** 32) });
  const gap = () => (random.next() < 0.3 ? random.below(10 * MINUTE) : random.below(5 * HOUR));

  let untilRun = random.below(DAY);
  for (let now = 0; now < LENGTH; ) {
    const after = gap();
    if (after < untilRun) {
      untilRun -= after;
      now += after;
      add(drawn(random, WEIGHTS), after);
      continue;
    }
    now += untilRun;
    add("run-function", untilRun);
    if (random.next() < 0.15) add(pick(["run-cli", "run-function", "run-report"] as const), random.below(4 * MINUTE));
    for (let count = random.below(5); count > 0; count--) add(drawn(random, DURING), 0, 1 + random.below(90));
    untilRun = DAY - (random.next() < 0.2 ? random.below(DAY) : random.below(MINUTE));
  }
  return { seed, world, events };
}

function drawn(random: Random, weights: Partial<Record<EventKind, number>>): EventKind {
  const entries = Object.entries(weights) as [EventKind, number][];
  let left = random.next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [kind, weight] of entries) {
    left -= weight;
    if (left < 0) return kind;
  }
  throw new Error("no weights were given");
}
