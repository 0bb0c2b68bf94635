export { CleanupFunction, type CleanupFunctionArgs } from "./components/cleanup-function";
export { FamilyMatch, PlaintextSecrets, ReferenceSource, RetentionMode } from "./components/constants";
export {
  type ContainerArgs,
  type ContainerLogConfigurationArgs,
  type ContainerSecretArgs,
  ExecutionRole,
  type ExecutionRoleArgs,
} from "./components/execution-role";
export type { CleanupFunctionReference } from "./components/reference";
export { retainRevisions } from "./components/retain-revisions";
export { RetentionStore, type RetentionStoreArgs } from "./components/retention-store";
export { ServiceRetention, type ServiceRetentionArgs } from "./components/service-retention";
export type {
  AcknowledgedGapArgs,
  IgnoredSourceArgs,
  RetentionLimitsArgs,
  TaskDefinitionRetentionArgs,
} from "./components/settings";
export { TaskRole, type TaskRoleArgs } from "./components/task-role";
