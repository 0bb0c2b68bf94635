import type { AcceptedFinding } from "../retention/findings";
import type { Problem } from "../retention/types";

/** A lifecycle policy that AWS would accept, its rules by priority. */
export interface LifecyclePolicy {
  rules: LifecycleRule[];
}

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html */
export interface LifecycleRule {
  /** Unique; the lowest is applied first. */
  rulePriority: number;
  description?: string;
  selection: TagSelection & Counting & { storageClass: StorageClass };
  action: "expire" | "transition";
}

/** An image is selected by a list where each entry matches one of its tags. Entries are sorted and stand once. */
export type TagSelection =
  | { tagStatus: "untagged" | "any" }
  | { tagStatus: "tagged"; tagPatternList: string[]; tagPrefixList?: undefined }
  | { tagStatus: "tagged"; tagPrefixList: string[]; tagPatternList?: undefined };

export interface Counting {
  countType: CountType;
  /** Images for `imageCountMoreThan`, else days. */
  countNumber: number;
}

export type CountType = "imageCountMoreThan" | "sinceImagePushed" | "sinceImagePulled" | "sinceImageTransitioned";

export type StorageClass = "standard" | "archive";

/** Why AWS would refuse a policy, or nobody could read it. */
export interface LifecycleProblem extends Problem {
  /** Where AWS says so. Absent: our own rule about how rules are written. */
  source?: string;
}

/** A policy that AWS would accept, or everything that is wrong with it. */
export type ReadPolicy =
  | { policy: LifecyclePolicy; acceptedFindings: AcceptedFinding[]; problems?: undefined }
  | { policy?: undefined; acceptedFindings?: undefined; problems: LifecycleProblem[] };
