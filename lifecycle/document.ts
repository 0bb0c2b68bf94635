import { ANYTHING, isRecord, parseJson, readFields, within } from "../retention/fields";
import { LONGEST_TEXT, renderLifecyclePolicy } from "./render";
import { PARAMETERS, PUT_POLICY } from "./sources";
import type { LifecycleProblem, LifecycleRule, ReadPolicy } from "./types";
import { acceptRules, type Part, type WrittenRule } from "./written";

/** What a value may be is for constraints.ts to say: here it only has to be in its place. */
const RULE = {
  rulePriority: ANYTHING,
  description: ANYTHING,
  selection: {
    fields: {
      tagStatus: ANYTHING,
      tagPatternList: ANYTHING,
      tagPrefixList: ANYTHING,
      storageClass: ANYTHING,
      countType: ANYTHING,
      countUnit: ANYTHING,
      countNumber: ANYTHING,
    },
  },
  action: { fields: { type: ANYTHING, targetStorageClass: ANYTHING } },
};

/** Of the parts that do not stand in a rule's selection. */
const PLACES: Partial<Record<Part, string>> = {
  rulePriority: "rulePriority",
  description: "description",
  action: "action.type",
  targetStorageClass: "action.targetStorageClass",
};

interface DocumentRule {
  rulePriority?: unknown;
  description?: unknown;
  selection?: Omit<WrittenRule["parts"], "action">;
  action?: { type?: unknown; targetStorageClass?: unknown };
}

/**
 * Reads a lifecycle policy in AWS's own words, as AWS would: https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
 *
 * @param value Its JSON, parsed.
 * @param path Where it stands; empty where it is everything.
 * @param root What it is called then.
 * @returns The rules by priority, none where anything is wrong; and all that AWS would refuse.
 */
export function readLifecycleDocument(
  value: unknown,
  path: string,
  root = "policy",
): { rules: LifecycleRule[]; problems: LifecycleProblem[] } {
  const found: LifecycleProblem[] = [];
  const { rules = [] } = readFields<{ rules: DocumentRule[] }>(value, { rules: { items: RULE } }, found, {
    path,
    root,
  });
  const problems = found.map((problem) => ({ ...problem, source: PARAMETERS }));
  if (!isRecord(value)) return { rules: [], problems };
  const list = within(path, "rules");
  const written = rules.map(({ rulePriority, description, selection, action }, index): WrittenRule => {
    const { type, targetStorageClass } = action ?? {};
    return {
      parts: { rulePriority, description, ...selection, action: type, targetStorageClass },
      at: (part) => `${list}[${index}].${PLACES[part] ?? `selection.${part}`}`,
      say: (name) => name,
    };
  });
  return acceptRules(written, problems, list);
}

/** Reads the text of a lifecycle policy, as `PutLifecyclePolicy` would. The same arguments as {@link readLifecycleDocument}. */
export function readLifecycleText(text: string, path: string, root = "policy"): ReadPolicy {
  const here = path || root;
  const { value, unparsed: given } = parseJson(text);
  if (given !== undefined) {
    const expected = "a lifecycle policy in AWS's JSON";
    return { problems: [{ path: here, given, expected, fix: "mend its syntax", source: PUT_POLICY }] };
  }
  const { rules, problems } = readLifecycleDocument(value, path, root);
  return withinLength(rules, [...tooLong(text, here), ...problems], here);
}

/** @param path Of what the rules were read from. */
export function withinLength(rules: LifecycleRule[], problems: LifecycleProblem[], path: string): ReadPolicy {
  const policy = { rules };
  const all = problems.length > 0 ? problems : tooLong(renderLifecyclePolicy(policy), path);
  return all.length > 0 ? { problems: all } : { policy, acceptedFindings: [] };
}

function tooLong({ length }: string, path: string): LifecycleProblem[] {
  if (length <= LONGEST_TEXT) return [];
  const given = `${length} characters of JSON`;
  const fix = "merge rules, or shorten lists and descriptions";
  return [{ path, given, expected: `at most ${LONGEST_TEXT}`, fix, source: PUT_POLICY }];
}
