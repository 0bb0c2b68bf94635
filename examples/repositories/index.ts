// Repositories in the stack that owns them: one with rules of its own, one with the default, which only empties the archive.
import * as aws from "@pulumi/aws";
import { LifecycleAction, RepositoryRetention, TagStatus } from "ecs-retention";

const checkout = new aws.ecr.Repository("checkout", { name: "shop/checkout", imageTagMutability: "IMMUTABLE" });
new RepositoryRetention("checkout", {
  repositoryName: checkout.name,
  imageTagMutability: checkout.imageTagMutability,
  lifecyclePolicy: {
    rules: [
      { tagPatterns: ["release-*"], keepImages: 9_999, action: LifecycleAction.Expire },
      { tagPatterns: ["pr-*"], keepFor: "14d", action: LifecycleAction.Expire },
      { tagStatus: TagStatus.Untagged, keepFor: "30d", action: LifecycleAction.Archive },
      { tagStatus: TagStatus.Any, keepArchivedFor: "365d", action: LifecycleAction.Expire },
    ],
  },
});

const tools = new aws.ecr.Repository("tools", { name: "shop/tools" });
const backstop = new RepositoryRetention("tools", { repositoryName: tools.name });

export const repository = checkout.name;
export const toolsPolicy = backstop.policyJson;
