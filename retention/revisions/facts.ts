import { dateOf } from "../dates";
import { parseDuration } from "../duration";
import { PolicyError } from "../errors";
import { matchesFamily } from "../families";
import { nameOf, usedAt } from "../ledger";
import { readPolicy } from "../policy";
import type { Gap, Ledger, Millis, Reference, RetentionPolicy, Revision } from "../types";
import { gapOf } from "./gaps";
import { familiesOf, type IndexedInventory } from "./inventory";
import { counted, ignoredBy, lineOf, referencesOf } from "./line";
import { revisionOf } from "./order";

/** What the rules know besides the revision itself; made once per plan. */
export interface RevisionFacts {
  now: Millis;
  /** What the policy is about, newest first. */
  line: Revision[];
  keepFor: Millis;
  unusedFor: Millis;
  deleteAfter: Millis;
  /** Whether plaintext secrets are to be removed ahead of the rules that keep. */
  removesSecrets: boolean;
  pinned: ReadonlySet<Revision>;
  newestActive?: Revision;
  /** As many of the newest ACTIVE ones as are to be kept. */
  newest: ReadonlySet<Revision>;
  /** As many of the last ones that a deployment completed on as are to be kept. */
  successful: ReadonlySet<Revision>;
  referencesOf(subject: Revision): Reference[];
  /** When it was in use the last time; undefined where nothing remembers. */
  usedAt(subject: Revision): Millis | undefined;
  /** When it was seen in use the last time, of those that were. */
  lastSeen: ReadonlyMap<Revision, Millis>;
  /** Why nothing may be concluded about a revision, as far as that lies outside of its dates. */
  blocked(subject: Revision): Gap | "contradictory" | undefined;
  /** Until when the policy of a registration that is gone keeps it. */
  keptByVanished(subject: Revision): Millis | undefined;
}

interface Known {
  policy: RetentionPolicy;
  indexed: IndexedInventory;
  ledger: Ledger | undefined;
  now: Millis;
}

/** What the rules know of one service. @throws PolicyError where the policy is not valid. */
export function revisionFacts({ indexed, ledger, now, ...given }: Known): Omit<RevisionFacts, "keptByVanished"> {
  const { policy, problems } = readPolicy(given.policy);
  if (problems) throw new PolicyError(problems);
  if (!Number.isFinite(now)) throw new RangeError(`now: got ${now}, expected epoch milliseconds; pass a Clock's now()`);
  const { taskDefinitions, mode } = policy;
  const isRetired = mode === "retire";
  const line = lineOf(policy, indexed);
  const seen = Object.entries(ledger?.lastUsed ?? {});
  const lastSeen = new Map(seen.flatMap(([name, at]) => named(name, indexed).map((revision) => [revision, at])));
  const newest = isRetired ? [] : newestOf(policy, line);
  return {
    now,
    line,
    keepFor: parseDuration(taskDefinitions.keepFor) as Millis,
    unusedFor: parseDuration(taskDefinitions.unusedFor) as Millis,
    deleteAfter: parseDuration(taskDefinitions.deleteAfter) as Millis,
    removesSecrets: taskDefinitions.plaintextSecrets === "remove-when-unreferenced",
    pinned: new Set(taskDefinitions.pinned.flatMap((pin) => named(pin, indexed))),
    ...(newest[0] && { newestActive: newest[0] }),
    newest: new Set(newest),
    successful: new Set(isRetired ? [] : successfulOf(policy, indexed, ledger)),
    referencesOf: references(policy, indexed),
    lastSeen,
    // What is going already is not kept by its last use.
    usedAt: (subject) =>
      ledger && subject.status !== "DELETE_IN_PROGRESS" ? usedAt(ledger, subject, lastSeen.get(subject)) : undefined,
    blocked: blocked(policy, indexed),
  };
}

function newestOf({ familyMatch, taskDefinitions }: RetentionPolicy, line: Revision[]): Revision[] {
  const newest: Revision[] = [];
  for (const revision of line) {
    if (newest.length === taskDefinitions.keepRevisions) break;
    // Among many families only dates tell which is newer.
    const isPlaced = familyMatch !== "hash-suffix" || dateOf(revision.registeredAt) !== undefined;
    if (revision.status === "ACTIVE" && isPlaced) newest.push(revision);
  }
  return newest;
}

function successfulOf(policy: RetentionPolicy, indexed: IndexedInventory, ledger: Ledger | undefined): Revision[] {
  const latestFirst = Object.entries(ledger?.successful ?? {}).sort(([, one], [, other]) => other - one);
  return latestFirst
    .flatMap(([name]) => named(name, indexed))
    .filter(({ family, status }) => matchesFamily(policy, family) && status !== "DELETE_IN_PROGRESS")
    .slice(0, policy.taskDefinitions.keepSuccessful);
}

/** The revision that `family:revision` names, where there is one. */
function named(name: string, { families }: IndexedInventory): Revision[] {
  const [family = "", number] = name.split(":");
  const found = revisionOf(families.get(family)?.revisions ?? [], Number(number));
  return found ? [found] : [];
}

function references(policy: RetentionPolicy, indexed: IndexedInventory): RevisionFacts["referencesOf"] {
  if (policy.mode === "retire") {
    const any = referencesOf(policy, indexed);
    return () => any;
  }
  const none: Reference[] = [];
  const ignored = ignoredBy(policy);
  return (subject) => counted(indexed.references.get(subject) ?? none, ignored);
}

function blocked(policy: RetentionPolicy, indexed: IndexedInventory): RevisionFacts["blocked"] {
  const ignored = ignoredBy(policy);
  const families = familiesOf(policy, indexed);
  const gaps = new Map(families.map(({ name }) => [name, gapOf(name, indexed.gaps, ignored)]));
  // Any reference to one of the families keeps all of them, and here there may be one that was not read.
  const ofAll = policy.mode === "retire" ? [...gaps.values()].find((gap) => gap !== undefined) : undefined;
  const unsound = new Set(families.flatMap(({ contradictory }) => contradictory));
  const { revisions } = indexed.gaps;
  return (subject) => {
    const gap = ofAll ?? gaps.get(subject.family);
    if (gap) return gap;
    if (revisions.size > 0) {
      const own = [...(revisions.get(subject.arn) ?? []), ...(revisions.get(nameOf(subject)) ?? [])];
      const counting = own.find(({ source }) => !ignored.has(source));
      if (counting) return counting;
    }
    return unsound.size > 0 && unsound.has(subject) ? "contradictory" : undefined;
  };
}
