export { CleanupFunction, type CleanupFunctionArgs } from "./components/cleanup-function";
export {
  FamilyMatch,
  LifecycleAction,
  PlaintextSecrets,
  ReferenceSource,
  RetentionMode,
  TagStatus,
} from "./components/constants";
export type {
  ContainerArgs,
  ContainerEnvironmentFileArgs,
  ContainerFirelensConfigurationArgs,
  ContainerKeysArgs,
  ContainerLogConfigurationArgs,
  ContainerRepositoryCredentialsArgs,
  ContainerSecretArgs,
  VolumeArgs,
  VolumeFsxArgs,
  VolumeFsxAuthorizationArgs,
} from "./components/container-args";
export { ExecutionRole, type ExecutionRoleArgs, type GrantExplanation } from "./components/execution-role";
export type { AcceptedFindingArgs } from "./components/findings";
export type {
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
export type { TaskRoleStatementArgs } from "./components/statements";
export { TaskRole, type TaskRoleArgs } from "./components/task-role";
