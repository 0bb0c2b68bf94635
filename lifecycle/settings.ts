import { ANYTHING, type Fields, readFields, within } from "../retention/fields";
import { type AcceptedFinding, acceptedFinding } from "../retention/findings";
import { namedTwice } from "../retention/settings";
import { BACKSTOP } from "./backstop";
import { CHECK_IDS } from "./checks/index";
import { readLifecycleText } from "./document";
import { readLifecycleRules } from "./rules";
import type { LifecycleProblem, ReadPolicy } from "./types";

interface LifecycleSettings {
  /** Typed rules. At most one of the two; neither means the backstop. */
  rules?: unknown;
  /** AWS's JSON. */
  policyJson?: string;
  acceptedFindings: AcceptedFinding[];
}

const SETTINGS: Fields<LifecycleSettings> = {
  rules: ANYTHING,
  policyJson: {
    accepts: (value) => typeof value === "string",
    expected: "AWS's JSON as text",
    fix: "make it text with JSON.stringify, or write typed rules",
    optional: true,
  },
  acceptedFindings: { items: acceptedFinding(CHECK_IDS) },
};

/**
 * The one validator of what a lifecycle policy is given as: in a component's arguments and in files.
 *
 * @param value Typed `rules`, or `policyJson`, AWS's JSON as text, or neither for {@link BACKSTOP}; and `acceptedFindings`.
 * @param path Where it stands; empty where it is everything.
 * @returns The policy, or everything that is wrong with it at once.
 */
export function readLifecycleSettings(value: unknown, path = ""): ReadPolicy {
  const found: LifecycleProblem[] = [];
  const given = readFields<LifecycleSettings>(value, SETTINGS, found, { path, root: "lifecyclePolicy" });
  const { rules, policyJson, acceptedFindings = [] } = given;
  if (rules !== undefined && policyJson !== undefined) {
    found.push({
      path: within(path, "policyJson"),
      given: "it beside rules",
      expected: "either rules or policyJson",
      fix: "remove one of the two",
    });
  }
  const read = [
    ...(rules === undefined ? [] : [readLifecycleRules(rules, within(path, "rules"))]),
    ...(policyJson === undefined ? [] : [readLifecycleText(policyJson, within(path, "policyJson"))]),
  ];
  const problems = [
    ...found,
    ...namedTwice(within(path, "acceptedFindings"), "id", acceptedFindings),
    ...read.flatMap((each) => each.problems ?? []),
  ];
  if (problems.length > 0) return { problems };
  return { policy: read[0]?.policy ?? structuredClone(BACKSTOP), acceptedFindings };
}
