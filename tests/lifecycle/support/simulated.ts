import assert from "node:assert/strict";
import type { Image } from "../../../retention/images/image";
import type { Millis } from "../../../retention/types";
import { World } from "../../../simulator";
import { listImages, pushImage, pushIndex, pushReferrer, removeImage } from "../../../simulator/services/ecr-images";
import { createRepository } from "../../../simulator/services/ecr-repositories";

export type Scope = ReturnType<World["scope"]>;

/** Of the one repository of the account. */
export const NAME = "shop/checkout";

/** An account whose repository has these images, each with its history, under digests of their own. */
export function accountWith(images: Image[], startsAt: Millis, seed?: number): Scope {
  const world = new World({ startsAt, seed });
  const scope = world.scope("111111111111", "eu-central-1");
  const repository = createRepository(scope, { name: NAME });
  const digests = new Map<string, string>();
  for (const image of images) {
    const digest = push(scope, image, digests);
    digests.set(image.digest, digest);
    const pushed = repository.images.get(digest);
    assert.ok(pushed);
    pushed.pushedAt = image.pushedAt;
    pushed.lastRecordedPullTime = image.pulledAt;
    pushed.status = image.status;
    pushed.lastArchivedAt = image.archivedAt;
    pushed.lastActivatedAt = image.activatedAt;
  }
  return scope;
}

function push(scope: Scope, image: Image, digests: ReadonlyMap<string, string>): string {
  const { tags, children, subject } = image;
  const known = (digest: string) => digests.get(digest) ?? assert.fail("names a later image");
  if (children.length > 0) return pushIndex(scope, NAME, { tags, children: children.map(known) });
  if (subject === undefined) return pushImage(scope, NAME, { tags, content: image.digest });
  const there = digests.get(subject);
  if (there !== undefined) return pushReferrer(scope, NAME, { tags, subject: there });
  const gone = pushImage(scope, NAME, { content: subject });
  const digest = pushReferrer(scope, NAME, { tags, subject: gone });
  removeImage(scope, NAME, gone);
  return digest;
}

/** The images of a simulated repository as the product knows them. */
export function imagesOf(scope: Scope, repository = NAME): Image[] {
  return listImages(scope, repository).map((image) => ({
    digest: image.digest,
    tags: [...image.tags],
    pushedAt: image.pushedAt,
    pulledAt: image.lastRecordedPullTime,
    status: image.status,
    archivedAt: image.lastArchivedAt,
    activatedAt: image.lastActivatedAt,
    bytes: image.sizeInBytes,
    children: image.children,
    subject: image.subject,
  }));
}
