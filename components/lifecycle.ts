import type * as pulumi from "@pulumi/pulumi";
import type { LifecycleAction, TagStatus } from "./constants";
import type { AcceptedFindingArgs } from "./findings";

/** What ECR itself removes from a repository, blind to what is in use. Without rules: what is archived for a year. */
export interface LifecyclePolicyArgs {
  /**
   * Rules, of which the first that selects an image decides. Give these or `policyJson`.
   * @default - `policyJson`; without that, images expire 365 days after they were archived, and no others
   */
  rules?: pulumi.Input<pulumi.Input<LifecycleRuleArgs>[]>;
  /**
   * A lifecycle policy as AWS's JSON. Give this or `rules`.
   * @default - `rules`
   */
  policyJson?: pulumi.Input<string>;
  /**
   * Findings about the policy that are meant, and no longer warned about.
   * @default - a warning for each finding
   */
  acceptedFindings?: pulumi.Input<pulumi.Input<AcceptedFindingArgs>[]>;
}

/**
 * One rule: which images, how many or how long they stay (exactly one of the four `keep…`), what becomes of the others.
 * Durations are whole days: `"30d"` or `"2w"`.
 */
export interface LifecycleRuleArgs {
  /**
   * What it is for.
   * @default - none
   */
  description?: pulumi.Input<string>;
  /**
   * Selects images that have, for each of these patterns, a tag that matches it; `*` stands for any characters. For
   * images with any of them write a rule for each.
   * @default - `tagPrefixes` or `tagStatus`
   */
  tagPatterns?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Selects images that have, for each of these prefixes, a tag that begins with it. For images with any of them write a
   * rule for each.
   * @default - `tagPatterns` or `tagStatus`
   */
  tagPrefixes?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Which images it is about; to be given where no tags are listed.
   * @default TagStatus.Tagged, where tags are listed
   */
  tagStatus?: pulumi.Input<TagStatus>;
  /**
   * That many newest images stay, of all that it selects.
   * @default - another `keep…`
   */
  keepImages?: pulumi.Input<number>;
  /**
   * How long images stay after they were pushed.
   * @default - another `keep…`
   */
  keepFor?: pulumi.Input<string>;
  /**
   * How long images stay after their last pull, or their push; only to archive them. What runs for long pulls nothing.
   * @default - another `keep…`
   */
  keepUnpulledFor?: pulumi.Input<string>;
  /**
   * How long archived images stay after they were archived: 90 days at least. Only to expire them.
   * @default - another `keep…`
   */
  keepArchivedFor?: pulumi.Input<string>;
  /** What becomes of the others. */
  action: pulumi.Input<LifecycleAction>;
  /**
   * Rules with a lower number go first; unique.
   * @default - one more than that of the rule before it; 1 for the first
   */
  priority?: pulumi.Input<number>;
}

/** Tags that are an exception to a repository's mutability, as `aws.ecr.Repository` has them. */
export interface TagMutabilityExclusionFilterArgs {
  /** Pattern of the tags; `*` stands for any characters. */
  filter: pulumi.Input<string>;
  /** `WILDCARD`. */
  filterType: pulumi.Input<string>;
}
