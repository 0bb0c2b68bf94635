import { AwsError } from "../operation";
import type { Repository, SimulatedImage } from "./ecr-repositories";

export interface ImageId {
  imageDigest?: string;
  imageTag?: string;
}
export interface Filter {
  tagStatus?: "TAGGED" | "UNTAGGED" | "ANY";
  /** @default ACTIVE */
  imageStatus?: SimulatedImage["status"] | "ANY";
}
export type Failure = { imageId: ImageId; failureCode: string; failureReason: string };

const DIGEST = /^[a-z0-9]+:[0-9a-f]+$/;

/** The image that an id names, or why it names none. */
export function find(repository: Repository, imageId: ImageId): SimulatedImage | Failure {
  const { imageDigest, imageTag } = imageId;
  const failed = (failureCode: string, failureReason: string) => ({ imageId, failureCode, failureReason });
  if (imageDigest === undefined && imageTag === undefined) {
    return failed("MissingDigestAndTag", "Invalid request parameters: both tag and digest cannot be null");
  }
  if (imageDigest !== undefined && !DIGEST.test(imageDigest)) {
    return failed("InvalidImageDigest", "Invalid request parameters: image digest should satisfy the regex");
  }
  const { images, tagged } = repository;
  const image = imageDigest === undefined ? tagged.get(imageTag ?? "") : images.get(imageDigest);
  if (!image) return failed("ImageNotFound", "Requested image not found");
  if (imageTag !== undefined && tagged.get(imageTag) !== image) {
    return failed("ImageTagDoesNotMatchDigest", "Requested tag does not match digest of the image");
  }
  return image;
}

export const isFailure = (found: SimulatedImage | Failure): found is Failure => "failureCode" in found;

/** @throws AwsError InvalidParameterException */
export function requireUpTo100(imageIds: ImageId[]): void {
  if (imageIds.length >= 1 && imageIds.length <= 100) return;
  throw new AwsError("InvalidParameterException", `${imageIds.length} imageIds in one call: expected 1 to 100`);
}

export function selected(
  { images }: Repository,
  { tagStatus = "ANY", imageStatus = "ACTIVE" }: Filter = {},
): SimulatedImage[] {
  return [...images.values()].filter(
    ({ tags, status }) =>
      (tagStatus === "ANY" || (tagStatus === "TAGGED") === tags.size > 0) &&
      (imageStatus === "ANY" || imageStatus === status),
  );
}

/** One for each tag, or one without. */
export const idsOf = ({ digest, tags }: SimulatedImage): ImageId[] =>
  tags.size === 0 ? [{ imageDigest: digest }] : [...tags].map((imageTag) => ({ imageDigest: digest, imageTag }));
