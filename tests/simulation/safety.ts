import { type Case, isExposed, type SafetyRule } from "./case";
import { type Claim, changesSince, claims, claimsAt } from "./claims";
import type { Observer, Removal } from "./observer";
import { KEEP_RULES } from "./safety-keep";
import { RUN_RULES } from "./safety-run";
import { USE_RULES } from "./safety-use";

/** What design section 6 forbids, as far as it is about one removal. */
export const SAFETY_RULES: SafetyRule[] = [...USE_RULES, ...KEEP_RULES, ...RUN_RULES];

/** The rule that a removal broke whichever state of the registrations its run may have gone by. */
export function brokenBy(removal: Removal, seen: Observer): { rule: string; text: string } | undefined {
  const given = seen.runs.get(removal.runId)?.given;
  const since = seen.now - seen.tolerances.batch;
  const moments = [...new Set([seen.now, ...changesSince(seen.bucket, since), since])];
  const states = given ? [given] : moments.map((at) => claimsAt(seen.bucket, at));
  let first: { rule: string; text: string } | undefined;
  for (const all of states) {
    const family = (each: Claim) => claims(each, removal.found.family);
    const mine = all.find(({ role }) => role !== undefined && role === removal.role) ?? all.find(family);
    const broken = mine?.policy
      ? brokenIn({ removal, seen, all, mine, policy: mine.policy, exposed: isExposed(removal, mine.policy) })
      : { rule: "unclaimed", text: "no registration claims it" };
    if (!broken) return undefined;
    first ??= broken;
  }
  return first;
}

function brokenIn(given: Case): { rule: string; text: string } | undefined {
  for (const { id, broken } of SAFETY_RULES) {
    const text = broken(given);
    if (text) return { rule: id, text };
  }
  return undefined;
}
