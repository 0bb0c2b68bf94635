import { dateOf, dayOf } from "./dates";
import { DAY } from "./duration";
import { covers, type FamilyClaim, matchesFamily } from "./families";
import { isRecord, parseJson } from "./fields";
import type { Ledger, Millis, Reference, Revision, Success } from "./types";

/** An entry of {@link Ledger}: what one batch removed. */
export type Removed = Ledger["removed"][number];

// What is not listed is gone, or its list was cut off: a revision that comes back must not count as never used.
const FORGET_AFTER: Millis = 366 * DAY;
// A clock that ran ahead explains dates in the near future; what lies further ahead is damage.
const FURTHEST_AHEAD: Millis = 366 * DAY;
// Ten times the most that `keepSuccessful` may ask for, so that revisions deleted by others do not use it up.
const MOST_SUCCESSES = 1_000;

const NAME = /^[A-Za-z0-9_-]{1,255}:[1-9][0-9]*$/;

/** The ledger of a registration of which nothing is remembered: everything counts as used now. */
export function newLedger(now: Millis): Ledger {
  return { version: 1, since: now, lastUsed: {}, successful: {}, removed: [] };
}

/** How ledgers and pins name a revision: `family:revision`. */
export function nameOf({ family, revision }: Pick<Revision, "family" | "revision">): string {
  return `${family}:${revision}`;
}

/**
 * Reads a ledger as it lies in the store. Whatever is wrong with it, a sound one comes back: in a new one everything counts
 * as used now, so that for 24 hours nothing is removed and forgotten removals cannot exceed a limit.
 *
 * @param body Undefined where there is none yet.
 * @returns With a `note` for people where it is a new one.
 */
export function readLedger(body: string | undefined, now: Millis): { ledger: Ledger; note?: string } {
  const read = body === undefined ? "there was none before" : understand(body, now);
  if (typeof read !== "string") return { ledger: { ...read, removed: recentRemovals(read, now) } };
  return { ledger: newLedger(now), note: `its ledger begins on ${dayOf(now)} (${read}): disuse counts from then on` };
}

/** The ledger, or why it is none. */
function understand(body: string, now: Millis): Ledger | string {
  const { value, unparsed } = parseJson(body);
  if (unparsed !== undefined) {
    return `the old one was ${body.length} characters that are not JSON`;
  }
  if (!isRecord(value)) return "the old one was not an object";
  const { version, since, about, lastUsed, inUse, successful, removed } = value;
  if (version !== 1) return "the old one was of another version";
  const isDate = (date: unknown) => (dateOf(date) ?? Infinity) <= now + FURTHEST_AHEAD;
  if (!isDate(since)) return "the old one had no date as `since`";
  for (const [member, dates] of Object.entries({ lastUsed, successful })) {
    if (isRecord(dates) && Object.entries(dates).every(([name, at]) => NAME.test(name) && isDate(at))) continue;
    return `the old one had other things than dates of revisions in \`${member}\``;
  }
  if (about !== undefined && !isClaim(about)) return "the old one had no family in `about`";
  if (
    inUse !== undefined &&
    !(Array.isArray(inUse) && inUse.every((name) => typeof name === "string" && NAME.test(name)))
  ) {
    return "the old one had other things than revisions in `inUse`";
  }
  if (!Array.isArray(removed) || !removed.every((entry) => isRemoved(entry) && isDate(entry.at))) {
    return "the old one had other things than counts of removals in `removed`";
  }
  const known = { ...(about !== undefined && { about }), ...(inUse !== undefined && { inUse }) };
  return { version, since, ...known, lastUsed, successful, removed } as Ledger;
}

function isClaim(value: unknown): value is FamilyClaim {
  const { family, familyMatch } = isRecord(value) ? value : {};
  return typeof family === "string" && (familyMatch === "exact" || familyMatch === "hash-suffix");
}

function isRemoved(entry: unknown): entry is Removed {
  return (
    isRecord(entry) && typeof entry.batch === "string" && Number.isSafeInteger(entry.count) && Number(entry.count) >= 0
  );
}

/** What one read of the account told about a registration's revisions. */
export interface Seen {
  /** Whose revisions these are. */
  claim: FamilyClaim;
  /** All revisions that are listed, newest first within a family. */
  line: readonly Revision[];
  /** Those of other families are passed over. */
  references: readonly Reference[];
  successes: readonly Success[];
  /** Whether references of a family may be missing. */
  isUnread(family: string): boolean;
  /** Whether all references went at once and no service was deleted: then disuse counts from now on. */
  lost: boolean;
}

/** The ledger after one more read of references, which began at `now`. */
export function recordUse(
  ledger: Ledger,
  { claim, line, references, successes, isUnread, lost }: Seen,
  now: Millis,
): Ledger {
  const families = Map.groupBy(line, ({ family }) => family);
  const listed = new Set(line.map(nameOf));
  const remembered = Object.entries(ledger.lastUsed).filter(
    ([name, at]) => listed.has(name) || now - at < FORGET_AFTER,
  );
  const lastUsed = new Map(remembered);
  // A date in the future stays: which of two clocks is wrong cannot be told, and the later date keeps the revision.
  const wasUsed = (name: string) => lastUsed.set(name, Math.max(lastUsed.get(name) ?? now, now));
  const inUse = new Set<string>();
  for (const name of ledger.inUse ?? []) {
    const family = name.split(":")[0] as string;
    const isOurs = matchesFamily(claim, family);
    // What is in use no more may have been until just now, however long ago the last read was.
    if (isOurs) wasUsed(name);
    if (!isOurs || isUnread(family)) inUse.add(name);
  }
  for (const { target } of references) {
    const revisions = families.get(target.family);
    if (!revisions) continue;
    const revision = target.revision === "latest" ? newestActive(revisions) : target.revision;
    const name = nameOf({ family: target.family, revision });
    if (!NAME.test(name)) continue;
    wasUsed(name);
    inUse.add(name);
  }
  // Nobody watched families that the policy is about only now.
  const isKnown = ledger.about === undefined || covers(ledger.about, claim);
  const { family, familyMatch } = claim;
  return {
    ...ledger,
    since: lost || !isKnown ? Math.max(ledger.since, now) : ledger.since,
    about: ledger.about && isKnown ? ledger.about : { family, familyMatch },
    lastUsed: Object.fromEntries(lastUsed),
    inUse: [...inUse].sort(),
    successful: withSuccesses(ledger.successful, successes, families),
  };
}

function newestActive(revisions: readonly Revision[]): number {
  return revisions.reduce((most, { status, revision }) => (status === "ACTIVE" ? Math.max(most, revision) : most), 0);
}

function withSuccesses(
  successful: Ledger["successful"],
  successes: readonly Success[],
  families: ReadonlyMap<string, unknown>,
): Ledger["successful"] {
  const dates = new Map(Object.entries(successful));
  for (const success of successes) {
    const name = nameOf(success);
    if (!families.has(success.family) || !NAME.test(name) || dateOf(success.at) === undefined) continue;
    dates.set(name, Math.max(dates.get(name) ?? success.at, success.at));
  }
  const latestFirst = [...dates].sort(([, one], [, other]) => other - one);
  return Object.fromEntries(latestFirst.slice(0, MOST_SUCCESSES));
}

/** The ledger after a batch; the same batch counts once, however often it is recorded. */
export function recordRemovals(ledger: Ledger, { batch, at, count }: Removed): Ledger {
  const others = ledger.removed.filter((entry) => entry.batch !== batch);
  return { ...ledger, removed: [...others, { batch, at, count }] };
}

/**
 * When a revision was in use the last time, as far as can be told: never earlier than it was.
 *
 * @param seen When the ledger last saw it in use; undefined where it never did.
 */
export function usedAt({ since }: Ledger, { registeredAt }: Revision, seen: Millis | undefined): Millis {
  return Math.max(since, seen ?? dateOf(registeredAt) ?? since);
}

/** How much was removed in the 24 hours before `now`. */
export function removedSince(ledger: Ledger, now: Millis): number {
  return recentRemovals(ledger, now).reduce((sum, { count }) => sum + count, 0);
}

/** What counts against a limit at that moment. */
export function recentRemovals({ removed }: Ledger, now: Millis): Removed[] {
  return removed.filter(({ at }) => now - at < DAY);
}
