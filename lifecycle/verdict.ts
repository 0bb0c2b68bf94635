import type { Image } from "../retention/images/image";
import type { Millis } from "../retention/types";

/** What a lifecycle policy makes of one image. */
export interface LifecycleVerdict {
  image: Image;
  action: "keep" | "expire" | "archive";
  /** Priority of the rule that takes it (or its subject) or, of a kept one, that selects it first. Absent: none does. */
  rule?: number;
  because:
    | "unselected"
    /** The rule takes it: AWS acts within 24 hours. */
    | "taken"
    /** It is a referrer, and its subject goes (`with`). */
    | "subject"
    /** Indexes that name it are there (`with`): while they are, the rule neither takes nor counts it. */
    | "index"
    /** The rule takes it from `at` on. */
    | "not-yet"
    /** It is among the newest that the rule keeps. */
    | "newest";
  /** Digests. */
  with?: string[];
  /** From when the rule takes it, unless it is pulled, pushed or restored meanwhile. Absent: of no date that exists. */
  at?: Millis;
  /** Priorities of the lower rules that would take it, were it not for the rule; of a kept one. */
  shieldedFrom: number[];
}
