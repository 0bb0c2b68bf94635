import type { ECSClient } from "@aws-sdk/client-ecs";
import { deletedServices } from "../aws/references/services";
import { type Calls, ReadError } from "../aws/retry";
import { matchesFamily } from "../retention/families";
import { withAcknowledgements } from "../retention/gaps";
import { recordUse } from "../retention/ledger";
import { implausibleGap, lostFamilies, referencedFamilies } from "../retention/plausibility";
import { gapOf } from "../retention/revisions/gaps";
import { indexInventory } from "../retention/revisions/inventory";
import { ignoredBy, lineOf, referencesOf } from "../retention/revisions/line";
import { planRevisions } from "../retention/revisions/plan";
import type { AccountState, Inventory, Plan, RetentionPolicy } from "../retention/types";
import { type Vanished, vanishedGap } from "./claims";
import { type Reading, type ReadOptions, readInventory } from "./inventory";
import type { Memory } from "./memory";
import type { RunOptions } from "./options";
import type { GoodRegistration } from "./registrations";

export interface PassOptions extends Omit<ReadOptions, "policies" | "facts" | "completed" | "ignoredSources"> {
  /** Whose use is remembered, in the order in which the services take turns. */
  good: GoodRegistration[];
  /** Those of them that are planned for; the others claim what another one claims. */
  sound: GoodRegistration[];
  memory: Memory;
  vanished: Vanished[];
  settings: RunOptions["settings"];
  remembers: boolean;
}

/** What one read of the account means for every service. */
export interface Pass extends Reading {
  /** By registration's key. */
  plans: Map<string, Plan>;
  /** What the next run compares its references with. */
  referenced: AccountState["referenced"];
}

/** Reads the account, writes into the ledgers what is in use, and plans each service by its own policy. */
export async function readAndPlan(options: PassOptions): Promise<Pass> {
  const { client, calls, clock, good, sound, memory, vanished, settings, remembers, onProgress } = options;
  const before = memory.loaded.state;
  const policies = good.map(({ registration }) => registration.policy);
  const { ignoredSources, acknowledgedGaps } = settings;
  const completed = before.completedDeployments;
  const reading = await readInventory({ ...options, policies, facts: memory.facts, ignoredSources, completed });
  const { readAt, successes } = reading.inventory;

  const after = referencedFamilies(reading.inventory.references);
  // What could not be read is not lost; what somebody answers for is as if it were not there.
  const missing = withAcknowledgements(reading.missing, acknowledgedGaps, clock.now());
  const isComplete = missing.every((gap) => gap.acknowledged);
  const lost = isComplete ? await unexplained(client, calls, before.referenced, after) : [];
  const implausible = implausibleGap(before.referenced, lost);
  const found = [...reading.inventory.gaps, ...vanished.map(vanishedGap), ...(implausible ? [implausible] : [])];
  const gaps = withAcknowledgements(found, acknowledgedGaps, clock.now());
  const inventory: Inventory = { ...reading.inventory, gaps };
  const acknowledged = new Set(gaps.filter((gap) => gap.acknowledged).map(({ id }) => id));

  onProgress?.({ step: "plans" });
  const indexed = indexInventory(inventory);
  const now = clock.now();
  const keeping = vanished.filter((each) => !acknowledged.has(vanishedGap(each).id));
  const plans = new Map<string, Plan>();
  for (const each of good) {
    const { key, registration } = each;
    const { policy } = registration;
    const line = lineOf(policy, indexed);
    const references = referencesOf(policy, indexed);
    const isUnread = (family: string) => gapOf(family, indexed.gaps, ignoredBy(policy)) !== undefined;
    const use = { claim: policy, isUnread, line, references, successes, lost: lostAll(policy, lost, after) };
    const ledger = recordUse(memory.ledgers.of(key), use, readAt);
    memory.ledgers.set(key, ledger);
    if (!sound.includes(each)) continue;
    plans.set(key, planRevisions(policy, indexed, now, { vanished: keeping, ...(remembers && { ledger }) }));
  }
  const isSettled = isComplete && (!implausible || acknowledged.has(implausible.id));
  return { ...reading, inventory, plans, referenced: isSettled ? after : before.referenced };
}

type Referenced = AccountState["referenced"];

/** Families that lost all references although a service that referred to them is still there, or none did. */
async function unexplained(client: ECSClient, calls: Calls, before: Referenced, after: Referenced): Promise<string[]> {
  const lost = lostFamilies(before, after);
  const services = [...new Set(lost.flatMap((family) => before[family] ?? []))];
  const deleted = services.length > 0 ? await deletedOf(client, calls, services) : new Set<string>();
  return lost.filter((family) => {
    const referring = before[family] ?? [];
    return referring.length === 0 || !referring.every((arn) => deleted.has(arn));
  });
}

async function deletedOf(client: ECSClient, calls: Calls, services: string[]): Promise<Set<string>> {
  try {
    return await deletedServices(client, calls, services);
  } catch (error) {
    // Not known to be deleted: then the loss has no explanation.
    if (error instanceof ReadError) return new Set();
    throw error;
  }
}

/** Whether one of a policy's families is among the lost, and none is referred to any more. */
function lostAll(policy: RetentionPolicy, lost: string[], after: Referenced): boolean {
  const isOurs = (family: string) => matchesFamily(policy, family);
  return lost.some(isOurs) && !Object.keys(after).some(isOurs);
}
