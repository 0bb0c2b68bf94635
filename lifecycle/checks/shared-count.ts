import type { LifecycleCheck } from "./check";
import { isShield, shadowsOf } from "./claims";
import { selectsNothing } from "./never-matches";
import { joined, taking } from "./words";

export const sharedCount: LifecycleCheck = {
  id: "shared-count",
  kind: "in-use",
  question: "Does a rule keep the newest images of several services together?",
  why: "The services count as one: the images of a busy one fill the count, and those of a quiet one go while it runs them.",
  fix: "Give each service a repository of its own; or tags that begin with its name, a rule for each, and accept this with that as the reason.",
  link: "https://github.com/ministryofjustice/cloud-platform/issues/839",
  find(policy, { sharedWith }) {
    if (sharedWith.length === 0) return [];
    const others = `images of ${joined(sharedWith)} are counted as well`;
    return policy.rules
      .filter(({ selection }) => selection.countType === "imageCountMoreThan" && !selectsNothing(selection))
      .filter((rule) => !isShield(rule) && shadowsOf(policy, rule).length === 0)
      .map((rule) => ({ rule: rule.rulePriority, what: `${taking(rule, "images that it selects")}; ${others}` }));
  },
};
