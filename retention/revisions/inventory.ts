import { type FamilyClaim, withoutSuffix } from "../families";
import type { Inventory, Reference, Revision } from "../types";
import { type BlockingGaps, indexGaps } from "./gaps";
import { compare, inReportOrder, isRevisionNumber, newestFirst, revisionOf } from "./order";

/** An inventory arranged for planning: made once per pass, read once per service. */
export interface IndexedInventory {
  families: ReadonlyMap<string, FamilyInventory>;
  /** Names of families by what stands before their hash suffix, in order. */
  suffixed: ReadonlyMap<string, string[]>;
  /** What needs each revision, in the order of reports; `latest` stands at the newest ACTIVE one of its family. */
  references: ReadonlyMap<Revision, Reference[]>;
  gaps: BlockingGaps;
}

export interface FamilyInventory {
  name: string;
  /** Newest first, each once. */
  revisions: Revision[];
  /** Whose ARN, account, Region, family and number do not agree: neither counted nor removed. */
  contradictory: Revision[];
  /** Of whatever revision, in the order of reports. */
  references: Reference[];
}

/** Arranges what was read by family. Neither the order of its lists nor anything listed twice changes the result. */
export function indexInventory(inventory: Inventory): IndexedInventory {
  const { account, region } = inventory;
  const referencesOf = Map.groupBy(inventory.references, ({ target }) => target.family);
  const listedOf = Map.groupBy(inventory.revisions, ({ family }) => family);
  const names = [...new Set([...listedOf.keys(), ...referencesOf.keys()])].sort();
  const families = new Map<string, FamilyInventory>();
  for (const family of names) {
    const scope = `:ecs:${region}:${account}:task-definition/${family}:`;
    const [sound, contradictory] = partition(
      listedOf.get(family) ?? [],
      ({ arn, revision }) => isRevisionNumber(revision) && arn.endsWith(scope + revision),
    );
    families.set(family, {
      name: family,
      revisions: newestFirst(sound),
      contradictory: contradictory.sort((one, other) => compare(one.arn, other.arn)),
      references: inReportOrder(referencesOf.get(family) ?? []),
    });
  }
  const suffixed = Map.groupBy(names, (name) => withoutSuffix(name) ?? "");
  return { families, suffixed, references: byRevision(families), gaps: indexGaps(inventory) };
}

/** Everything that is known of the families that a policy is about. */
export function familiesOf({ family, familyMatch }: FamilyClaim, indexed: IndexedInventory): FamilyInventory[] {
  const names = familyMatch === "hash-suffix" ? (indexed.suffixed.get(family) ?? []) : [family];
  return names.map((name) => indexed.families.get(name) ?? { name, revisions: [], contradictory: [], references: [] });
}

function byRevision(families: ReadonlyMap<string, FamilyInventory>): Map<Revision, Reference[]> {
  const referencesOf = new Map<Revision, Reference[]>();
  for (const { revisions, references } of families.values()) {
    for (const reference of references) {
      const { revision } = reference.target;
      const needed =
        revision === "latest" ? revisions.find(({ status }) => status === "ACTIVE") : revisionOf(revisions, revision);
      if (!needed) continue;
      const others = referencesOf.get(needed);
      if (others) others.push(reference);
      else referencesOf.set(needed, [reference]);
    }
  }
  return referencesOf;
}

function partition<V>(values: V[], holds: (value: V) => boolean): [V[], V[]] {
  const yes: V[] = [];
  const no: V[] = [];
  for (const value of values) (holds(value) ? yes : no).push(value);
  return [yes, no];
}
