import { AsyncLocalStorage } from "node:async_hooks";
import type { Clock, Millis } from "../retention/types";
import { Actor } from "./actor";

type Wake = { at: Millis; run: () => void; actor?: Actor };

/**
 * Simulated time. `sleep` never waits for real: once every running actor sleeps, time jumps to the earliest sleeper or
 * timer. Timers fire on the way, in order; a timer's task is an actor of its own.
 */
export class SimulatedClock implements Clock {
  #now: Millis;
  readonly #wakes: Wake[] = [];
  readonly #awake = new Set<object>();
  readonly #tasks = new Set<Promise<void>>();
  readonly #failures: Error[] = [];
  readonly #current = new AsyncLocalStorage<Actor | undefined>();
  #sleepers = 0;
  #pumping = false;

  constructor(startsAt: Millis) {
    this.#now = startsAt;
  }

  now(): Millis {
    return this.#now;
  }

  /** The actor on whose behalf this code runs; none after it has ended, though what it started may run on. */
  get currentActor(): Actor | undefined {
    const actor = this.#current.getStore();
    return actor?.ended ? undefined : actor;
  }

  sleep(ms: number): Promise<void> {
    return this.sleepAs(this.currentActor, ms);
  }

  /** Runs something on behalf of no actor: whoever dies meanwhile, it goes on. */
  apart<T>(work: () => T): T {
    return this.#current.run(undefined, work);
  }

  /** Holds time still until the returned function is called. */
  hold(): () => void {
    const token = {};
    this.#awake.add(token);
    return () => {
      this.#awake.delete(token);
      this.#pump();
    };
  }

  /** Runs a task at a moment; it is reached only while somebody sleeps or `advance`s. */
  at(time: Millis, task: () => void | Promise<void>): () => void {
    const wake = {
      at: Math.max(time, this.#now),
      run: () => this.start(task),
    };
    this.#add(wake);
    return () => {
      const index = this.#wakes.indexOf(wake);
      if (index >= 0) this.#wakes.splice(index, 1);
    };
  }

  /** The same, so long from now. */
  after(ms: number, task: () => void | Promise<void>): () => void {
    return this.at(this.#now + ms, task);
  }

  /** Runs a task now, as an actor that `settled` waits for. */
  start(task: () => void | Promise<void>): void {
    const work: Promise<void> = this.actor(async () => task())
      .catch((error: Error) => void this.#failures.push(error))
      .finally(() => this.#tasks.delete(work));
    this.#tasks.add(work);
  }

  /** Moves time on, then waits until what timers started has ended; time moves further if that sleeps. Rejects with its first error. */
  async advance(ms: number): Promise<void> {
    await this.sleep(ms);
    await this.settled();
  }

  /** Resolves once no task that a timer started is running; throws the first error of one. */
  async settled(): Promise<void> {
    while (this.#tasks.size > 0) {
      await this.wait(Promise.all(this.#tasks));
    }
    const [failure] = this.#failures.splice(0);
    if (failure) throw failure;
  }

  /** Runs a function as a simulated process whose sleeps count. */
  async actor<T>(work: (actor: Actor) => Promise<T>): Promise<T> {
    const actor = new Actor(this, () => this.#bury(actor));
    this.#awake.add(actor);
    try {
      const result = await Promise.race([this.#current.run(actor, () => work(actor)), actor.death]);
      return actor.killed ? await actor.death : result;
    } finally {
      actor.ended = true;
      this.#awake.delete(actor);
      this.#pump();
    }
  }

  /** Awaits something that needs time to move: the current actor counts as asleep meanwhile. */
  async wait<T>(work: Promise<T>): Promise<T> {
    const actor = this.currentActor;
    this.#rest(actor);
    try {
      return await work;
    } finally {
      this.#rise(actor);
    }
  }

  /** Its sleeps must not move time any more. */
  #bury(actor: Actor): void {
    const left = this.#wakes.filter((wake) => wake.actor !== actor);
    this.#sleepers -= this.#wakes.length - left.length;
    this.#wakes.splice(0, Infinity, ...left);
  }

  /** For {@link Actor}. */
  sleepAs(actor: Actor | undefined, ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (actor?.killed) return;
      this.#rest(actor);
      this.#sleepers += 1;
      const run = () => {
        this.#sleepers -= 1;
        this.#rise(actor);
        resolve();
      };
      this.#add({ at: this.#now + Math.ceil(Math.max(0, ms)), run, actor });
    });
  }

  #rest(actor: Actor | undefined): void {
    if (actor) {
      actor.resting += 1;
      this.#awake.delete(actor);
    }
    this.#pump();
  }

  #rise(actor: Actor | undefined): void {
    if (actor) {
      actor.resting -= 1;
      if (actor.resting === 0 && !actor.ended) this.#awake.add(actor);
    }
  }

  #add(wake: Wake): void {
    this.#wakes.splice(this.#wakes.findLastIndex(({ at }) => at <= wake.at) + 1, 0, wake);
    this.#pump();
  }

  /** Whoever was just woken gets a turn of the event loop before time moves again. */
  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    setImmediate(() => {
      this.#pumping = false;
      if (this.#awake.size > 0 || this.#sleepers === 0) return;
      const next = this.#wakes.shift();
      if (next) {
        this.#now = Math.max(this.#now, next.at);
        next.run();
        this.#pump();
      }
    });
  }
}
