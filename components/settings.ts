import type * as pulumi from "@pulumi/pulumi";
import type { PlaintextSecrets, ReferenceSource } from "./constants";
import type { LifecyclePolicyArgs, TagMutabilityExclusionFilterArgs } from "./lifecycle";

/** A gap that somebody takes responsibility for. */
export interface AcknowledgedGapArgs {
  /** The gap's id, as reports show it. */
  id: pulumi.Input<string>;
  /** Why nothing can be lost by it. Reports show it. */
  reason: pulumi.Input<string>;
  /** The last day on which it blocks nothing, in UTC: `2027-03-31`. */
  until: pulumi.Input<string>;
}

/** Where references to revisions are not looked for. */
export interface IgnoredSourceArgs {
  /** The source. */
  source: pulumi.Input<ReferenceSource>;
  /** Why nothing can be lost by it. Reports show it. */
  reason: pulumi.Input<string>;
}

/** What to keep of a family's revisions. Durations are `"36h"`, `"30d"` or `"2w"`. */
export interface TaskDefinitionRetentionArgs {
  /**
   * That many newest ACTIVE revisions are always kept.
   * @default 10
   */
  keepRevisions?: pulumi.Input<number>;
  /**
   * That many last revisions on which a deployment completed are always kept: 0 to 100.
   * @default 3
   */
  keepSuccessful?: pulumi.Input<number>;
  /**
   * A revision younger than this is never touched.
   * @default "30d"
   */
  keepFor?: pulumi.Input<string>;
  /**
   * A revision that something referred to less than this ago is never touched. What was used before the first run is not
   * known: it counts as used then.
   * @default "30d"
   */
  unusedFor?: pulumi.Input<string>;
  /**
   * A revision is INACTIVE at least this long before it is deleted; at least `"1h"`.
   * @default "7d"
   */
  deleteAfter?: pulumi.Input<string>;
  /**
   * Revisions that are kept whatever else holds, as `family:revision`.
   * @default - none
   */
  pinned?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Whether revisions with secrets in clear go ahead of the rules that keep by count and age, once nothing needs them.
   * @default PlaintextSecrets.Report
   */
  plaintextSecrets?: pulumi.Input<PlaintextSecrets>;
}

/** How much may be removed at a time. */
export interface RetentionLimitsArgs {
  /**
   * Removals in any 24 hours, all kinds together: deregistering a revision is one, deleting it another.
   * @default 500
   */
  maxRemovals?: pulumi.Input<number>;
}

/** What to keep of a service's images. */
export interface ImageRetentionArgs {
  /** The repositories that the service's images are in, by keys of your choice, which name their resources. */
  repositories: { [key: string]: RepositoryArgs };
}

/** A repository of the service's own. */
export interface RepositoryArgs {
  /** Its name. */
  repositoryName: pulumi.Input<string>;
  /**
   * Its lifecycle policy, which replaces any other; `{}` has images expire 365 days after they were archived, and no
   * others.
   */
  lifecyclePolicy: pulumi.Input<LifecyclePolicyArgs>;
  /**
   * Its own `imageTagMutability`, such as `IMMUTABLE`: what moves a tag leaves images in use without one.
   * @default - tags count as moving
   */
  imageTagMutability?: pulumi.Input<string | undefined>;
  /**
   * Its own `imageTagMutabilityExclusionFilters`.
   * @default - none
   */
  imageTagMutabilityExclusionFilters?: pulumi.Input<pulumi.Input<TagMutabilityExclusionFilterArgs>[] | undefined>;
  /**
   * Other services whose images are in it.
   * @default - none
   */
  sharedWith?: pulumi.Input<pulumi.Input<string>[]>;
}
