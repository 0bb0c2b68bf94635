import type { Gap, Inventory, Millis, Reference, Revision } from "../types";
import { dateOf } from "./rules";

/** An inventory arranged for planning: made once per run, read once per service. */
export interface IndexedInventory {
  families: ReadonlyMap<string, FamilyInventory>;
  /** The first gap that blocks the whole account. */
  accountGap?: Gap;
  familyGaps: ReadonlyMap<string, Gap>;
  /** By ARN or by `family:revision`. */
  itemGaps: ReadonlyMap<string, Gap>;
}

export interface FamilyInventory {
  /** Newest first, each once, with what the dates of its neighbours tell about it. */
  revisions: Revision[];
  /** Whose ARN, account, Region, family and number do not agree: neither counted nor removed. */
  contradictory: Revision[];
  /** By revision number. */
  references: ReadonlyMap<number, Reference[]>;
}

/** Arranges what was read by family. Neither the order of its lists nor anything listed twice changes the result. */
export function indexInventory(inventory: Inventory): IndexedInventory {
  const { account, region } = inventory;
  const gaps = indexGaps(inventory);
  const referencesOf = Map.groupBy(inventory.references, ({ target }) => target.family);
  const families = new Map<string, FamilyInventory>();
  for (const [family, listed] of Map.groupBy(inventory.revisions, (revision) => revision.family)) {
    const scope = `:ecs:${region}:${account}:task-definition/${family}:`;
    const [sound, contradictory] = partition(
      listed,
      ({ arn, revision }) => isRevisionNumber(revision) && arn.endsWith(scope + revision),
    );
    families.set(family, {
      revisions: withBounds(newestFirst(sound)),
      contradictory: contradictory.sort((one, other) => compare(one.arn, other.arn)),
      references: Map.groupBy(inReportOrder(referencesOf.get(family) ?? []), ({ target }) => target.revision),
    });
  }
  return { families, ...gaps };
}

function isRevisionNumber(revision: number): boolean {
  return Number.isSafeInteger(revision) && revision > 0;
}

// A revision that changes while the lists are read stands in two of them. It only ever moves on in this order.
const STATUSES: Revision["status"][] = ["ACTIVE", "INACTIVE", "DELETE_IN_PROGRESS"];

function newestFirst(revisions: Revision[]): Revision[] {
  revisions.sort((one, other) => other.revision - one.revision);
  const unique: Revision[] = [];
  for (const revision of revisions) {
    const last = unique.at(-1);
    if (last?.revision === revision.revision) unique[unique.length - 1] = merged(last, revision);
    else unique.push(revision);
  }
  return unique;
}

/** The later status and, where dates differ, the later date: whatever removes less. */
function merged(one: Revision, other: Revision): Revision {
  const [earlier, later] = STATUSES.indexOf(one.status) <= STATUSES.indexOf(other.status) ? [one, other] : [other, one];
  const registeredAt = latest(one.registeredAt, other.registeredAt);
  const deregisteredAt = latest(one.deregisteredAt, other.deregisteredAt);
  return {
    ...earlier,
    ...later,
    ...(registeredAt !== undefined && { registeredAt }),
    ...(deregisteredAt !== undefined && { deregisteredAt }),
  };
}

function latest(one: Millis | undefined, other: Millis | undefined): Millis | undefined {
  const dates = [dateOf(one), dateOf(other)].filter((date) => date !== undefined);
  return dates.length > 0 ? Math.max(...dates) : undefined;
}

/** Gives revisions without a date of their own the dates of their neighbours as bounds: dates grow with the number. */
function withBounds(revisions: Revision[]): Revision[] {
  if (!revisions.some(isDated)) return revisions;
  const bounded = revisions.map((revision) => (isDated(revision) ? revision : { ...revision }));
  let neighbour: Millis | undefined;
  for (const revision of bounded) {
    if (isDated(revision)) neighbour = revision.registeredAt;
    else if (neighbour !== undefined) revision.registeredNotAfter = neighbour;
  }
  neighbour = undefined;
  for (const revision of bounded.toReversed()) {
    if (isDated(revision)) neighbour = revision.registeredAt;
    else if (neighbour !== undefined) revision.registeredNotBefore = neighbour;
  }
  return bounded;
}

function isDated({ registeredAt }: Revision): boolean {
  return dateOf(registeredAt) !== undefined;
}

function indexGaps({ gaps, references }: Inventory): Omit<IndexedInventory, "families"> {
  const familyGaps = new Map<string, Gap>();
  const itemGaps = new Map<string, Gap>();
  const accountGaps: Gap[] = [];
  for (const gap of [...gaps, ...references.filter(isUnclear).map(unclearReference)].sort(byId)) {
    const { scope } = gap;
    if (scope.kind === "none") continue;
    if (scope.kind === "family") setOnce(familyGaps, scope.name, gap);
    else if (scope.kind === "item") setOnce(itemGaps, scope.name, gap);
    // Whatever else a scope may be called, it blocks the most.
    else accountGaps.push(gap);
  }
  return { accountGap: accountGaps[0], familyGaps, itemGaps };
}

function isUnclear({ target }: Reference): boolean {
  return !isRevisionNumber(target.revision);
}

/** A reference whose revision is not known may mean any revision of its family. */
function unclearReference({ source, by, target: { family } }: Reference): Gap {
  return {
    id: `unclear-reference-${family}`,
    source,
    scope: { kind: "family", name: family },
    cause: "failed",
    detail: `${by} needs a revision of ${family} that was not recognised`,
    remedy: "read it again",
  };
}

function setOnce<K, V>(map: Map<K, V>, key: K, value: V): void {
  if (!map.has(key)) map.set(key, value);
}

function inReportOrder(references: Reference[]): Reference[] {
  return references.toSorted((one, other) => compare(one.source, other.source) || compare(one.by, other.by));
}

function byId(one: Gap, other: Gap): number {
  return compare(one.id, other.id) || compare(one.detail, other.detail);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function partition<V>(values: V[], holds: (value: V) => boolean): [V[], V[]] {
  const yes: V[] = [];
  const no: V[] = [];
  for (const value of values) (holds(value) ? yes : no).push(value);
  return [yes, no];
}
