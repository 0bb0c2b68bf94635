import { dateOf } from "../dates";
import type { Reference, RetentionPolicy, Revision } from "../types";
import { familiesOf, type IndexedInventory } from "./inventory";
import { compare } from "./order";

/**
 * The revisions that a policy is about, newest first: those of its family by number, those of many families by when they
 * were registered. Where that is not known yet a revision may be the newest of all.
 */
export function lineOf(policy: RetentionPolicy, indexed: IndexedInventory): Revision[] {
  const families = familiesOf(policy, indexed);
  if (policy.familyMatch !== "hash-suffix") return families[0]?.revisions ?? [];
  return families.flatMap(({ revisions }) => revisions).sort(byRegistration);
}

function byRegistration(one: Revision, other: Revision): number {
  const first = dateOf(one.registeredAt) ?? Infinity;
  const second = dateOf(other.registeredAt) ?? Infinity;
  if (first !== second) return second - first;
  return other.revision - one.revision || compare(one.family, other.family);
}

/**
 * Revisions whose facts are not known yet, in the order to describe them: oldest first, and after all others those that
 * were described while they were ACTIVE and are INACTIVE now. What AWS told no date of registration for has none.
 */
export function undescribed(policy: RetentionPolicy, indexed: IndexedInventory): Revision[] {
  const staying = lineOf(policy, indexed).filter(({ status }) => status !== "DELETE_IN_PROGRESS");
  const oldestFirst = staying.toReversed();
  const seen = ({ plaintextSecrets }: Revision) => plaintextSecrets !== undefined;
  const changed = (revision: Revision) =>
    revision.status === "INACTIVE" && dateOf(revision.deregisteredAt) === undefined;
  return [
    ...oldestFirst.filter((revision) => !seen(revision)),
    ...oldestFirst.filter((revision) => seen(revision) && changed(revision)),
  ];
}

/** What counts as a reference for a policy, to any of its families, in the order of reports. */
export function referencesOf(policy: RetentionPolicy, indexed: IndexedInventory): Reference[] {
  const references = familiesOf(policy, indexed).flatMap((family) => family.references);
  return counted(references, ignoredBy(policy));
}

export function ignoredBy({ ignoredSources }: RetentionPolicy): ReadonlySet<string> {
  return new Set(ignoredSources.map(({ source }) => source));
}

export function counted(references: Reference[], ignored: ReadonlySet<string>): Reference[] {
  return ignored.size === 0 ? references : references.filter(({ source }) => !ignored.has(source));
}
