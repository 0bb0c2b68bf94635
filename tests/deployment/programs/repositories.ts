// A stack that owns repositories and says by its config what each one's lifecycle policy is.
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type LifecyclePolicyArgs, RepositoryRetention } from "ecs-retention";

const policies = new pulumi.Config("shop").requireObject<Record<string, LifecyclePolicyArgs>>("policies");

for (const [name, lifecyclePolicy] of Object.entries(policies)) {
  const repository = new aws.ecr.Repository(name, { name: `shop/${name}`, forceDelete: true });
  new RepositoryRetention(name, {
    repositoryName: repository.name,
    lifecyclePolicy,
    imageTagMutability: repository.imageTagMutability,
    imageTagMutabilityExclusionFilters: repository.imageTagMutabilityExclusionFilters,
  });
}
