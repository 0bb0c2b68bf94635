import type { LifecyclePolicy, LifecycleRule } from "./types";

/**
 * A policy as AWS's JSON: rules by priority, one a line, keys in the order of AWS's template, so that a change of one rule
 * changes one line.
 *
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
 */
export function renderLifecyclePolicy({ rules }: LifecyclePolicy): string {
  const sorted = [...rules].sort((one, other) => one.rulePriority - other.rulePriority);
  return `{"rules":[\n${sorted.map((rule) => `  ${JSON.stringify(document(rule))}`).join(",\n")}\n]}`;
}

/** What is undefined does not reach the JSON. */
function document({ rulePriority, description, selection, action }: LifecycleRule) {
  const { tagStatus, storageClass, countType, countNumber } = selection;
  const lists =
    selection.tagStatus === "tagged"
      ? { tagPatternList: selection.tagPatternList, tagPrefixList: selection.tagPrefixList }
      : {};
  return {
    rulePriority,
    description,
    selection: {
      tagStatus,
      ...lists,
      storageClass: storageClass === "archive" ? storageClass : undefined,
      countType,
      countUnit: countType === "imageCountMoreThan" ? undefined : "days",
      countNumber,
    },
    action: { type: action, targetStorageClass: action === "transition" ? "archive" : undefined },
  };
}
