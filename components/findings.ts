import * as pulumi from "@pulumi/pulumi";
import { within } from "../retention/fields";
import { type AcceptedFinding, type Finding, readAcceptedFindings } from "../retention/findings";
import { checked } from "./inputs";

/** A finding of a check that somebody takes responsibility for. */
export interface AcceptedFindingArgs {
  /** The id that the warning ends with. */
  id: pulumi.Input<string>;
  /** Why it is meant. */
  reason: pulumi.Input<string>;
}

/**
 * Findings that are accepted, once they are known and right.
 *
 * @param ids Of the checks that could find them.
 * @param path Where the arguments stand that have `acceptedFindings`; empty for the component's own.
 */
export function checkedAcceptances(
  component: string,
  accepted: pulumi.Input<pulumi.Input<AcceptedFindingArgs>[]> = [],
  ids: readonly string[],
  path = "",
): pulumi.Output<AcceptedFinding[]> {
  const read = checked(component, within(path, "acceptedFindings"), accepted, (acceptedFindings) =>
    readAcceptedFindings({ acceptedFindings }, ids, path),
  );
  return read.apply(({ value }) => value);
}

/** Warns, in a line each, of findings that are not accepted. */
export function warn<F extends { id: string; accepted?: string }>(
  component: pulumi.Resource,
  findings: F[],
  textOf: (finding: F) => string,
): void {
  for (const finding of findings) {
    if (finding.accepted !== undefined) continue;
    const acceptance = `acceptedFindings: [{ id: "${finding.id}", reason: "…" }]`;
    pulumi.log.warn(`${textOf(finding)} To accept it where it is meant, add ${acceptance}.`, component);
  }
}

/** What is found in a definition or statement, in a line. */
export function findingText({ where, what, why, fix }: Finding): string {
  return `${where}: ${what}; ${why}; ${fix}.`;
}
