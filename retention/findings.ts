import { type Fields, readFields, within } from "./fields";
import { namedTwice, REASON } from "./settings";
import type { Problem } from "./types";

/** What any check finds. */
export interface AnyFinding {
  /** The check's id: in lower case with hyphens, stable, since users accept findings by it. */
  id: string;
  /** What is wrong: never a value that may be secret. */
  what: string;
  why: string;
  fix: string;
  /** The page that says so. */
  link: string;
  /** The reason of whoever accepted it. Absent: nobody did. */
  accepted?: string;
}

/** What is found in a task definition, or in statements of a role. */
export interface Finding extends AnyFinding {
  /** `danger`: a deployment or production breaks, or a secret leaks. `advice`: it works, and could be safer. */
  severity: "danger" | "advice";
  /** `app: healthCheck.command`, `memory`, `statements[0] (Label).actions[1]`. */
  where: string;
}

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
  problems.push(...namedTwice(within(path, "acceptedFindings"), "id", value));
  return problems.length > 0 ? { problems } : { value };
}

/** The same findings; those of accepted checks carry the reason. */
export function withReasons<F extends { id: string }>(
  findings: F[],
  accepted: readonly AcceptedFinding[],
): (F & Pick<AnyFinding, "accepted">)[] {
  const reasons = new Map(accepted.map(({ id, reason }) => [id, reason]));
  return findings.map((finding) => ({
    ...finding,
    ...(reasons.has(finding.id) && { accepted: reasons.get(finding.id) }),
  }));
}
