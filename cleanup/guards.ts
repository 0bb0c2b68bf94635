import { parseRevisionArn } from "../aws/arn";
import { matchesFamily } from "../retention/families";
import { allowance, freesAt } from "../retention/limits";
import type { Archived, Ledger, Millis, Outcome, Postponement, Removal, RetentionPolicy } from "../retention/types";
import type { Lease } from "./store/lease";

/** What is known of one service just before a batch is opened. */
export interface BatchContext {
  now: Millis;
  lease: Pick<Lease, "holds">;
  policy: RetentionPolicy;
  /** Why everything is stopped. */
  stop: string | undefined;
  /** ETag of the registration as it was read, and as it is now. Both absent: its policy is a file. */
  etag: { read: string | undefined; now: string | undefined };
  ledger: Ledger;
  /** How many removals wait. */
  waiting: number;
}

/** Why removals of a service are postponed: all of them, or those beyond `allowed`. */
export interface Stop {
  by: Postponement;
  cause: string;
  /** @default 0 */
  allowed?: number;
}

export interface BatchGuard {
  id: string;
  /** For people; docs/rules.md is made from it. */
  question: string;
  stops(context: BatchContext): Stop | undefined;
}

/** Asked about each service before each batch, in this order; the first that stops all of it decides. */
export const BATCH_GUARDS: BatchGuard[] = [
  {
    id: "stopped",
    question: "Does an object below `control/` stop everything?",
    stops: ({ stop }) => (stop === undefined ? undefined : { by: "stop", cause: stop }),
  },
  {
    id: "lease",
    question: "Does this run still hold the lease?",
    stops: ({ lease }) => (lease.holds() ? undefined : { by: "time", cause: LEASE_LOST }),
  },
  {
    id: "registration-changed",
    question: "Was the registration written or removed since this run read it?",
    stops({ etag }) {
      if (etag.read === etag.now) return undefined;
      return { by: "changed", cause: "the registration was deployed anew meanwhile: the next run plans by it" };
    },
  },
  {
    id: "limit",
    question: "Would it be more than `limits.maxRemovals` in 24 hours?",
    stops({ ledger, policy: { limits }, now, waiting }) {
      const allowed = allowance(ledger, limits.maxRemovals, now);
      if (allowed >= waiting) return undefined;
      const cause = `limits.maxRemovals: ${limits.maxRemovals} in 24 hours`;
      // A run at the same time of each day would else find all of yesterday's still counted, and pass over every other day.
      const isSoon = (freesAt(ledger, now) ?? Infinity) <= now + SOON;
      return { by: isSoon ? "time" : "limit", cause, allowed };
    },
  },
];

/** What becomes free by then is worth another run, which the second schedule starts. */
const SOON: Millis = 60 * 60_000;

/** What is known of one revision at the moment before the call that would remove it. */
export interface CallContext {
  now: Millis;
  /** No call that removes starts at this moment or later. */
  removeUntil: Millis;
  lease: Pick<Lease, "holds">;
  account: string;
  region: string;
  policy: RetentionPolicy;
  action: Removal;
  arn: string;
  /** What describing it again just now told; absent: it is not there any more. */
  found?: { status?: string; tags: Record<string, string> };
  /** Of a deletion: where its JSON lies. */
  archived?: Archived;
  /** Why it does not lie there. */
  archiveError?: string;
}

/** Why one revision is not removed. */
export type Refusal = Pick<Outcome, "result" | "cause" | "postponedBy">;

export interface CallGuard {
  id: string;
  /** For people; docs/rules.md is made from it. */
  question: string;
  stops(context: CallContext): Refusal | undefined;
}

/** Asked about each revision right before the call that removes it, in this order; the first that answers decides. */
export const CALL_GUARDS: CallGuard[] = [
  {
    id: "fresh",
    question: "Did the read of references begin five minutes ago, or is the run's time over?",
    stops: ({ now, removeUntil }) => (now < removeUntil ? undefined : postponed("time", LATE)),
  },
  {
    id: "lease",
    question: "Did this run lose the lease?",
    stops: ({ lease }) => (lease.holds() ? undefined : postponed("time", LEASE_LOST)),
  },
  {
    // AWS lets a role that may deregister at all deregister any family.
    id: "family",
    question: "Is its ARN not exactly one of the policy's family, in this account and Region?",
    stops({ arn, account, region, policy }) {
      const parsed = parseRevisionArn(arn);
      const ours = parsed?.account === account && parsed.region === region && matchesFamily(policy, parsed.family);
      const cause = `never sent: not a revision of ${policy.family} in ${account}, ${region}`;
      return ours ? undefined : { result: "failed", cause };
    },
  },
  {
    id: "status",
    question: "Is it not any more in the status that was planned with: ACTIVE to deregister, INACTIVE to delete?",
    stops({ action, found }) {
      const planned = action === "deregister" ? "ACTIVE" : "INACTIVE";
      if (found?.status === planned) return undefined;
      return { result: "spared", cause: found ? `its status is ${found.status} now` : "it is not there any more" };
    },
  },
  {
    id: "held",
    question: `Does its tag \`ecs-retention:keep-until\` hold it?`,
    stops({ found, now }) {
      const held = holdOf(found?.tags ?? {}, now);
      return held === undefined ? undefined : { result: "spared", cause: held };
    },
  },
  {
    id: "archived",
    question: "Would it be deleted without its JSON in the archive?",
    stops({ action, archived, archiveError = "nobody tried" }) {
      if (action !== "delete" || archived) return undefined;
      return { result: "failed", cause: `its JSON was not archived: ${archiveError}` };
    },
  },
];

export const LATE = "no time left: what is in use must be read again before more is removed";
const LEASE_LOST = "another run holds the lease by now";

function postponed(postponedBy: Postponement, cause: string): Refusal {
  return { result: "postponed", postponedBy, cause };
}

/** Somebody's wish to keep a revision, as its tag. */
export const HOLD_TAG = "ecs-retention:keep-until";

const DAY = /^\d{4}-\d\d-\d\d$/;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

/** Why its tags hold a revision: until a moment in the future or the end of a day (UTC), or until one that cannot be read. */
function holdOf(tags: Record<string, string>, now: Millis): string | undefined {
  const value = tags[HOLD_TAG];
  if (value === undefined) return undefined;
  const until = DAY.test(value) ? `${value}T23:59:59.999Z` : MOMENT.test(value) ? value : "";
  return Date.parse(until) < now ? undefined : `held by its tag ${HOLD_TAG}`;
}
