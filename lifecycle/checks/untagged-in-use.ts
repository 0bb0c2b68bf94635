import type { TagMutability } from "../../retention/images/image";
import { matchesEveryTag } from "../tags";
import type { LifecycleCheck } from "./check";
import { isShield, takesAnyTag, takesUntagged } from "./claims";
import { taking } from "./words";

export const untaggedInUse: LifecycleCheck = {
  id: "untagged-in-use",
  kind: "in-use",
  question: "Does a rule take untagged images where tags can move?",
  why: "ECS pins the digest that a tag has at the deployment and pulls that digest for every later task. When a push moves the tag, the image that runs has none left, the rule takes it, and the next task cannot start.",
  fix: "Make tags immutable, or give each image a tag of its own that never moves, beside those that do, and accept this with that as the reason. Else remove the rule.",
  link: "https://github.com/aws/amazon-ecs-agent/issues/4226",
  find(policy, { mutability }) {
    if (!canMove(mutability)) return [];
    const known = mutability ? `tags can move (${mutability.setting})` : "whether tags can move is not known";
    return policy.rules
      .filter(({ selection }) => selection.storageClass === "standard")
      .filter((rule) => takesUntagged(policy, rule) && !takesAnyTag(policy, rule) && !isShield(rule))
      .map((rule) => ({ rule: rule.rulePriority, what: `${taking(rule, "untagged images")}; ${known}` }));
  },
};

function canMove(mutability: TagMutability | undefined): boolean {
  if (!mutability) return true;
  const { setting, exclusions } = mutability;
  const excludesAll = exclusions.some(matchesEveryTag);
  return setting !== "IMMUTABLE" && !(setting === "MUTABLE_WITH_EXCLUSION" && excludesAll);
}
