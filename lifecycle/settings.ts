import { ANYTHING, type Fields, isOneOf, readFields } from "../retention/fields";
import { namedTwice, REASON } from "../retention/settings";
import { BACKSTOP } from "./backstop";
import { CHECK_IDS } from "./checks/index";
import { readLifecycleText } from "./document";
import { readLifecycleRules } from "./rules";
import type { AcceptedFinding, LifecycleProblem, ReadPolicy } from "./types";

interface LifecycleSettings {
  /** Typed rules. At most one of the two; neither means the backstop. */
  rules?: unknown;
  /** AWS's JSON. */
  policyJson?: string;
  acceptedFindings: AcceptedFinding[];
}

const ACCEPTED_FINDING: Fields<AcceptedFinding> = {
  id: {
    accepts: (value) => typeof value === "string" && isOneOf(CHECK_IDS)(value),
    expected: `the id of a check: ${CHECK_IDS.join(", ")}`,
    fix: "copy it from the warning",
  },
  reason: REASON,
};

const SETTINGS: Fields<LifecycleSettings> = {
  rules: ANYTHING,
  policyJson: {
    accepts: (value) => typeof value === "string",
    expected: "AWS's JSON as text",
    fix: "make it text with JSON.stringify, or write typed rules",
    optional: true,
  },
  acceptedFindings: { items: ACCEPTED_FINDING },
};

/**
 * The one validator of what a lifecycle policy is given as: in a component's arguments and in files.
 *
 * @param value Typed `rules`, or `policyJson`, AWS's JSON as text, or neither for {@link BACKSTOP}; and `acceptedFindings`.
 * @param path Where it stands; empty where it is everything.
 * @returns The policy, or everything that is wrong with it at once.
 */
export function readLifecycleSettings(value: unknown, path = ""): ReadPolicy {
  const at = (name: keyof LifecycleSettings) => (path ? `${path}.${name}` : name);
  const problems: LifecycleProblem[] = [];
  const given = readFields<LifecycleSettings>(value, SETTINGS, problems, { path, root: "lifecyclePolicy" });
  const { rules, policyJson, acceptedFindings = [] } = given;
  problems.push(...namedTwice(at("acceptedFindings"), "id", acceptedFindings));
  if (rules !== undefined && policyJson !== undefined) {
    const fix = "remove one of the two";
    problems.push({ path: at("policyJson"), given: "it beside rules", expected: "either rules or policyJson", fix });
  }
  const read = [
    ...(rules === undefined ? [] : [readLifecycleRules(rules, at("rules"))]),
    ...(policyJson === undefined ? [] : [readLifecycleText(policyJson, at("policyJson"))]),
  ];
  problems.push(...read.flatMap((each) => each.problems ?? []));
  if (problems.length > 0) return { problems };
  return { policy: read[0]?.policy ?? structuredClone(BACKSTOP), acceptedFindings };
}
