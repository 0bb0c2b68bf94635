export {
  CleanupFunction,
  type CleanupFunctionArgs,
  type CleanupFunctionReference,
} from "./components/cleanup-function";
export { RetentionMode } from "./components/constants";
export {
  type ContainerArgs,
  type ContainerLogConfigurationArgs,
  type ContainerSecretArgs,
  ExecutionRole,
  type ExecutionRoleArgs,
} from "./components/execution-role";
export { retainRevisions } from "./components/retain-revisions";
export { RetentionStore, type RetentionStoreArgs } from "./components/retention-store";
export {
  ServiceRetention,
  type ServiceRetentionArgs,
  type TaskDefinitionRetentionArgs,
} from "./components/service-retention";
export { TaskRole, type TaskRoleArgs } from "./components/task-role";
