import type { Millis } from "../../retention/types";
import { AwsError, arn, type Scope } from "../operation";
import { wildcards } from "../policy-text";

/** Of these tags, with `*`, the opposite of the setting holds. */
export interface TagMutability {
  imageTagMutability: "MUTABLE" | "IMMUTABLE" | "MUTABLE_WITH_EXCLUSION" | "IMMUTABLE_WITH_EXCLUSION";
  exclusionFilters: string[];
}

export interface Repository extends TagMutability {
  name: string;
  arn: string;
  uri: string;
  createdAt: Millis;
  tags: Record<string, string>;
  /** JSON of the repository's policy. */
  policy?: string;
  /** By digest, in the order of their first push. */
  images: Map<string, SimulatedImage>;
  /** Which image a tag stands for. */
  tagged: Map<string, SimulatedImage>;
  lifecycle: LifecycleState;
}

/** One manifest, of an image, an index or a referrer, with all its tags. */
export interface SimulatedImage {
  /** `sha256:` and the hash of the manifest's bytes. */
  digest: string;
  manifest: string;
  mediaType: string;
  /** Of a referrer: what it is. Of an image: the media type of its configuration. */
  artifactMediaType?: string;
  tags: Set<string>;
  pushedAt: Millis;
  lastRecordedPullTime?: Millis;
  status: "ACTIVE" | "ARCHIVED" | "ACTIVATING";
  lastArchivedAt?: Millis;
  lastActivatedAt?: Millis;
  /** Ends a restore that is under way. */
  cancelRestore?: () => void;
  /** Digests of the manifests that an index names. */
  children: string[];
  /** Digest of what it refers to. */
  subject?: string;
  sizeInBytes: number;
}

/** What lifecycle policies keep of a repository. */
interface LifecycleState {
  /** The policy's text as it was put. */
  policy?: string;
  lastEvaluatedAt?: Millis;
  preview?: LifecyclePreview;
  /** Ends the coming evaluations. */
  cancel?: () => void;
}

export interface LifecyclePreview {
  policy: string;
  status: "IN_PROGRESS" | "COMPLETE" | "EXPIRED" | "FAILED";
  results: PreviewResult[];
}

/** What would become of one image. */
export interface PreviewResult {
  digest: string;
  tags: string[];
  pushedAt: Millis;
  action: "expire" | "transition";
  rulePriority: number;
  /** Where it is now. */
  storageClass: "standard" | "archive";
}

export const newEcrState = () => ({
  /** By name. */
  repositories: new Map<string, Repository>(),
  pullThroughCachePrefixes: new Set<string>(),
});

export function createRepository(
  scope: Scope,
  input: { name: string; tags?: Record<string, string> } & Partial<TagMutability>,
): Repository {
  const { name, tags = {}, imageTagMutability = "MUTABLE", exclusionFilters = [] } = input;
  const { repositories } = scope.world.services.ecr.at(scope);
  if (repositories.has(name)) {
    throw new AwsError("RepositoryAlreadyExistsException", `The repository ${name} already exists`);
  }
  const repository: Repository = {
    name,
    arn: repositoryArn(scope, name),
    uri: `${scope.account}.dkr.ecr.${scope.region}.amazonaws.com/${name}`,
    createdAt: scope.world.clock.now(),
    tags,
    ...checked({ imageTagMutability, exclusionFilters }),
    images: new Map(),
    tagged: new Map(),
    lifecycle: {},
  };
  repositories.set(name, repository);
  return repository;
}

export const repositoryArn = (scope: Scope, name: string): string => arn(scope, "ecr", `repository/${name}`);

/** @throws AwsError RepositoryNotFoundException */
export function repositoryOf(scope: Scope, name: string): Repository {
  const repository = scope.world.services.ecr.at(scope).repositories.get(name);
  if (repository) return repository;
  throw new AwsError(
    "RepositoryNotFoundException",
    `The repository with name '${name}' does not exist in the registry with id '${scope.account}'`,
  );
}

/** @throws AwsError RepositoryNotEmptyException where it holds images and `force` is not set. */
export function deleteRepository(scope: Scope, name: string, force = false): void {
  const { images, lifecycle } = repositoryOf(scope, name);
  if (images.size > 0 && !force) {
    throw new AwsError(
      "RepositoryNotEmptyException",
      `The repository with name '${name}' cannot be deleted: it has images`,
    );
  }
  lifecycle.cancel?.();
  scope.world.services.ecr.at(scope).repositories.delete(name);
}

export function setRepositoryPolicy(scope: Scope, name: string, policy: string): void {
  repositoryOf(scope, name).policy = policy;
}

export function setTagMutability(repository: Repository, mutability: TagMutability): void {
  Object.assign(repository, checked(mutability));
}

/** Whether a push must not move the tag from one image to another. */
export function isImmutable({ imageTagMutability, exclusionFilters }: TagMutability, tag: string): boolean {
  const excluded = exclusionFilters.some((filter) => wildcards(filter).test(tag));
  return imageTagMutability.startsWith("IMMUTABLE") !== excluded;
}

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImageTagMutability.html */
function checked(mutability: TagMutability): TagMutability {
  const { imageTagMutability: setting, exclusionFilters: filters } = mutability;
  const excludes = setting.endsWith("_WITH_EXCLUSION");
  if (excludes !== filters.length > 0 || filters.length > 5) {
    throw new AwsError(
      "InvalidParameterException",
      `${setting} with ${filters.length} exclusion filters: expected ${excludes ? "1 to 5" : "none"}`,
    );
  }
  const wrong = filters.find((filter) => !/^[0-9a-zA-Z._*-]{1,128}$/.test(filter));
  if (wrong === undefined) return mutability;
  throw new AwsError("InvalidParameterException", `Exclusion filter '${wrong}' must match [0-9a-zA-Z._*-]{1,128}`);
}
