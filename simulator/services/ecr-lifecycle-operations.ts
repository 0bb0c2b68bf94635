import { AwsError, type Input, type Operation, type Operations, type Scope, sortedPage } from "../operation";
import {
  deleteLifecyclePolicy,
  lifecyclePolicyOf,
  lifecyclePreviewOf,
  putLifecyclePolicy,
  startLifecyclePolicyPreview,
} from "./ecr-lifecycle";
import { type PreviewResult, repositoryOf } from "./ecr-repositories";
import { inRepository, registry } from "./ecr-repository-operations";

/** An operation on one repository's policy. */
const on = (action: string, run: (input: Input, scope: Scope) => object): Operation => ({
  ...inRepository,
  action: `ecr:${action}`,
  run: (input, scope) => {
    const at = registry(input, scope);
    return { registryId: at.account, repositoryName: input.repositoryName, ...run(input, at) };
  },
});

export const ecrLifecycleOperations: Operations = {
  PutLifecyclePolicy: on("PutLifecyclePolicy", (input, scope) => {
    putLifecyclePolicy(scope, input.repositoryName, input.lifecyclePolicyText);
    return { lifecyclePolicyText: input.lifecyclePolicyText };
  }),
  GetLifecyclePolicy: on("GetLifecyclePolicy", policyOf),
  DeleteLifecyclePolicy: on("DeleteLifecyclePolicy", (input, scope) => {
    const deleted = policyOf(input, scope);
    deleteLifecyclePolicy(scope, input.repositoryName);
    return deleted;
  }),
  StartLifecyclePolicyPreview: on("StartLifecyclePolicyPreview", (input, scope) => {
    const { policy, status } = startLifecyclePolicyPreview(scope, input.repositoryName, input.lifecyclePolicyText);
    return { lifecyclePolicyText: policy, status };
  }),
  GetLifecyclePolicyPreview: on("GetLifecyclePolicyPreview", (input, scope) => {
    const { policy, status, results } = lifecyclePreviewOf(scope, input.repositoryName);
    if (status !== "COMPLETE") return { lifecyclePolicyText: policy, status };
    const { items, next } = chosen(input, scope, results);
    return {
      lifecyclePolicyText: policy,
      status,
      previewResults: items.map(described),
      nextToken: next,
      summary: summaryOf(results),
    };
  }),
};

function policyOf(input: Input, scope: Scope): object {
  const lifecyclePolicyText = lifecyclePolicyOf(scope, input.repositoryName);
  const { lastEvaluatedAt } = repositoryOf(scope, input.repositoryName).lifecycle;
  return { lifecyclePolicyText, ...(lastEvaluatedAt !== undefined && { lastEvaluatedAt: new Date(lastEvaluatedAt) }) };
}

function chosen(input: Input, scope: Scope, all: PreviewResult[]): { items: PreviewResult[]; next?: string } {
  const tagStatus = input.filter?.tagStatus ?? "ANY";
  const results = all.filter(({ tags }) => tagStatus === "ANY" || (tagStatus === "TAGGED") === tags.length > 0);
  const { imageIds, maxResults = 100, nextToken } = input;
  if (!imageIds) return sortedPage(scope, results, ({ digest }) => digest, nextToken, Math.min(maxResults, 100));
  if (nextToken !== undefined || input.maxResults !== undefined) {
    throw new AwsError("InvalidParameterException", "imageIds cannot be used with nextToken or maxResults");
  }
  const ids: { imageDigest?: string; imageTag?: string }[] = imageIds;
  return {
    items: results.filter(({ digest, tags }) =>
      ids.some(
        ({ imageDigest, imageTag }) => imageDigest === digest || (imageTag !== undefined && tags.includes(imageTag)),
      ),
    ),
  };
}

function described({ digest, tags, pushedAt, action, rulePriority, storageClass }: PreviewResult): object {
  return {
    imageTags: tags,
    imageDigest: digest,
    imagePushedAt: new Date(pushedAt),
    action: action === "expire" ? { type: "EXPIRE" } : { type: "TRANSITION", targetStorageClass: "ARCHIVE" },
    appliedRulePriority: rulePriority,
    storageClass: storageClass.toUpperCase(),
  };
}

function summaryOf(results: PreviewResult[]): object {
  const expiring = results.filter(({ action }) => action === "expire").length;
  const transitioning = results.length - expiring;
  return {
    expiringImageTotalCount: expiring,
    ...(transitioning > 0 && {
      transitioningImageTotalCounts: [{ targetStorageClass: "ARCHIVE", imageTotalCount: transitioning }],
    }),
  };
}
