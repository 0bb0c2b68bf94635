import type { CountType, LifecyclePolicy, LifecycleRule } from "../types";
import type { LifecycleCheck } from "./check";
import { isShield, rulesAbove, takesAnyTag } from "./claims";
import { selectsNothing } from "./never-matches";
import { rulesText, taking } from "./words";

/** What protects an image from a rule that looks at no tag. */
const NAME_WHAT_GOES =
  'Let the rule select only tags that nothing deployed has, such as "pr-*". Or, where deployed tags never move, put a rule above it that selects them and counts to 9999, and accept this with that as the reason.';

export const countInUse: LifecycleCheck = {
  id: "count-in-use",
  kind: "in-use",
  question: "Does a rule keep the newest images, whatever tags the others have?",
  why: "What runs is not always among the newest: every push moves it back, pushes of branches and pull requests too, until the rule takes it, and the next task cannot start.",
  fix: NAME_WHAT_GOES,
  link: "https://github.com/chanzuckerberg/single-cell-data-portal/issues/5885",
  find: (policy) => blindRules(policy, "imageCountMoreThan"),
};

export const ageInUse: LifecycleCheck = {
  id: "age-in-use",
  kind: "in-use",
  question: "Does a rule take images by the age of their push, whatever tags they have?",
  why: "What was not deployed for longer than that runs an image that is older; when a task of it is replaced, the new one cannot start.",
  fix: NAME_WHAT_GOES,
  link: "https://status.latitude.so/incident/866549",
  find: (policy) => blindRules(policy, "sinceImagePushed"),
};

export const pullTimeInUse: LifecycleCheck = {
  id: "pull-time-in-use",
  kind: "in-use",
  question: "Does a rule archive images by their last pull, whatever tags they have?",
  why: "A pull is a start, not use: a service that neither deploys nor scales pulls nothing for months. An archived image answers 404 to every pull, so its next task cannot start until somebody restores the image.",
  fix: NAME_WHAT_GOES,
  link: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/archive-image.html",
  find: (policy) => blindRules(policy, "sinceImagePulled"),
};

function blindRules(policy: LifecyclePolicy, countType: CountType): { rule: number; what: string }[] {
  return policy.rules
    .filter((rule) => rule.selection.countType === countType && takesAnyTag(policy, rule) && !isShield(rule))
    .map((rule) => ({ rule: rule.rulePriority, what: `${taking(rule, imagesOf(rule))}${exceptions(policy, rule)}` }));
}

function imagesOf({ selection }: LifecycleRule): string {
  return selection.tagStatus === "any" ? "images" : "tagged images";
}

function exceptions(policy: LifecyclePolicy, rule: LifecycleRule): string {
  const above = rulesAbove(policy, rule).filter(({ selection }) => !selectsNothing(selection));
  return above.length === 0 ? "" : `, save those that ${rulesText(above)} select${above.length > 1 ? "" : "s"}`;
}
