import { shown } from "../retention/errors";
import { isRecord, parseJson } from "../retention/fields";
import { readLifecycleText } from "./document";
import { isAwsRule } from "./rules";
import { readLifecycleSettings } from "./settings";
import type { LifecycleProblem, ReadPolicy } from "./types";

/** What one of these shapes has at least one of. */
const NAMES = ["rules", "policyJson", "acceptedFindings", "lifecyclePolicyText"];

/**
 * Reads a lifecycle policy in any of the shapes in which people keep them: AWS's document, what `aws ecr
 * get-lifecycle-policy` and the preview print (`lifecyclePolicyText`), or the settings of our own components.
 *
 * @param text What the file holds.
 * @param file Its name; problems of the whole file are told of it, others of their path within.
 */
export function readLifecycleFile(text: string, file: string): ReadPolicy {
  // Editors on Windows begin a file with a byte order mark, which JSON does not know.
  const json = text.replace(/^\uFEFF/, "");
  const { value, unparsed } = parseJson(json);
  // Its reader says why.
  if (unparsed !== undefined) return readLifecycleText(json, "", file);
  if (!isRecord(value) || !NAMES.some((name) => name in value)) return { problems: [mistaken(value, file)] };
  if ("lifecyclePolicyText" in value) return readPrinted(value.lifecyclePolicyText);
  return isSettings(value) ? readLifecycleSettings(value) : readLifecycleText(json, "", file);
}

/** Of a file that was named by mistake nothing is shown: it may hold secrets. */
function mistaken(value: unknown, file: string): LifecycleProblem {
  const given = typeof value === "object" ? shown(value) : "something else";
  const fix = `write an object with any of ${NAMES.join(", ")}`;
  return { path: file, given, expected: "a lifecycle policy", fix };
}

function readPrinted(policy: unknown): ReadPolicy {
  const path = "lifecyclePolicyText";
  if (typeof policy === "string") return readLifecycleText(policy, path);
  const fix = "keep what `aws ecr get-lifecycle-policy` prints as it is";
  return { problems: [{ path, given: shown(policy), expected: "AWS's JSON as text", fix }] };
}

/** Rules in AWS's words make a document, unless something beside them is known to settings only. */
function isSettings({ rules, policyJson, acceptedFindings }: Record<string, unknown>): boolean {
  if (policyJson !== undefined || acceptedFindings !== undefined) return true;
  return Array.isArray(rules) && rules.length > 0 && !rules.some(isAwsRule);
}
