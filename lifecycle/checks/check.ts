import type { AnyFinding } from "../../retention/findings";
import type { Image, TagMutability } from "../../retention/images/image";
import type { Millis } from "../../retention/types";
import type { LifecyclePolicy } from "../types";

/** What is known of the repository besides its policy. */
export interface RepositoryContext {
  /** Absent: not known; then tags count as moving. */
  mutability?: TagMutability;
  /** Services, besides the one whose stack owns the policy, whose images are in the repository. */
  sharedWith: string[];
  /** Absent: not read; checks that need images find nothing. */
  images?: Image[];
  /** When the images were read. @default the last moment that they tell of */
  now?: Millis;
}

/** Something about a policy that AWS accepts, and its writer may regret. */
export interface LifecycleCheck {
  /** In lower case with hyphens; what an accepted finding names. */
  id: string;
  /** `in-use`: may take an image in use. `seeming`: does not do what it seems to. */
  kind: "in-use" | "seeming";
  /** What it asks of a policy, as a question. */
  question: string;
  why: string;
  fix: string;
  /** Documentation or an incident. */
  link: string;
  /** Each rule that it is true of, by priority, and what exactly, in a clause. */
  find(policy: LifecyclePolicy, context: RepositoryContext): { rule: number; what: string }[];
}

/** What is found in a lifecycle policy. */
export interface LifecycleFinding extends AnyFinding {
  kind: LifecycleCheck["kind"];
  /** Priority of the rule. */
  rule: number;
}
