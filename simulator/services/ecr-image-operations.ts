import { AwsError, type Operations, type Scope, sortedPage } from "../operation";
import {
  type Failure,
  type Filter,
  find,
  type ImageId,
  idsOf,
  isFailure,
  requireUpTo100,
  selected,
} from "./ecr-image-ids";
import { archiveImage, putImage, recordPull, removeImage, removeTag, restoreImage } from "./ecr-images";
import { type Repository, repositoryOf, type SimulatedImage } from "./ecr-repositories";
import { type InRepository, inRepository, pageSize, registry } from "./ecr-repository-operations";

const date = (at: number | undefined) => (at === undefined ? undefined : new Date(at));

const detail = (image: SimulatedImage, repositoryName: string, { account }: Scope) => ({
  registryId: account,
  repositoryName,
  imageDigest: image.digest,
  imageTags: image.tags.size === 0 ? undefined : [...image.tags],
  imageSizeInBytes: image.sizeInBytes,
  imagePushedAt: date(image.pushedAt),
  imageManifestMediaType: image.mediaType,
  artifactMediaType: image.artifactMediaType,
  lastRecordedPullTime: date(image.lastRecordedPullTime),
  subjectManifestDigest: image.subject,
  imageStatus: image.status,
  lastArchivedAt: date(image.lastArchivedAt),
  lastActivatedAt: date(image.lastActivatedAt),
});

const manifestOf = (image: SimulatedImage, imageId: ImageId, repositoryName: string, { account }: Scope) => ({
  registryId: account,
  repositoryName,
  imageId,
  imageManifest: image.manifest,
  imageManifestMediaType: image.mediaType,
});

const notFound = ({ imageId, failureReason }: Failure) =>
  new AwsError("ImageNotFoundException", `${JSON.stringify(imageId)}: ${failureReason}`);

/** @param before What an index among it names, stays. */
function remove(scope: Scope, repository: Repository, imageId: ImageId, before: SimulatedImage[]): ImageId[] | Failure {
  const found = find(repository, imageId);
  if (isFailure(found)) return found;
  const { imageTag } = imageId;
  if (imageTag !== undefined && found.tags.size > 1) {
    removeTag(scope, repository.name, imageTag);
    return [{ imageDigest: found.digest, imageTag }];
  }
  const indexes = before.filter(({ children }) => children.includes(found.digest)).map(({ digest }) => digest);
  if (indexes.length > 0) {
    const failureReason = `Requested image referenced by manifest list: [${indexes.join(", ")}]`;
    return { imageId, failureCode: "ImageReferencedByManifestList", failureReason };
  }
  removeImage(scope, repository.name, found.digest);
  return idsOf(found);
}

export const ecrImageOperations: Operations = {
  DescribeImages: {
    ...inRepository,
    action: "ecr:DescribeImages",
    run: (
      input: InRepository & { imageIds?: ImageId[]; filter?: Filter; nextToken?: string; maxResults?: number },
      scope,
    ) => {
      const { repositoryName, imageIds, filter, nextToken, maxResults } = input;
      const at = registry(input, scope);
      const repository = repositoryOf(at, repositoryName);
      if (imageIds) {
        requireUpTo100(imageIds);
        if (nextToken !== undefined || maxResults !== undefined) {
          throw new AwsError("InvalidParameterException", "imageIds cannot be combined with nextToken or maxResults");
        }
        const imageDetails = imageIds.map((imageId) => {
          const found = find(repository, imageId);
          if (isFailure(found)) throw notFound(found);
          return detail(found, repositoryName, at);
        });
        return { imageDetails };
      }
      const { items, next } = sortedPage(
        scope,
        selected(repository, filter),
        ({ digest }) => digest,
        nextToken,
        pageSize(maxResults),
      );
      return { imageDetails: items.map((image) => detail(image, repositoryName, at)), nextToken: next };
    },
  },
  ListImages: {
    ...inRepository,
    action: "ecr:ListImages",
    run: (input: InRepository & { filter?: Filter; nextToken?: string; maxResults?: number }, scope) => {
      const repository = repositoryOf(registry(input, scope), input.repositoryName);
      const ids = selected(repository, input.filter).flatMap(idsOf);
      const key = ({ imageDigest, imageTag = "" }: ImageId) => `${imageDigest} ${imageTag}`;
      const { items, next } = sortedPage(scope, ids, key, input.nextToken, pageSize(input.maxResults));
      return { imageIds: items, nextToken: next };
    },
  },
  BatchGetImage: {
    ...inRepository,
    action: "ecr:BatchGetImage",
    run: (input: InRepository & { imageIds: ImageId[] }, scope) => {
      const at = registry(input, scope);
      const repository = repositoryOf(at, input.repositoryName);
      requireUpTo100(input.imageIds);
      const images: object[] = [];
      const failures: Failure[] = [];
      for (const imageId of input.imageIds) {
        const found = find(repository, imageId);
        if (isFailure(found)) {
          failures.push(found);
        } else if (found.status !== "ACTIVE") {
          failures.push({ imageId, failureCode: "ImageInaccessible", failureReason: `The image is ${found.status}` });
        } else {
          recordPull(at, found);
          // One answer for each tag: https://github.com/samuelkarp/amazon-ecr-containerd-resolver-ARCHIVED/pull/6
          const ids = imageId.imageTag === undefined ? idsOf(found) : [{ ...imageId, imageDigest: found.digest }];
          images.push(...ids.map((each) => manifestOf(found, each, repository.name, at)));
        }
      }
      return { images, failures };
    },
  },
  PutImage: {
    ...inRepository,
    action: "ecr:PutImage",
    run: (input, scope) => {
      const at = registry(input, scope);
      const { imageManifest: manifest, imageManifestMediaType: mediaType, imageTag: tag, imageDigest: digest } = input;
      const image = putImage(at, repositoryOf(at, input.repositoryName), { manifest, mediaType, tag, digest });
      const imageId = { imageDigest: image.digest, ...(tag === undefined ? {} : { imageTag: tag }) };
      return { image: manifestOf(image, imageId, input.repositoryName, at) };
    },
  },
  BatchDeleteImage: {
    ...inRepository,
    action: "ecr:BatchDeleteImage",
    run: (input: InRepository & { imageIds: ImageId[] }, scope) => {
      const at = registry(input, scope);
      const repository = repositoryOf(at, input.repositoryName);
      requireUpTo100(input.imageIds);
      const before = [...repository.images.values()];
      const results = input.imageIds.map((imageId) => remove(at, repository, imageId, before));
      const failures = results.filter((each) => "failureCode" in each);
      return { imageIds: results.flatMap((each) => ("failureCode" in each ? [] : each)), failures };
    },
  },
  UpdateImageStorageClass: {
    ...inRepository,
    action: "ecr:UpdateImageStorageClass",
    run: (input: InRepository & { imageId: ImageId; targetStorageClass: "STANDARD" | "ARCHIVE" }, scope) => {
      const at = registry(input, scope);
      const { repositoryName, imageId, targetStorageClass } = input;
      const found = find(repositoryOf(at, repositoryName), imageId);
      if (isFailure(found)) throw notFound(found);
      (targetStorageClass === "ARCHIVE" ? archiveImage : restoreImage)(at, repositoryName, found.digest);
      return { registryId: at.account, repositoryName, imageId, imageStatus: found.status };
    },
  },
};
