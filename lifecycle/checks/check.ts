import type { AnyFinding } from "../../retention/findings";
import type { TagMutability } from "../../retention/images/image";
import type { Millis } from "../../retention/types";
import type { LifecyclePolicy } from "../types";
import type { LifecycleVerdict } from "../verdict";

/** What is known of the repository besides its policy. */
export interface RepositoryContext {
  /** Absent: not known; then tags count as moving. */
  mutability?: TagMutability;
  /** Services, besides the one whose stack owns the policy, whose images are in the repository. */
  sharedWith: string[];
  /** What the policy makes of its images, and at which moment. Absent: not read; checks that need images find nothing. */
  evaluated?: { verdicts: readonly LifecycleVerdict[]; at: Millis };
}

/** What is found in a lifecycle policy. */
export interface LifecycleFinding extends AnyFinding {
  /** `in-use`: may take an image in use. `seeming`: does not do what it seems to. */
  kind: "in-use" | "seeming";
  /** Priority of the rule. */
  rule: number;
}

/** A rule that a check objects to, and what exactly, in a clause. */
type Hit = Pick<LifecycleFinding, "rule" | "what">;

/** Something about a policy that AWS accepts, and its writer may regret. */
export interface LifecycleCheck extends Omit<LifecycleFinding, keyof Hit | "accepted"> {
  /** What it asks of a policy, as a question. */
  question: string;
  /** Each rule that it is true of, by priority. */
  find(policy: LifecyclePolicy, context: RepositoryContext): Hit[];
}
