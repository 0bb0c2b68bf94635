import { decide } from "../decide";
import { matchesFamily, overlaps } from "../families";
import type { Ledger, Millis, Plan, RetentionPolicy } from "../types";
import { type RevisionFacts, revisionFacts } from "./facts";
import { familiesOf, type IndexedInventory } from "./inventory";
import { REVISION_RULES } from "./rules";

/** What earlier runs know. */
export interface Memory {
  /** @default rules that need one are not applied, and the plan names them */
  ledger?: Ledger;
  /** Policies whose registrations are gone, and until when they go on keeping. @default none */
  vanished?: readonly { policy: RetentionPolicy; until: Millis }[];
}

/** What a ledger decides, wholly or in part: ids of rules, and the limits. */
const NEED_LEDGER = ["within-24h", "among-successful", "recently-used", "limits"];

/**
 * One verdict for every revision of the policy's families, newest first. A pure function: the same inventory, policy,
 * memory and moment give the same plan, in mode `report` as in `enforce`.
 *
 * @param now Moment of the plan, from a Clock.
 * @throws PolicyError where the policy is not valid; nothing is planned by half of a policy.
 */
export function planRevisions(
  policy: RetentionPolicy,
  indexed: IndexedInventory,
  now: Millis,
  memory: Memory = {},
): Plan {
  const { ledger } = memory;
  const facts = {
    ...revisionFacts({ policy, indexed, ledger, now }),
    keptByVanished: keptByVanished(policy, indexed, now, memory),
  };
  const contradictory = familiesOf(policy, indexed).flatMap((family) => family.contradictory);
  const { line } = facts;
  const { service, family, mode, ignoredSources } = policy;
  return {
    service,
    family,
    mode,
    at: now,
    revisions: decide(REVISION_RULES, contradictory.length > 0 ? [...line, ...contradictory] : line, facts),
    ...(!ledger && { notApplied: NEED_LEDGER }),
    ...(ignoredSources.length > 0 && { ignoredSources: ignoredSources.map(({ source }) => source) }),
  };
}

/** Asks the same rules by the policies of registrations that are gone. */
function keptByVanished(
  policy: RetentionPolicy,
  indexed: IndexedInventory,
  now: Millis,
  { ledger, vanished = [] }: Memory,
): RevisionFacts["keptByVanished"] {
  const others = vanished
    .filter((other) => other.until > now && overlaps(policy, other.policy))
    .map(({ until, policy }) => {
      const facts = { ...revisionFacts({ policy, indexed, ledger, now }), keptByVanished: () => undefined };
      return { until, policy, facts };
    })
    .sort((one, other) => other.until - one.until);
  return (subject) =>
    others.find(
      ({ policy, facts }) =>
        matchesFamily(policy, subject.family) && decide(REVISION_RULES, [subject], facts)[0]?.action === "keep",
    )?.until;
}
