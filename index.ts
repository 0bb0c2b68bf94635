export { CleanupFunction, type CleanupFunctionArgs } from "./components/cleanup-function";
export {
  FamilyMatch,
  LifecycleAction,
  PlaintextSecrets,
  ReferenceSource,
  RetentionMode,
  TagStatus,
} from "./components/constants";
export {
  type ContainerArgs,
  type ContainerLogConfigurationArgs,
  type ContainerSecretArgs,
  ExecutionRole,
  type ExecutionRoleArgs,
} from "./components/execution-role";
export type {
  AcceptedFindingArgs,
  LifecyclePolicyArgs,
  LifecycleRuleArgs,
  TagMutabilityExclusionFilterArgs,
} from "./components/lifecycle";
export type { CleanupFunctionReference } from "./components/reference";
export { RepositoryRetention, type RepositoryRetentionArgs } from "./components/repository-retention";
export { retainRevisions } from "./components/retain-revisions";
export { RetentionStore, type RetentionStoreArgs } from "./components/retention-store";
export { ServiceRetention, type ServiceRetentionArgs } from "./components/service-retention";
export type {
  AcknowledgedGapArgs,
  IgnoredSourceArgs,
  ImageRetentionArgs,
  RepositoryArgs,
  RetentionLimitsArgs,
  TaskDefinitionRetentionArgs,
} from "./components/settings";
export { TaskRole, type TaskRoleArgs } from "./components/task-role";
