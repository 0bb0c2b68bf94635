import type { Operations, Scope } from "../operation";
import { createRepository, repositoryOf, setRepositoryPolicy } from "./ecr-repositories";
import { type InRepository, inRepository, registry } from "./ecr-repository-operations";
import { trustsAccounts } from "./iam";

/** Has every repository below the prefix filled from another registry; `ROOT`: every repository. */
export function createPullThroughCacheRule(scope: Scope, prefix: string): void {
  scope.world.services.ecr.at(scope).pullThroughCachePrefixes.add(prefix);
}

/** Whether a pull fills the repository, and has to make it first. */
export function pullThroughCache(scope: Scope, repositoryName: string): { fills: boolean; makes: boolean } {
  const { pullThroughCachePrefixes, repositories } = scope.world.services.ecr.at(scope);
  const fills = [...pullThroughCachePrefixes].some(
    (prefix) => prefix === "ROOT" || repositoryName.startsWith(`${prefix}/`),
  );
  return { fills, makes: fills && !repositories.has(repositoryName) };
}

interface Layers extends InRepository {
  layerDigests: string[];
}

/** What a pull needs besides BatchGetImage. Layers are not kept: any layer is there. */
export const ecrPullOperations: Operations = {
  GetAuthorizationToken: {
    action: "ecr:GetAuthorizationToken",
    resources: () => ["*"],
    run: (_input, { account, region }) => {
      const proxyEndpoint = `https://${account}.dkr.ecr.${region}.amazonaws.com`;
      return { authorizationData: [{ authorizationToken: "QVdTOnNpbXVsYXRlZA==", proxyEndpoint }] };
    },
  },
  BatchCheckLayerAvailability: {
    ...inRepository,
    action: "ecr:BatchCheckLayerAvailability",
    run: (input: Layers, scope) => {
      repositoryOf(registry(input, scope), input.repositoryName);
      const layers = input.layerDigests.map((layerDigest) => ({ layerDigest, layerAvailability: "AVAILABLE" }));
      return { layers, failures: [] };
    },
  },
  GetDownloadUrlForLayer: {
    ...inRepository,
    action: "ecr:GetDownloadUrlForLayer",
    run: (input: InRepository & { layerDigest: string }, scope) => {
      const { layerDigest } = input;
      repositoryOf(registry(input, scope), input.repositoryName);
      return { layerDigest, downloadUrl: `https://layers.invalid/${layerDigest}` };
    },
  },
  CreateRepository: {
    ...inRepository,
    action: "ecr:CreateRepository",
    run: (input: InRepository, scope) => {
      const at = registry(input, scope);
      const { arn, uri, name } = createRepository(at, { name: input.repositoryName });
      // As a creation template lets the puller in: https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html
      if (at.account !== scope.account) setRepositoryPolicy(at, name, trustsAccounts(at, scope.account));
      return { repository: { repositoryArn: arn, repositoryUri: uri, repositoryName: name } };
    },
  },
  /** No operation of the API: what IAM is asked when a pull fills a repository. */
  BatchImportUpstreamImage: {
    ...inRepository,
    action: "ecr:BatchImportUpstreamImage",
    run: () => ({}),
  },
};
