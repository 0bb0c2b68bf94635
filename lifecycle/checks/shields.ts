import { POLICIES } from "../sources";
import { covers, selects } from "../tags";
import type { LifecyclePolicy, LifecycleRule, TagSelection } from "../types";
import type { LifecycleVerdict } from "../verdict";
import type { LifecycleCheck } from "./check";
import { isShield, rulesAbove, rulesBelow, shadowsOf } from "./claims";
import { selectsNothing } from "./never-matches";
import { rulesText, taking } from "./words";

export const protectsNothing: LifecycleCheck = {
  id: "protects-nothing",
  kind: "seeming",
  question: "Is a rule there to keep images that no rule below it could take?",
  why: "A rule keeps what it selects from the rules below it alone, and with such a number it takes nothing itself. So it does nothing.",
  fix: "Put it above the rules that it is to keep images from; where there are none, remove it.",
  link: POLICIES,
  find: (policy) =>
    policy.rules
      .filter((rule) => rule.selection.tagStatus !== "any" && isShield(rule))
      .filter(({ selection }) => !selectsNothing(selection))
      .filter((rule) => shadowsOf(policy, rule).length === 0)
      .filter((rule) => !rulesBelow(policy, rule).some((lower) => couldTakeOf(lower, rule.selection)))
      .map((rule) => ({ rule: rule.rulePriority, what: nothingBelow(policy, rule) })),
};

export const countsShielded: LifecycleCheck = {
  id: "counts-shielded",
  kind: "seeming",
  question: "Does a rule count images that a rule above it claims?",
  why: "A count is over all that the rule selects. The images that a rule above claims are among the newest too, so fewer of the others stay than the rule says, perhaps none.",
  fix: "Let it select only what no rule above selects; or raise its number by as many as those may be; or accept this.",
  link: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_examples.html",
  find: (policy, { evaluated }) =>
    policy.rules
      .filter((rule) => rule.selection.countType === "imageCountMoreThan" && !isShield(rule))
      .filter((rule) => shadowsOf(policy, rule).length === 0)
      .map((rule) => ({ rule, above: countedOf(policy, rule, evaluated?.verdicts ?? []) }))
      .filter(({ above }) => above.length > 0)
      .map(({ rule, above }) => ({
        rule: rule.rulePriority,
        what: `${taking(rule, "images that it selects")}, and counts those of ${rulesText(above)} among them`,
      })),
};

/** The rules above one that claim nothing but what it counts, or claim some image that is there and that it counts. */
function countedOf(
  policy: LifecyclePolicy,
  rule: LifecycleRule,
  verdicts: readonly LifecycleVerdict[],
): LifecycleRule[] {
  const counted = verdicts
    .map(({ image }) => image)
    .filter(({ status, tags }) => status === "ACTIVE" && selects(rule.selection, tags));
  return rulesAbove(policy, rule)
    .filter(({ selection }) => !selectsNothing(selection))
    .filter(
      ({ selection }) => covers(rule.selection, selection) || counted.some(({ tags }) => selects(selection, tags)),
    );
}

/** Whether a rule takes images at all, and some may meet the requirement as well: an image can have tags for both. */
function couldTakeOf(rule: LifecycleRule, requirement: TagSelection): boolean {
  const { selection } = rule;
  if (isShield(rule) || selectsNothing(selection)) return false;
  return selection.tagStatus === "any" || selection.tagStatus === requirement.tagStatus;
}

function nothingBelow(policy: LifecyclePolicy, rule: LifecycleRule): string {
  const above = rulesAbove(policy, rule).filter((higher) => couldTakeOf(higher, rule.selection));
  const taken = above.length > 0 ? `; ${rulesText(above)}, above it, may` : "";
  return `no rule below it takes images that it selects${taken}`;
}
