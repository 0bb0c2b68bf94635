/** What a service's retention does. */
export const RetentionMode = {
  /** Reports what would be removed; no role that could remove it exists. */
  Report: "report",
  /** Removes it. */
  Enforce: "enforce",
  /** Removes what a service that is gone left behind: nothing is kept as newest or by count, any reference keeps it all. */
  Retire: "retire",
} as const;
export type RetentionMode = (typeof RetentionMode)[keyof typeof RetentionMode];

/** Which families a service's revisions are in. */
export const FamilyMatch = {
  /** In the one of that name. */
  Exact: "exact",
  /** In all whose name is that one, `-` and eight hexadecimal digits, as awsx names them. */
  HashSuffix: "hash-suffix",
} as const;
export type FamilyMatch = (typeof FamilyMatch)[keyof typeof FamilyMatch];

/** What becomes of revisions that carry secrets in clear. */
export const PlaintextSecrets = {
  /** They are reported, and kept as long as others. */
  Report: "report",
  /** They go as soon as nothing needs them. */
  RemoveWhenUnreferenced: "remove-when-unreferenced",
} as const;
export type PlaintextSecrets = (typeof PlaintextSecrets)[keyof typeof PlaintextSecrets];

/** What may be left out where references to revisions are read. */
export const ReferenceSource = {
  /** EventBridge rules of every bus. */
  Rules: "rules",
  /** EventBridge Pipes. */
  Pipes: "pipes",
  /** EventBridge Scheduler. */
  Schedules: "schedules",
  /** Step Functions. */
  StateMachines: "state-machines",
  /** CodeDeploy. */
  CodeDeploy: "codedeploy",
} as const;
export type ReferenceSource = (typeof ReferenceSource)[keyof typeof ReferenceSource];

/** Which images a lifecycle rule is about. */
export const TagStatus = {
  /** Those with the tags that it lists. */
  Tagged: "tagged",
  /** Those without a tag. */
  Untagged: "untagged",
  /** All. */
  Any: "any",
} as const;
export type TagStatus = (typeof TagStatus)[keyof typeof TagStatus];

/** What a lifecycle rule does with an image. */
export const LifecycleAction = {
  /** Deletes it. */
  Expire: "expire",
  /** Moves it to the archive storage class, from where it cannot be pulled before it is restored. */
  Archive: "archive",
} as const;
export type LifecycleAction = (typeof LifecycleAction)[keyof typeof LifecycleAction];
