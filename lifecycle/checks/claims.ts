import { covers } from "../tags";
import type { LifecyclePolicy, LifecycleRule, TagSelection } from "../types";

const EVERY_TAG: TagSelection = { tagStatus: "tagged", tagPatternList: ["*"] };
const UNTAGGED: TagSelection = { tagStatus: "untagged" };
/** Rules write such numbers to claim images, not to take them. */
const MANY_IMAGES = 999;
const MANY_DAYS = 3650;

/** Rules of its storage class with a lower number: what they select, marked or not, the rule cannot take. */
export function rulesAbove({ rules }: LifecyclePolicy, { rulePriority, selection }: LifecycleRule): LifecycleRule[] {
  return rules.filter(
    (other) => other.rulePriority < rulePriority && other.selection.storageClass === selection.storageClass,
  );
}

/** Rules of its storage class with a higher number: what it selects, they cannot take. */
export function rulesBelow({ rules }: LifecyclePolicy, { rulePriority, selection }: LifecycleRule): LifecycleRule[] {
  return rules.filter(
    (other) => other.rulePriority > rulePriority && other.selection.storageClass === selection.storageClass,
  );
}

/** Whether a rule can take images whatever tags they have: it selects every tagged one, and no rule above does. */
export function takesAnyTag(policy: LifecyclePolicy, rule: LifecycleRule): boolean {
  return claimsFirst(policy, rule, EVERY_TAG);
}

/** Whether a rule can take images without a tag. */
export function takesUntagged(policy: LifecyclePolicy, rule: LifecycleRule): boolean {
  return claimsFirst(policy, rule, UNTAGGED);
}

function claimsFirst(policy: LifecyclePolicy, rule: LifecycleRule, images: TagSelection): boolean {
  return covers(rule.selection, images) && claimants(policy, rule, images).length === 0;
}

/** The rules above one that together claim all that it selects. Empty: they do not. */
export function shadowsOf(policy: LifecyclePolicy, rule: LifecycleRule): LifecycleRule[] {
  if (rule.selection.tagStatus !== "any") return claimants(policy, rule, rule.selection).slice(0, 1);
  const parts = [EVERY_TAG, UNTAGGED].flatMap((images) => claimants(policy, rule, images).slice(0, 1));
  return parts.length === 2 ? parts : [];
}

function claimants(policy: LifecyclePolicy, rule: LifecycleRule, images: TagSelection): LifecycleRule[] {
  return rulesAbove(policy, rule).filter(({ selection }) => covers(selection, images));
}

/** Whether a rule takes nothing, or after years: then it is there to keep images from the rules below it. */
export function isShield({ selection }: LifecycleRule): boolean {
  const { tagStatus, countType, countNumber } = selection;
  // What is in the archive for years is kept for its own sake.
  if (countType === "sinceImageTransitioned") return false;
  if (countType !== "imageCountMoreThan") return countNumber >= MANY_DAYS;
  // No rule comes after one for any image, so its count is meant as one.
  if (tagStatus === "any") return false;
  // A tag is on one image at a time, so that none is ever beyond the first.
  const patterns = (tagStatus === "tagged" && selection.tagPatternList) || [];
  return countNumber >= MANY_IMAGES || patterns.some((pattern) => !pattern.includes("*"));
}
