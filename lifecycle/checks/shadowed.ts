import { POLICIES } from "../sources";
import type { LifecycleCheck } from "./check";
import { shadowsOf } from "./claims";
import { selectsNothing } from "./never-matches";
import { rulesText } from "./words";

export const shadowed: LifecycleCheck = {
  id: "shadowed",
  kind: "seeming",
  question: "Does a rule select only images that rules above it select?",
  why: "What a rule selects, marked or not, no rule with a higher number can take. So this one takes nothing, ever.",
  fix: "Give it a lower number than theirs, where it selects fewer images; else remove it.",
  link: POLICIES,
  find: (policy) =>
    policy.rules
      .filter(({ selection }) => !selectsNothing(selection))
      .map((rule) => ({ rule: rule.rulePriority, by: shadowsOf(policy, rule) }))
      .filter(({ by }) => by.length > 0)
      .map(({ rule, by }) => ({
        rule,
        what: `all that it selects, ${rulesText(by)} select${by.length > 1 ? "" : "s"} as well`,
      })),
};
