import { type AcceptedFinding, type Finding, withReasons } from "../retention/findings";
import type { ContainerCheck } from "./check";
import {
  containerDependency,
  containerNameAgain,
  essentialMissing,
  misplacedField,
  restartPolicy,
  volumeMissing,
} from "./containers";
import { readTaskDefinition } from "./definition";
import { healthCheckExpression, healthCheckForm, healthCheckRange } from "./health-check";
import { healthCheckTools } from "./health-check-tools";
import { imageReference, imageTag } from "./image";
import { addedCapabilities, hostMode, privileged, readonlyRootFilesystem, rootUser, userMissing } from "./isolation";
import { executionRoleMissing, fargateUnsupported, networkModeUnsupported, stopTimeout } from "./launch-type";
import {
  awslogsCreateGroup,
  awslogsMultiline,
  awslogsOption,
  logConfigurationMissing,
  logDelivery,
  logDriver,
  logOptionType,
} from "./log-configuration";
import { environmentFile, environmentNameAgain, plaintextSecret, secretNameTaken, secretReference } from "./secrets";
import { containerSize, fargateSize, memoryMissing } from "./task-size";

/** All checks, in the order of their findings. Add one here to have it in warnings, the CLI and the docs. */
export const CONTAINER_CHECKS: readonly ContainerCheck[] = [
  healthCheckForm,
  healthCheckExpression,
  healthCheckRange,
  healthCheckTools,
  plaintextSecret,
  secretReference,
  secretNameTaken,
  environmentNameAgain,
  environmentFile,
  imageReference,
  imageTag,
  logDriver,
  logOptionType,
  awslogsOption,
  awslogsMultiline,
  logDelivery,
  awslogsCreateGroup,
  logConfigurationMissing,
  fargateSize,
  containerSize,
  memoryMissing,
  fargateUnsupported,
  networkModeUnsupported,
  stopTimeout,
  executionRoleMissing,
  containerNameAgain,
  essentialMissing,
  containerDependency,
  volumeMissing,
  restartPolicy,
  misplacedField,
  rootUser,
  userMissing,
  privileged,
  addedCapabilities,
  hostMode,
  readonlyRootFilesystem,
];

/** What users may accept. */
export const CHECK_IDS: readonly string[] = CONTAINER_CHECKS.map(({ id }) => id);

/**
 * What is wrong with a task definition, in the order of {@link CONTAINER_CHECKS}.
 *
 * @param definition Of any form that {@link readTaskDefinition} reads; nothing is found in anything else.
 * @param accepted Findings of these checks carry the reason in `accepted`; they stay in the list.
 */
export function findingsOf(definition: unknown, accepted: readonly AcceptedFinding[] = []): Finding[] {
  const read = readTaskDefinition(definition);
  if (!read) return [];
  const findings = CONTAINER_CHECKS.flatMap(({ check, question: _, ...told }) =>
    check(read).map((hit) => ({ ...told, ...hit })),
  );
  return withReasons(findings, accepted);
}
