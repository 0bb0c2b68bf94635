import { setTimeout } from "node:timers/promises";
import type { Clock } from "../retention/types";

/** The machine's time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms) => setTimeout(ms),
};
