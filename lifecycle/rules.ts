import { DAY, parseDuration } from "../retention/duration";
import { shown } from "../retention/errors";
import { ANYTHING, isRecord, isWhole, quoted, readFields } from "../retention/fields";
import { withinLength } from "./document";
import { PARAMETERS } from "./sources";
import type { CountType, LifecycleProblem, LifecycleRule, ReadPolicy } from "./types";
import { acceptRules, type WrittenRule } from "./written";

/** What a typed rule counts by, and what AWS calls it. */
const COUNTS = {
  keepImages: "imageCountMoreThan",
  keepFor: "sinceImagePushed",
  keepUnpulledFor: "sinceImagePulled",
  keepArchivedFor: "sinceImageTransitioned",
} as const satisfies Record<string, CountType>;

type CountName = keyof typeof COUNTS;
const COUNT_NAMES = Object.keys(COUNTS) as CountName[];

const isCount = isWhole(1);

const ACTIONS = new Map<unknown, LifecycleRule["action"]>([
  ["expire", "expire"],
  ["archive", "transition"],
]);

/** What typed rules call otherwise than AWS. */
const WORDS = new Map<string, string>([
  ["rulePriority", "priority"],
  ["tagPatternList", "tagPatterns"],
  ["tagPrefixList", "tagPrefixes"],
  ["transition", "archive"],
  ...COUNT_NAMES.map((name) => [COUNTS[name], name] as const),
]);

const RULE = {
  description: ANYTHING,
  tagPatterns: ANYTHING,
  tagPrefixes: ANYTHING,
  tagStatus: ANYTHING,
  keepImages: ANYTHING,
  keepFor: ANYTHING,
  keepUnpulledFor: ANYTHING,
  keepArchivedFor: ANYTHING,
  action: ANYTHING,
  priority: ANYTHING,
};

type TypedRule = { [Name in keyof typeof RULE]?: unknown };

/**
 * Reads rules in the words of this project; problems are told in the same words.
 *
 * @param value The list of them.
 * @param path Where it stands.
 */
export function readLifecycleRules(value: unknown, path: string): ReadPolicy {
  if (!Array.isArray(value)) {
    const fix = "write a list of rules, each with what it keeps and an action";
    return { problems: [{ path, given: shown(value), expected: "a list of objects", fix }] };
  }
  const reported: LifecycleProblem[] = [];
  let last = 0;
  const written = value.map((item: unknown, index) => {
    const at = `${path}[${index}]`;
    const rule = readFieldsOf(item, at, reported);
    if (rule === undefined) return unreadable(at);
    const priority = rule.priority === undefined ? last + 1 : rule.priority;
    if (isCount(priority)) last = priority as number;
    return writtenRule({ ...rule, priority }, at, reported);
  });
  const { rules, problems } = acceptRules(written, reported, path);
  return withinLength(rules, problems, path);
}

/** Whether it is a rule in AWS's words. */
export function isAwsRule(rule: unknown): boolean {
  return isRecord(rule) && ("rulePriority" in rule || "selection" in rule);
}

/** Undefined where it is no typed rule at all. */
function readFieldsOf(item: unknown, path: string, problems: LifecycleProblem[]): TypedRule | undefined {
  if (isAwsRule(item)) {
    const expected = `a rule with ${Object.keys(RULE).join(", ")}`;
    problems.push({ path, given: "a rule of AWS's JSON", expected, fix: "give AWS's JSON to policyJson, as text" });
    return undefined;
  }
  const rule = readFields<TypedRule>(item, RULE, problems, { path });
  return isRecord(item) ? rule : undefined;
}

/** Keeps its place among the others. */
function unreadable(path: string): WrittenRule {
  return { parts: {}, at: (part) => `${path}.${word(part)}`, say: word };
}

function writtenRule(rule: TypedRule, path: string, problems: LifecycleProblem[]): WrittenRule {
  const { description, tagPatterns, tagPrefixes, priority } = rule;
  const listed = tagPatterns !== undefined || tagPrefixes !== undefined;
  const action = ACTIONS.get(rule.action);
  if (action === undefined) {
    const expected = quoted(["expire", "archive"]);
    const fix = 'write "expire" to delete images, "archive" to move them to the archive storage class';
    problems.push({ path: `${path}.action`, given: shown(rule.action), expected, fix, source: PARAMETERS });
  }
  const { place, type, number } = countOf(rule, path, problems);
  return {
    parts: {
      rulePriority: priority,
      description,
      tagStatus: rule.tagStatus === undefined && listed ? "tagged" : rule.tagStatus,
      tagPatternList: tagPatterns,
      tagPrefixList: tagPrefixes,
      storageClass: type === "sinceImageTransitioned" ? "archive" : undefined,
      countType: type,
      countUnit: type === "imageCountMoreThan" ? undefined : "days",
      countNumber: number,
      action,
      targetStorageClass: action === "transition" ? "archive" : undefined,
    },
    at: (part) => `${path}.${part.startsWith("count") ? place : word(part)}`,
    say: word,
  };
}

/** What a rule counts, and in which of its properties; nothing that is wrong already. */
function countOf(
  rule: TypedRule,
  path: string,
  problems: LifecycleProblem[],
): { place: CountName; type?: CountType; number?: unknown } {
  const counts = COUNT_NAMES.filter((name) => rule[name] !== undefined);
  const [place = "keepImages"] = counts;
  if (counts.length !== 1) {
    const given = counts.length === 0 ? "nothing" : counts.join(" and ");
    const expected = `exactly one of ${COUNT_NAMES.join(", ")}`;
    const fix = "say once how many images the rule keeps, or for how long";
    problems.push({ path: `${path}.${place}`, given, expected, fix, source: PARAMETERS });
    return { place };
  }
  const type = COUNTS[place];
  if (place === "keepImages") return { place, type, number: rule.keepImages };
  const days = (parseDuration(rule[place]) ?? 0) / DAY;
  if (isCount(days)) return { place, type, number: days };
  const expected = 'a duration of whole days or weeks, at least "1d", up to 36500 days';
  const fix = 'write for example "30d" or "2w": ECR counts whole days';
  problems.push({ path: `${path}.${place}`, given: shown(rule[place]), expected, fix, source: PARAMETERS });
  return { place, type };
}

function word(name: string): string {
  return WORDS.get(name) ?? name;
}
