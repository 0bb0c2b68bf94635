import type { AccountState, Gap, Reference } from "./types";

/** Fewer families than this may lose their references at once in any account. */
const AT_LEAST = 5;
/** And no more than every fifth of those that had some. */
const ONE_OF = 5;
const NAMED = 10;

const SERVICE = /^arn:[^:]+:ecs:[^:]+:[0-9]+:service\/[^#]+/;

/** Families that something refers to, and the ARNs of the services among what refers to them, to be compared by the next run. */
export function referencedFamilies(references: readonly Reference[]): AccountState["referenced"] {
  const families = [...Map.groupBy(references, ({ target }) => target.family)];
  return Object.fromEntries(families.map(([family, found]) => [family, servicesOf(found)]));
}

function servicesOf(references: readonly Reference[]): string[] {
  // Readers write `<ARN of the service>#<id>` for a deployment, which has no ARN.
  const services = references.flatMap(({ by }) => SERVICE.exec(by)?.[0] ?? []);
  return [...new Set(services)].sort();
}

/** Families that were referenced before and are not any more, by name. */
export function lostFamilies(before: AccountState["referenced"], after: AccountState["referenced"]): string[] {
  return Object.keys(before)
    .filter((family) => !Object.hasOwn(after, family))
    .sort();
}

/**
 * The gap that blocks the account where so many families lost all of their references at once that it is likelier that
 * they were not read.
 *
 * @param lost Without those whose services were deleted.
 */
export function implausibleGap(before: AccountState["referenced"], lost: readonly string[]): Gap | undefined {
  const families = Object.keys(before).length;
  if (lost.length < AT_LEAST || lost.length * ONE_OF <= families) return undefined;
  const named = lost.length > NAMED ? [...lost.slice(0, NAMED), "…"] : lost;
  return {
    id: "implausible-references",
    source: "references",
    scope: { kind: "account" },
    cause: "implausible",
    detail: `${lost.length} of ${families} families lost all references since the last run: ${named.join(", ")}`,
    remedy: "see whether these services still run; where they were meant to go, acknowledge the gap",
  };
}
