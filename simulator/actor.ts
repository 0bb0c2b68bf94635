import type { Clock, Millis } from "../retention/types";
import type { SimulatedClock } from "./clock";
import { KilledError } from "./operation";

/** A simulated process: time stands still while it works, and moves while it sleeps. Made by `clock.actor`. */
export class Actor implements Clock {
  readonly #clock: SimulatedClock;
  readonly #bury: () => void;
  readonly death: Promise<never>;
  #die: (error: Error) => void = () => {};
  killed = false;
  ended = false;
  resting = 0;

  constructor(clock: SimulatedClock, bury: () => void) {
    this.#clock = clock;
    this.#bury = bury;
    this.death = new Promise((_, reject) => {
      this.#die = reject;
    });
    this.death.catch(() => {});
  }

  now(): Millis {
    return this.#clock.now();
  }

  sleep(ms: number): Promise<void> {
    return this.#clock.sleepAs(this, ms);
  }

  /** Ends it: its sleeps and calls never answer, and its `clock.actor` promise rejects with KilledError. */
  kill(reason = "killed"): void {
    if (!this.ended) {
      this.killed = true;
      this.#bury();
      this.#die(new KilledError(reason));
    }
  }
}
