import { dateOf } from "../dates";
import type { Millis, Reference, Revision } from "../types";

export function isRevisionNumber(revision: unknown): boolean {
  return Number.isSafeInteger(revision) && (revision as number) > 0;
}

// A revision that changes while the lists are read stands in two of them. It only ever moves on in this order.
const STATUSES: Revision["status"][] = ["ACTIVE", "INACTIVE", "DELETE_IN_PROGRESS"];

/** Sorts the revisions of one family and makes one of what is listed twice. */
export function newestFirst(revisions: Revision[]): Revision[] {
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

export function inReportOrder(references: Reference[]): Reference[] {
  return references.toSorted(
    (one, other) =>
      compare(one.source, other.source) ||
      compare(one.by, other.by) ||
      compare(String(one.target.revision), String(other.target.revision)),
  );
}

export function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** The revision of that number, in a list that is newest first. */
export function revisionOf(revisions: readonly Revision[], number: number): Revision | undefined {
  let low = 0;
  let high = revisions.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((revisions[middle] as Revision).revision > number) low = middle + 1;
    else high = middle;
  }
  const found = revisions[low];
  return found?.revision === number ? found : undefined;
}
