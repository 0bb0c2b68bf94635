import type { LifecyclePolicy, LifecycleRule } from "./types";

/** What AWS takes, in characters. */
export const LONGEST_TEXT = 30_720;

/**
 * A policy as AWS's JSON: rules by priority, one a line, keys in the order of AWS's template, so that a change of one rule
 * changes one line. All in one line where AWS would take no more.
 *
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
 */
export function renderLifecyclePolicy({ rules }: LifecyclePolicy): string {
  const sorted = [...rules].sort((one, other) => one.rulePriority - other.rulePriority);
  const written = sorted.map((rule) => JSON.stringify(document(rule)));
  const text = `{"rules":[\n${written.map((rule) => `  ${rule}`).join(",\n")}\n]}`;
  return text.length > LONGEST_TEXT ? `{"rules":[${written.join()}]}` : text;
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
