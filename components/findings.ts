import * as pulumi from "@pulumi/pulumi";
import type { LifecycleFinding } from "../lifecycle/checks/check";
import { findingsOf } from "../lifecycle/checks/index";
import type { AcceptedFinding, LifecyclePolicy } from "../lifecycle/types";
import type { TagMutability } from "../retention/images/image";
import type { RepositoryRetentionArgs } from "./repository-retention";

/** What is known of a repository besides its name and its policy. */
type Circumstances = Pick<
  RepositoryRetentionArgs,
  "imageTagMutability" | "imageTagMutabilityExclusionFilters" | "sharedWith"
>;

/** Warns, in a line each, of what is found about a lifecycle policy and not accepted. */
export function warnOfFindings(
  component: pulumi.Resource,
  policy: pulumi.Output<{ policy: LifecyclePolicy; acceptedFindings: AcceptedFinding[] }>,
  { imageTagMutability, imageTagMutabilityExclusionFilters, sharedWith }: Circumstances,
): void {
  // By fields: the name of a new repository is not known in a preview.
  const known = { imageTagMutability, imageTagMutabilityExclusionFilters, sharedWith };
  pulumi.all([policy, known]).apply(([{ policy, acceptedFindings }, known]) => {
    // The arguments' validator takes nothing else.
    const setting = known.imageTagMutability as TagMutability["setting"] | undefined;
    const exclusions = known.imageTagMutabilityExclusionFilters?.map(({ filter }) => filter) ?? [];
    const context = { mutability: setting && { setting, exclusions }, sharedWith: known.sharedWith ?? [] };
    for (const finding of findingsOf(policy, context, acceptedFindings)) {
      if (finding.accepted === undefined) pulumi.log.warn(textOf(finding), component);
    }
  });
}

function textOf({ id, rule, what, why, fix }: LifecycleFinding): string {
  const acceptance = `acceptedFindings: [{ id: "${id}", reason: "…" }]`;
  return `lifecyclePolicy, rule ${rule}: ${what}. ${why} ${fix} To accept it where it is meant, add ${acceptance}.`;
}
