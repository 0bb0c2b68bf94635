import type { Fields } from "./fields";
import { REASON } from "./settings";

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
