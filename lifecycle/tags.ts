import type { TagSelection } from "./types";

/** Whether images with these tags meet the tag requirement of a rule: each entry of a list has a tag that it matches. */
export function selects(selection: TagSelection, tags: readonly string[]): boolean {
  if (selection.tagStatus !== "tagged") return selection.tagStatus === "any" || tags.length === 0;
  const { tagPatternList, tagPrefixList } = selection;
  return tagPatternList
    ? tagPatternList.every((pattern) => tags.some((tag) => matchesPattern(pattern, tag)))
    : tagPrefixList.every((prefix) => tags.some((tag) => tag.startsWith(prefix)));
}

/**
 * Whether a pattern of a `tagPatternList` matches the whole tag; each `*` stands for any characters, or none.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
 */
export function matchesPattern(pattern: string, tag: string): boolean {
  const [start, ...others] = pattern.split("*") as [string, ...string[]];
  const end = others.pop();
  if (end === undefined) return tag === start;
  if (!tag.startsWith(start)) return false;
  let matched = start.length;
  // The first place will do: whatever a later one leaves to match, this one leaves too.
  for (const part of others) {
    const at = tag.indexOf(part, matched);
    if (at < 0) return false;
    matched = at + part.length;
  }
  return tag.length - end.length >= matched && tag.endsWith(end);
}

/** Of a pattern of tags, in a rule or in an exclusion from a repository's mutability. */
export function matchesEveryTag(pattern: string): boolean {
  return /^\*+$/.test(pattern);
}

/** Whether every image that meets the lower requirement meets the higher one too. */
export function covers(higher: TagSelection, lower: TagSelection): boolean {
  if (higher.tagStatus === "any") return true;
  if (higher.tagStatus !== "tagged" || lower.tagStatus !== "tagged") return higher.tagStatus === lower.tagStatus;
  // An image may have nothing but one tag for each entry, so a single entry must see to each higher one.
  const narrow = lower.tagPatternList ?? lower.tagPrefixList.map((prefix) => `${prefix}*`);
  return higher.tagPatternList
    ? higher.tagPatternList.every((pattern) => narrow.some((entry) => coversPattern(pattern, entry)))
    : higher.tagPrefixList.every((prefix) => narrow.some((entry) => coversPrefix(prefix, entry)));
}

/** No part of a pattern matches a `*`, so that only a `*` of it can match those of the narrower one. */
function coversPattern(pattern: string, narrower: string): boolean {
  return matchesPattern(pattern, narrower);
}

/** A `*` in a prefix stands for itself, and no tag has one. */
function coversPrefix(prefix: string, narrower: string): boolean {
  return !prefix.includes("*") && narrower.startsWith(prefix);
}
