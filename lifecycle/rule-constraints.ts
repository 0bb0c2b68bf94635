import { shown } from "../retention/errors";
import { isOneOf, isWhole, quoted } from "../retention/fields";
import type { Problem } from "../retention/types";
import type { Constraint } from "./constraints";
import { PARAMETERS, TARGET_OF_EXPIRY } from "./sources";
import type { Part, WrittenRule } from "./written";

const TAG_STATUSES = ["tagged", "untagged", "any"];
const COUNT_TYPES = ["imageCountMoreThan", "sinceImagePushed", "sinceImagePulled", "sinceImageTransitioned"];
const ACTIONS = ["expire", "transition"];
const LISTS = ["tagPatternList", "tagPrefixList"] as const;
const MOST_WILDCARDS = 4;

const isCount = isWhole(1);
const isDescription = (value: unknown) => value === undefined || typeof value === "string";
const isCountType = isOneOf(COUNT_TYPES);
const WHOLE = "a whole number of at least 1";

/** What AWS demands of a rule by itself. */
export const RULE_CONSTRAINTS: readonly Constraint[] = [
  ofPart("priority", "rulePriority", isCount, WHOLE, "number the rules in the order in which they are to apply"),
  ofPart(
    "description",
    "description",
    isDescription,
    "a string",
    "say in a sentence what the rule is for, or leave it out",
  ),
  ofPart("tag-status", "tagStatus", isOneOf(TAG_STATUSES), quoted(TAG_STATUSES), "say which images the rule is for"),
  ofEach("tagged-list", PARAMETERS, (rule) => {
    const { at, parts, say } = rule;
    const given = LISTS.filter((list) => parts[list] !== undefined);
    if (parts.tagStatus !== "tagged" || given.length === 1) return [];
    const [patterns, prefixes] = [say("tagPatternList"), say("tagPrefixList")];
    const expected = `either ${patterns} or ${prefixes} for "tagged"`;
    if (given.length === 0) {
      return [wrong(rule, "tagPatternList", expected, `write ${patterns} ["*"] to mean every tagged image`)];
    }
    const fix = `write all as ${patterns}, "v*" for the prefix "v"; or make two rules`;
    return [{ path: at("tagPrefixList"), given: `both ${patterns} and ${prefixes}`, expected, fix }];
  }),
  ofEach("untagged-no-list", PARAMETERS, (rule) => {
    const { tagStatus } = rule.parts;
    if (tagStatus !== "untagged" && tagStatus !== "any") return [];
    const given = LISTS.filter((list) => rule.parts[list] !== undefined);
    return given.map((list) =>
      wrong(rule, list, `no list of tags for "${tagStatus}"`, `remove it, or use ${rule.say("tagStatus")} "tagged"`),
    );
  }),
  ofEach("list-entries", PARAMETERS, (rule) =>
    LISTS.flatMap((list) => {
      const value = rule.parts[list];
      if (value === undefined) return [];
      const fix = `write for example ${list === "tagPatternList" ? '["v*"]' : '["v"]'}`;
      if (!Array.isArray(value) || value.length === 0) return [wrong(rule, list, "a list of at least one string", fix)];
      return value.flatMap((entry, index) => {
        if (typeof entry === "string" && entry !== "") return [];
        const path = `${rule.at(list)}[${index}]`;
        return [
          { path, given: shown(entry), expected: "a string of at least one character", fix: "fill or remove it" },
        ];
      });
    }),
  ),
  ofEach("wildcards", PARAMETERS, ({ at, parts: { tagPatternList } }) =>
    (Array.isArray(tagPatternList) ? tagPatternList : []).flatMap((pattern, index) => {
      const wildcards = typeof pattern === "string" ? pattern.split("*").length - 1 : 0;
      if (wildcards <= MOST_WILDCARDS) return [];
      const expected = `at most ${MOST_WILDCARDS} wildcards (*) in a pattern`;
      const fix = "leave some out: one * stands for any characters";
      return [{ path: `${at("tagPatternList")}[${index}]`, given: shown(pattern), expected, fix }];
    }),
  ),
  ofPart("count-type", "countType", isCountType, quoted(COUNT_TYPES), "say by what the images are counted"),
  ofPart("count-number", "countNumber", isCount, WHOLE, "write how many images or days; AWS takes no 0"),
  ofEach("count-unit", PARAMETERS, (rule) => {
    const { countType, countUnit } = rule.parts;
    if (!isCountType(countType)) return [];
    if (countType === "imageCountMoreThan") {
      return countUnit === undefined ? [] : [wrong(rule, "countUnit", `none with ${countType}`, "remove it")];
    }
    return countUnit === "days" ? [] : [wrong(rule, "countUnit", `"days" with ${countType}`, "count whole days")];
  }),
  ofEach("storage-class", PARAMETERS, (rule) => {
    const { countType, storageClass } = rule.parts;
    if (countType === "sinceImageTransitioned") {
      const expected = `"archive" with ${countType}`;
      const fix = 'write "archive", or count from the push';
      return storageClass === "archive" ? [] : [wrong(rule, "storageClass", expected, fix)];
    }
    const known = isCountType(countType);
    if (storageClass === undefined || storageClass === "standard" || (storageClass === "archive" && !known)) return [];
    const expected = known ? `"standard" or nothing with ${countType}` : '"standard" or "archive"';
    return [wrong(rule, "storageClass", expected, "use sinceImageTransitioned for what is in the archive")];
  }),
  ofPart(
    "action",
    "action",
    isOneOf(ACTIONS),
    quoted(ACTIONS),
    'write "expire" to delete images, "transition" to archive them',
  ),
  ofEach("transition-target", PARAMETERS, (rule) =>
    rule.parts.action !== "transition" || rule.parts.targetStorageClass === "archive"
      ? []
      : [wrong(rule, "targetStorageClass", '"archive" with "transition"', 'write "archive"')],
  ),
  ofEach("expire-target", TARGET_OF_EXPIRY, (rule) =>
    rule.parts.action !== "expire" || rule.parts.targetStorageClass === undefined
      ? []
      : [wrong(rule, "targetStorageClass", 'none with "expire"', 'remove it, or use "transition"')],
  ),
  ofEach("pulled-archives", PARAMETERS, (rule) => {
    const { action, countType } = rule.parts;
    if (countType !== "sinceImagePulled" || action !== "expire") return [];
    const { say } = rule;
    const expected = `"${say("transition")}" with ${say(countType)}: AWS deletes nothing by its pulls`;
    return [wrong(rule, "action", expected, `archive by pulls, then delete by ${say("sinceImageTransitioned")}`)];
  }),
  ofEach("transitioned-expires", PARAMETERS, (rule) => {
    const { action, countType } = rule.parts;
    if (countType !== "sinceImageTransitioned" || action !== "transition") return [];
    const { at, say } = rule;
    const expected = `"expire" with ${say(countType)}: the images are in the archive already`;
    const fix = 'write "expire" to delete them';
    return [{ path: at("action"), given: shown(say(action)), expected, fix }];
  }),
];

/** What a part may be, whatever the others are. */
function ofPart(
  id: string,
  part: Part,
  accepts: (value: unknown) => boolean,
  expected: string,
  fix: string,
): Constraint {
  return ofEach(id, PARAMETERS, (rule) => (accepts(rule.parts[part]) ? [] : [wrong(rule, part, expected, fix)]));
}

function ofEach(id: string, source: string, check: (rule: WrittenRule) => Problem[]): Constraint {
  return { id, source, check: (rules) => rules.flatMap(check) };
}

function wrong({ at, parts }: WrittenRule, part: Part, expected: string, fix: string): Problem {
  return { path: at(part), given: shown(parts[part]), expected, fix };
}
