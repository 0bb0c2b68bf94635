import { attempt, ECS_EVENTS, type Happening } from "./events-ecs";
import { STORE_EVENTS } from "./events-store";
import { TARGET_EVENTS } from "./events-targets";
import { FAULTS } from "./faults";
import { RUNS } from "./runs";

const HAPPENINGS = { ...ECS_EVENTS, ...TARGET_EVENTS, ...STORE_EVENTS };

export type EventKind = keyof typeof HAPPENINGS | keyof typeof FAULTS | keyof typeof RUNS;

/** What somebody does in the account; not a fault, and not a run. */
export function happeningOf(kind: EventKind): Happening | undefined {
  return kind in HAPPENINGS ? attempt(HAPPENINGS[kind as keyof typeof HAPPENINGS]) : undefined;
}

export const faultOf = (kind: EventKind) => FAULTS[kind as keyof typeof FAULTS];
export const runOf = (kind: EventKind) => RUNS[kind as keyof typeof RUNS];
