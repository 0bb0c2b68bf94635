import type { RecordedCall, World } from "../../simulator";
import { accountOf } from "../../simulator/operation";
import { rolePolicies } from "../../simulator/services/iam";

/** A role of a deployed account. */
export interface HeldRole {
  arn: string;
  /** JSON of its trust policy. */
  trust: string;
  /** JSON of its policies by name, inline and managed. */
  policies: [name: string, json: string][];
  /** JSON of its permissions boundary. */
  boundary?: string;
}

/** Something with a policy of its own, or whose ARN does not tell its owner. */
interface HeldResource {
  arn: string;
  /** Account that owns it. */
  owner: string;
  /** JSON of its own policy. */
  policy?: string;
}

/** What deployed accounts hold. */
export interface Held {
  roles: HeldRole[];
  resources: HeldResource[];
}

/** Calls, and what was deployed when they were made. */
export interface Evidence {
  held: Held;
  calls: RecordedCall[];
}

/**
 * What the accounts of a world hold now.
 *
 * @param isOurs Whether a resource is part of what is proved; every role is held.
 */
export function heldBy(world: World, accounts: string[], isOurs: (arn: string) => boolean): Held {
  const { services } = world;
  const roles = accounts.flatMap((account) =>
    [...services.iam.of(account).roles.values()].map((role) => {
      const { identity, boundary } = rolePolicies(world.scope(account, "us-east-1"), role);
      return { arn: role.arn, trust: role.trust, policies: identity, boundary };
    }),
  );
  const buckets = [...services.s3.buckets.values()].map(({ arn, account, policy }) => ({
    arn,
    owner: account,
    policy,
  }));
  const queues = [...services.sqs.values()].flatMap(({ queues }) =>
    [...queues.values()].map(({ arn, attributes }) => ({ arn, owner: accountOf(arn), policy: attributes.Policy })),
  );
  return { roles, resources: [...buckets, ...queues].filter(({ arn }) => isOurs(arn)) };
}

/** The bucket of an object; otherwise the resource itself. */
export const holderOf = (arn: string) => (arn.split(":")[2] === "s3" ? arn.replace(/\/.*$/, "") : arn);
