import { DAY } from "../retention/duration";
import type { FamilyClaim } from "../retention/families";
import { claimsOf } from "../retention/registration";
import type { AccountState, Gap, Millis, Problem, RetentionPolicy } from "../retention/types";
import { isGood, type LoadedRegistration } from "./registrations";

type LastClaims = AccountState["lastClaims"];

/** A registration that is not there any more keeps what its policy kept for so long. */
const VANISHED_FOR: Millis = 30 * DAY;

/**
 * Which registrations claim a family that another one claims too, by key. A broken one claims as a good one does, by what
 * can be read of it, else by the last policy that was: nobody knows what it would keep.
 */
export function contested(registrations: LoadedRegistration[], last: LastClaims): Map<string, Problem> {
  return claimsOf(
    registrations.flatMap((loaded) => {
      const policy: FamilyClaim | undefined = isGood(loaded)
        ? loaded.registration.policy
        : (loaded.claim ?? last[loaded.key]?.policy);
      return policy ? [{ key: loaded.key, registration: { policy } }] : [];
    }),
  );
}

/**
 * The claims that the next run is to know: the last policy that was read of each registration, and since when it is gone.
 *
 * @param present Keys of the registrations that lie in the store now.
 */
export function claimsAfter(
  registrations: LoadedRegistration[],
  present: ReadonlySet<string>,
  last: LastClaims,
  now: Millis,
): LastClaims {
  const claims: LastClaims = {};
  for (const [key, { policy, goneSince = now }] of Object.entries(last)) {
    if (present.has(key)) claims[key] = { policy };
    else if (now < goneSince + VANISHED_FOR) claims[key] = { policy, goneSince };
  }
  for (const loaded of registrations) {
    // A policy's file is no registration: the next run may well be about another one.
    if (isGood(loaded) && present.has(loaded.key)) claims[loaded.key] = { policy: loaded.registration.policy };
  }
  return claims;
}

export interface Vanished {
  key: string;
  policy: RetentionPolicy;
  until: Millis;
}

/** What is gone and still keeps. */
export function vanishedOf(claims: LastClaims): Vanished[] {
  return Object.entries(claims).flatMap(([key, { policy, goneSince }]) =>
    goneSince === undefined ? [] : [{ key, policy, until: goneSince + VANISHED_FOR }],
  );
}

/** Says which claims vanished; acknowledged, they keep nothing any more. */
export function vanishedGap({ key, policy, until }: Vanished): Gap {
  return {
    id: `vanished-${key}`,
    source: "registrations",
    scope: { kind: "none" },
    cause: "vanished",
    detail: `the policy of ${policy.family} is gone; what it kept is kept until ${new Date(until).toISOString()}`,
    remedy: "deploy it again, or acknowledge the gap where it was meant to go",
  };
}
