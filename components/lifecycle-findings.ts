import * as pulumi from "@pulumi/pulumi";
import type { LifecycleFinding, RepositoryContext } from "../lifecycle/checks/check";
import { findingsOf } from "../lifecycle/checks/index";
import type { LifecyclePolicy } from "../lifecycle/types";
import type { AcceptedFinding } from "../retention/findings";
import type { TagMutability } from "../retention/images/image";
import { warn } from "./findings";
import type { RepositoryRetentionArgs } from "./repository-retention";

/** What is known of a repository besides its name and its policy. */
type Circumstances = Pick<
  RepositoryRetentionArgs,
  "imageTagMutability" | "imageTagMutabilityExclusionFilters" | "sharedWith"
>;

/** Of such a repository no check finds what it would not find of any other. */
const HARMLESS: RepositoryContext = { mutability: { setting: "IMMUTABLE", exclusions: [] }, sharedWith: [] };

/**
 * Warns, in a line each, of what is found about a lifecycle policy and not accepted: at once of what is true whatever the
 * circumstances, which a preview may not know.
 */
export function warnOfLifecycle(
  component: pulumi.Resource,
  policy: pulumi.Output<{ policy: LifecyclePolicy; acceptedFindings: AcceptedFinding[] }>,
  { imageTagMutability, imageTagMutabilityExclusionFilters, sharedWith }: Circumstances,
): void {
  const foundIn = (context: RepositoryContext) =>
    policy.apply(({ policy, acceptedFindings }) => findingsOf(policy, context, acceptedFindings));
  const certain = foundIn(HARMLESS).apply((findings) => {
    warn(component, findings, textOf);
    return findings.map(textOf);
  });
  // By fields: the name of a new repository is not known in a preview.
  const known = pulumi.output({ imageTagMutability, imageTagMutabilityExclusionFilters, sharedWith });
  const all = known.apply(({ imageTagMutability, imageTagMutabilityExclusionFilters = [], sharedWith = [] }) => {
    // The arguments' validator takes nothing else.
    const setting = imageTagMutability as TagMutability["setting"] | undefined;
    const exclusions = imageTagMutabilityExclusionFilters.map(({ filter }) => filter);
    return foundIn({ mutability: setting && { setting, exclusions }, sharedWith });
  });
  pulumi.all([certain, all]).apply(([certain, all]) => {
    const others = all.filter((finding) => !certain.includes(textOf(finding)));
    warn(component, others, textOf);
  });
}

function textOf({ rule, what, why, fix }: LifecycleFinding): string {
  return `lifecyclePolicy, rule ${rule}: ${what}. ${why} ${fix}`;
}
