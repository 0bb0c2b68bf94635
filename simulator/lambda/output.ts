import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Clock } from "../../retention/types";
import type { LogEvent } from "../services/logs";

/**
 * What a process prints. Lines come by pipes and everything else by HTTP, so the process writes a mark to each pipe
 * before each request that lets time move; waiting for the marks puts every line at its own time.
 */
export class Output {
  readonly #clock: Clock;
  #events: LogEvent[] = [];
  #seen = 0;
  #expected = 0;
  #reached: (() => void) | undefined;

  constructor(clock: Clock, streams: Readable[]) {
    this.#clock = clock;
    for (const stream of streams) {
      createInterface({ input: stream }).on("line", (line) => this.#take(line));
    }
  }

  /** Resolves once everything before the process's next mark was read. */
  marked(): Promise<void> {
    this.#expected += 2;
    return new Promise((resolve) => {
      this.#reached = resolve;
      this.#check();
    });
  }

  /** What was printed since the last call. */
  take(): LogEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  #take(line: string): void {
    if (line === "\0") {
      this.#seen += 1;
      this.#check();
    } else {
      this.#events.push({ timestamp: this.#clock.now(), message: line });
    }
  }

  #check(): void {
    if (this.#seen >= this.#expected) this.#reached?.();
  }
}
