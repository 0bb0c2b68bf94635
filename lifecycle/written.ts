import { isWithin } from "../retention/fields";
import { CONSTRAINTS } from "./constraints";
import type { LifecycleProblem, LifecycleRule, StorageClass, TagSelection } from "./types";

/** A rule as its writer gave it, taken apart as AWS does: any value may stand where AWS wants another, or none at all. */
export interface WrittenRule {
  parts: { readonly [Name in Part]?: unknown };
  /** Where its writer sees a part. */
  at(part: Part): string;
  /** What its writer calls a part, or a value of AWS's. */
  say(name: string): string;
}

export type Part =
  | "rulePriority"
  | "description"
  | "tagStatus"
  | "tagPatternList"
  | "tagPrefixList"
  | "storageClass"
  | "countType"
  | "countUnit"
  | "countNumber"
  | "action"
  | "targetStorageClass";

/** Rules are compared with each other; of more nothing is said but that they are too many. */
const MOST_COMPARED = 1000;

/**
 * Makes rules of what was written, if AWS would take them together.
 *
 * @param reported What their reader found wrong; what AWS says to the same values is not reported again.
 * @param path Of the list of rules.
 */
export function acceptRules(
  written: readonly WrittenRule[],
  reported: readonly LifecycleProblem[],
  path: string,
): { rules: LifecycleRule[]; problems: LifecycleProblem[] } {
  const constraints =
    written.length > MOST_COMPARED ? CONSTRAINTS.filter(({ id }) => id === "rule-count") : CONSTRAINTS;
  const refused = constraints
    .flatMap(({ source, check }) => check(written, path).map((problem): LifecycleProblem => ({ ...problem, source })))
    .filter((problem) => !reported.some((known) => isWithin(problem.path, known.path)));
  const problems = [...reported, ...refused];
  if (problems.length > 0) return { rules: [], problems };
  return { rules: written.map(asRule).sort((one, other) => one.rulePriority - other.rulePriority), problems };
}

function asRule({ parts }: WrittenRule): LifecycleRule {
  const { description, tagPatternList, tagPrefixList } = parts;
  const { rulePriority, storageClass, countType, countNumber, action } = parts as LifecycleRule["selection"] & {
    rulePriority: number;
    storageClass?: StorageClass;
    action: LifecycleRule["action"];
  };
  const tags: TagSelection =
    parts.tagStatus !== "tagged"
      ? { tagStatus: parts.tagStatus as "untagged" | "any" }
      : tagPatternList !== undefined
        ? { tagStatus: parts.tagStatus, tagPatternList: entries(tagPatternList) }
        : { tagStatus: parts.tagStatus, tagPrefixList: entries(tagPrefixList) };
  return {
    rulePriority,
    ...(description !== undefined && { description: description as string }),
    selection: { ...tags, storageClass: storageClass ?? "standard", countType, countNumber },
    action,
  };
}

/** The order and the repetition of entries mean nothing. */
function entries(list: unknown): string[] {
  return [...new Set(list as string[])].sort();
}
