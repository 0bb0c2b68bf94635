import { parseImageReference } from "../../retention/images/reference";
import type { FieldGrants } from "./grant";

/** Pulls from private ECR repositories; other registries need no right of AWS's. */
export const imageGrants: FieldGrants = {
  field: "image",
  grants({ image }) {
    const reference = image ? parseImageReference(image) : undefined;
    if (reference?.registry.kind !== "ecr") return [];
    const { partition, region, account } = reference.registry;
    return [
      // The token is not a repository's; AWS grants it on `*` only.
      { sid: "LogInToRegistry", actions: ["ecr:GetAuthorizationToken"], resource: "*" },
      {
        // As in https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
        sid: "PullImages",
        actions: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        resource: `arn:${partition}:ecr:${region}:${account}:repository/${reference.repository}`,
      },
    ];
  },
};
