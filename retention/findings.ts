import { type Fields, readFields } from "./fields";
import { namedTwice, REASON } from "./settings";
import type { Problem } from "./types";

/** Somebody's word that a finding of a check is known and meant. */
export interface AcceptedFinding {
  /** The check's id. */
  id: string;
  reason: string;
}

/** The fields of one {@link AcceptedFinding}, of checks with these ids. */
export function acceptedFinding(ids: readonly string[]): Fields<AcceptedFinding> {
  return {
    id: {
      accepts: (value) => typeof value === "string" && ids.includes(value),
      expected: `the id of a check: ${ids.join(", ")}`,
      fix: "copy it from the warning",
    },
    reason: REASON,
  };
}

/**
 * Reads the `acceptedFindings` of an object that has nothing else, each check once.
 *
 * @param path Of that object; empty for the outermost one.
 * @param ids Of the checks that could find something.
 */
export function readAcceptedFindings(
  object: unknown,
  ids: readonly string[],
  path = "",
): { value: AcceptedFinding[]; problems?: undefined } | { value?: undefined; problems: Problem[] } {
  const problems: Problem[] = [];
  const fields = { acceptedFindings: { items: acceptedFinding(ids) } };
  const read = readFields<{ acceptedFindings: AcceptedFinding[] }>(object, fields, problems, { path });
  const { acceptedFindings: value = [] } = read;
  problems.push(...namedTwice(path ? `${path}.acceptedFindings` : "acceptedFindings", "id", value));
  return problems.length > 0 ? { problems } : { value };
}
