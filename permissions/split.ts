import type { Problem } from "../retention/types";
import { distribute } from "./distribute";
import { NOTHING_NEEDED } from "./execution";
import { policyDocument, type Statement } from "./statement";

/** Characters of all inline policies of a role, and of one managed policy: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const INLINE_LENGTH = 10_240;
const MANAGED_LENGTH = 6_144;
/** Managed policies of a role, by default and at most. */
const USUAL_POLICIES = 10;
const MOST_POLICIES = 20;

/**
 * Renders statements as one inline policy, or as exactly this many managed ones, evenly filled.
 *
 * @param policyCount 1 to 20; a document that has nothing to allow says so. Default: one inline policy.
 */
export function policyDocuments(
  statements: Statement[],
  policyCount?: number,
): { documents: string[]; problem?: undefined } | { documents?: undefined; problem: Problem } {
  if (policyCount === undefined) {
    const document = policyDocument(statements.length > 0 ? statements : [NOTHING_NEEDED]);
    return document.length <= INLINE_LENGTH ? { documents: [document] } : { problem: tooLong(statements) };
  }
  if (!Number.isInteger(policyCount) || policyCount < 1 || policyCount > MOST_POLICIES) {
    const expected = `a whole number from 1 to ${MOST_POLICIES}, the most managed policies that AWS attaches to a role`;
    return {
      problem: { path: "policyCount", given: String(policyCount), expected, fix: "correct it or leave it out" },
    };
  }
  const filled = distribute(statements, policyCount, MANAGED_LENGTH);
  if (!filled) return { problem: tooLong(statements, policyCount) };
  return { documents: filled.map((each) => policyDocument(each.length > 0 ? each : [NOTHING_NEEDED])) };
}

function tooLong(statements: Statement[], policyCount?: number): Problem {
  const length = policyDocument(statements).length;
  const given = `${policyCount ?? "nothing"}, for statements of ${length} characters`;
  const limits = policyCount
    ? `AWS takes ${MANAGED_LENGTH} characters of a managed policy`
    : `AWS takes ${INLINE_LENGTH} characters of a role's inline policies`;
  const counts = Array.from({ length: MOST_POLICIES }, (_, index) => index + 1);
  const enough = counts.find((count) => count > (policyCount ?? 0) && distribute(statements, count, MANAGED_LENGTH));
  if (!enough) {
    const expected = `statements that ${MOST_POLICIES} managed policies hold, since ${limits}`;
    const fix = "give some of the containers a task definition and role of their own";
    return { path: "policyCount", given, expected, fix };
  }
  const quota = `; a role takes more than ${USUAL_POLICIES} only with a higher quota`;
  const fix = `set policyCount: ${enough}${enough > USUAL_POLICIES ? quota : ""}`;
  return { path: "policyCount", given, expected: `${enough} or more, since ${limits}`, fix };
}
