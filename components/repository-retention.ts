import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { renderLifecyclePolicy } from "../lifecycle/render";
import { readLifecycleSettings } from "../lifecycle/settings";
import { checked } from "./inputs";
import type { LifecyclePolicyArgs, TagMutabilityExclusionFilterArgs } from "./lifecycle";
import { warnOfLifecycle } from "./lifecycle-findings";
import { checkedRepository } from "./repositories";

export interface RepositoryRetentionArgs {
  /** Name of the repository. */
  repositoryName: pulumi.Input<string>;
  /**
   * The repository's lifecycle policy; it replaces any other.
   * @default - images expire 365 days after they were archived, and no others
   */
  lifecyclePolicy?: pulumi.Input<LifecyclePolicyArgs>;
  /**
   * The repository's own `imageTagMutability`, such as `IMMUTABLE`: what moves a tag leaves images in use without one.
   * @default - tags count as moving
   */
  imageTagMutability?: pulumi.Input<string | undefined>;
  /**
   * The repository's own `imageTagMutabilityExclusionFilters`.
   * @default - none
   */
  imageTagMutabilityExclusionFilters?: pulumi.Input<pulumi.Input<TagMutabilityExclusionFilterArgs>[] | undefined>;
  /**
   * Other services whose images are in the repository.
   * @default - none
   */
  sharedWith?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Region of the repository.
   * @default - the provider's Region
   */
  region?: pulumi.Input<string>;
}

/**
 * The lifecycle policy of one ECR repository, in the stack that owns it. Warns of rules that could take an image in use,
 * or do not do what they seem to.
 */
export class RepositoryRetention extends pulumi.ComponentResource {
  /** The policy as AWS's JSON. */
  public readonly policyJson: pulumi.Output<string>;

  /** @throws InputPropertiesError where AWS would refuse the policy, or an argument cannot be worked with. */
  constructor(name: string, args: RepositoryRetentionArgs, opts?: pulumi.ComponentResourceOptions) {
    const component = `RepositoryRetention "${name}"`;
    const given = checkedRepository(component, args);
    const policy = checked(component, "lifecyclePolicy", given.lifecyclePolicy ?? {}, (settings) =>
      readLifecycleSettings(settings, "lifecyclePolicy"),
    );
    super("ecs-retention:index:RepositoryRetention", name, args, opts);
    this.policyJson = policy.apply(({ policy }) => renderLifecyclePolicy(policy));
    new aws.ecr.LifecyclePolicy(
      `${name}-lifecycle-policy`,
      { repository: given.repositoryName, policy: this.policyJson, region: given.region },
      { parent: this },
    );
    warnOfLifecycle(this, policy, given);
    this.registerOutputs({ policyJson: this.policyJson });
  }
}
