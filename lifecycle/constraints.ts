import { shown } from "../retention/errors";
import type { Problem } from "../retention/types";
import { RULE_CONSTRAINTS } from "./rule-constraints";
import { PARAMETERS, POLICIES, QUOTAS } from "./sources";
import type { StorageClass } from "./types";
import type { WrittenRule } from "./written";

/** Something that AWS demands of a policy. */
export interface Constraint {
  id: string;
  /** Where AWS says so. */
  source: string;
  /** What is wrong. Values that another constraint refuses are passed over. @param path Of the list of rules. */
  check(rules: readonly WrittenRule[], path: string): Problem[];
}

const MOST_RULES = 50;

/** What AWS demands of all rules together. */
const POLICY_CONSTRAINTS: readonly Constraint[] = [
  {
    id: "rule-count",
    source: QUOTAS,
    check({ length }, path) {
      if (length >= 1 && length <= MOST_RULES) return [];
      const fix = length === 0 ? "write at least one" : "merge rules or remove some";
      return [
        { path, given: length === 0 ? "no rules" : `${length} rules`, expected: `1 to ${MOST_RULES} rules`, fix },
      ];
    },
  },
  {
    id: "unique-priorities",
    source: PARAMETERS,
    check(rules) {
      return repeated(rules, ({ parts }) => priorityOf(parts)).map(({ rule }) => ({
        path: rule.at("rulePriority"),
        given: `${rule.parts.rulePriority} again`,
        expected: "each priority once",
        fix: "give each rule a number of its own",
      }));
    },
  },
  {
    id: "any-last",
    source: PARAMETERS,
    check(rules) {
      return rules.flatMap((rule) => {
        const priority = priorityOf(rule.parts);
        if (rule.parts.tagStatus !== "any" || priority === undefined) return [];
        const above = rules.filter((other) => ofOneClass(rule, other) && (priorityOf(other.parts) ?? 0) > priority);
        if (above.length === 0) return [];
        const highest = Math.max(...above.map(({ parts }) => parts.rulePriority as number));
        const expected = `a number above ${highest}: rules for any image come last in their storage class`;
        const fix = above.some(({ parts }) => parts.tagStatus === "any")
          ? "keep one rule for any image in each storage class"
          : "make it the last rule";
        return [{ path: rule.at("rulePriority"), given: shown(priority), expected, fix }];
      });
    },
  },
  {
    id: "one-untagged",
    source: POLICIES,
    check(rules) {
      const untagged = rules.filter(({ parts }) => parts.tagStatus === "untagged");
      return repeated(untagged, storageClassOf).map(({ rule, first }) => ({
        path: rule.at("tagStatus"),
        given: `"untagged" again, as in ${first.at("tagStatus")}`,
        expected: "one rule for untagged images in each storage class",
        fix: "keep one of the two",
      }));
    },
  },
  {
    id: "unique-prefixes",
    source: POLICIES,
    check(rules) {
      return repeated(rules, (rule) => {
        const { tagStatus, tagPrefixList: list } = rule.parts;
        const storageClass = storageClassOf(rule);
        if (tagStatus !== "tagged" || !Array.isArray(list) || storageClass === undefined) return undefined;
        return JSON.stringify([storageClass, ...[...new Set(list)].sort()]);
      }).map(({ rule, first }) => ({
        path: rule.at("tagPrefixList"),
        given: `the same prefixes as ${first.at("tagPrefixList")}`,
        expected: "each set of prefixes once in a storage class",
        fix: "keep one of the two rules",
      }));
    },
  },
];

/** Everything that AWS demands of a policy but the length of its text: first of each rule, then of all together. */
export const CONSTRAINTS: readonly Constraint[] = [...RULE_CONSTRAINTS, ...POLICY_CONSTRAINTS];

function priorityOf({ rulePriority }: WrittenRule["parts"]): number | undefined {
  return typeof rulePriority === "number" ? rulePriority : undefined;
}

/** Undefined where it cannot be told. */
function storageClassOf({ parts: { countType, storageClass } }: WrittenRule): StorageClass | undefined {
  if (countType === undefined) return undefined;
  return storageClass === "archive" ? "archive" : "standard";
}

function ofOneClass(rule: WrittenRule, other: WrittenRule): boolean {
  const storageClass = storageClassOf(rule);
  return storageClass !== undefined && storageClass === storageClassOf(other);
}

/** Each rule with the key of an earlier one, and the first that has it. */
function repeated(rules: readonly WrittenRule[], keyOf: (rule: WrittenRule) => unknown) {
  const first = new Map<unknown, WrittenRule>();
  return rules.flatMap((rule) => {
    const key = keyOf(rule);
    const before = first.get(key);
    if (key !== undefined && before === undefined) first.set(key, rule);
    return before === undefined ? [] : [{ rule, first: before }];
  });
}
