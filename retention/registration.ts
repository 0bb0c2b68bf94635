import { shown } from "./errors";
import { type FamilyClaim, overlaps } from "./families";
import { type Fields, parseJson, readFields } from "./fields";
import { policyHash, readPolicy } from "./policy";
import type { Problem, Registration } from "./types";

const ROLE_ARN = /^arn:[a-z0-9-]+:iam::[0-9]{12}:role\/[\u0021-\u007e]+$/;

const REGISTRATION: Fields<Registration> = {
  version: {
    accepts: (value) => value === 1,
    expected: "1",
    fix: "deploy the service with the version of ecs-retention that the cleanup function has",
    default: 1,
  },
  policy: { accepts: () => true, expected: "a retention policy", fix: "deploy the service again" },
  cleanupRoleArn: {
    accepts: (value) => typeof value === "string" && ROLE_ARN.test(value),
    expected: "the ARN of an IAM role",
    fix: "deploy the service again",
    optional: true,
  },
};

/** A registration with the external id of its policy, or what is wrong with it. */
export type ReadRegistration =
  | { registration: Registration; hash: string; problems?: undefined }
  | { registration?: undefined; problems: Problem[] };

/**
 * Reads a registration as it lies in the store.
 *
 * @param key Its key in the store, for problems of the object as a whole.
 */
export function readRegistration(body: string, key: string): ReadRegistration {
  const { value, unparsed } = parseJson(body);
  if (unparsed !== undefined) {
    const given = `${body.length} characters that are not JSON`;
    return { problems: [{ path: key, given, expected: "a registration", fix: "deploy the service again" }] };
  }
  const problems: Problem[] = [];
  const given = readFields<Registration>(value, REGISTRATION, problems, { root: key });
  if (!("policy" in given)) return { problems };
  const { policy, problems: wrong = [] } = readPolicy(given.policy);
  problems.push(...wrong);
  if (policy && policy.mode !== "report" && given.cleanupRoleArn === undefined && problems.length === 0) {
    problems.push({
      path: "cleanupRoleArn",
      given: "nothing",
      expected: `the ARN of the cleanup role, for the mode is "${policy.mode}"`,
      fix: "deploy the service again; nobody else may remove for it",
    });
  }
  if (!policy || problems.length > 0) return { problems };
  return { registration: { ...given, policy } as Registration, hash: policyHash(given.policy) };
}

/**
 * Which registrations claim a family that another one claims too: nothing of such a family may be removed.
 *
 * @returns A problem for each of them, by key, that names the others.
 */
export function claimsOf(
  registrations: readonly { key: string; registration: { policy: FamilyClaim } }[],
): Map<string, Problem> {
  const problems = new Map<string, Problem>();
  for (const claim of registrations) {
    const { policy } = claim.registration;
    const others = registrations.filter((other) => other !== claim && overlaps(policy, other.registration.policy));
    if (others.length === 0) continue;
    const families = policy.familyMatch === "hash-suffix" ? " with any hash suffix" : "";
    problems.set(claim.key, {
      path: "family",
      given: `${shown(policy.family)}${families}, also claimed by ${others.map(({ key }) => key).join(", ")}`,
      expected: "a family that one policy alone claims",
      fix: "remove one of the policies; until then nothing of this family is removed",
    });
  }
  return problems;
}
