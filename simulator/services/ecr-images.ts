import { AwsError, type Scope } from "../operation";
import { type Described, describeManifest, imageManifest, indexManifest, referrerManifest } from "./ecr-manifests";
import { isImmutable, type Repository, repositoryOf, type SimulatedImage } from "./ecr-repositories";

const DAY = 24 * 3_600_000;
/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/restore-image.html */
const RESTORE = 20 * 60_000;
const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,299}$/;

/** Pushes an image; the same content is the same image. @returns its digest */
export function pushImage(scope: Scope, repository: string, input: { tags?: string[]; content?: string } = {}): string {
  return push(scope, repository, imageManifest(input.content ?? scope.world.random.text(32)), input.tags);
}

/** Pushes an index of images that are there. @returns its digest */
export function pushIndex(scope: Scope, repository: string, input: { tags?: string[]; children: string[] }): string {
  const children = input.children.map((digest) => imageOf(scope, repository, digest));
  return push(scope, repository, indexManifest(children), input.tags);
}

/** Pushes a new signature of an image that is there. @returns its digest */
export function pushReferrer(scope: Scope, repository: string, input: { tags?: string[]; subject: string }): string {
  const subject = imageOf(scope, repository, input.subject);
  return push(scope, repository, referrerManifest(subject, scope.world.random.text(32)), input.tags);
}

/** As a registry's client does it: what is there already counts as pushed. */
function push(scope: Scope, repository: string, manifest: string, tags: string[] = []): string {
  for (const tag of tags.length > 0 ? tags : [undefined]) {
    try {
      putImage(scope, repositoryOf(scope, repository), { manifest, tag });
    } catch (error) {
      if ((error as Error).name !== "ImageAlreadyExistsException") throw error;
    }
  }
  return describeManifest(manifest).digest;
}

/** One manifest with at most one tag, which moves here from any other image. What is in the archive is restored at once. */
export function putImage(
  scope: Scope,
  repository: Repository,
  input: { manifest: string; mediaType?: string; tag?: string; digest?: string },
): SimulatedImage {
  const { tag } = input;
  const described = describeManifest(input.manifest, input.mediaType);
  const { digest } = described;
  const fail = (name: string, text: string) => new AwsError(name, `Image ${digest} in '${repository.name}': ${text}`);
  if (input.digest !== undefined && input.digest !== digest) {
    throw fail("ImageDigestDoesNotMatchException", `its digest is not ${input.digest}`);
  }
  if (tag !== undefined && !TAG.test(tag)) throw fail("InvalidParameterException", `'${tag}' is no image tag`);
  const missing = described.children.filter((child) => !repository.images.has(child));
  if (missing.length > 0) throw fail("ReferencedImagesNotFoundException", `there is no ${missing.join(", ")}`);
  const holder = tag === undefined ? undefined : repository.tagged.get(tag);
  if (tag !== undefined && holder && holder.digest !== digest && isImmutable(repository, tag)) {
    throw fail("ImageTagAlreadyExistsException", `the tag '${tag}' exists and is immutable`);
  }
  const known = repository.images.get(digest);
  if (known?.status === "ACTIVE" && (tag === undefined || holder === known)) {
    throw fail("ImageAlreadyExistsException", "it has been pushed, and nothing changed since");
  }
  const image = known ?? added(scope, repository, described);
  if (image.status !== "ACTIVE") activate(scope, image);
  if (tag !== undefined) {
    holder?.tags.delete(tag);
    image.tags.add(tag);
    repository.tagged.set(tag, image);
  }
  return image;
}

function added(scope: Scope, { images }: Repository, described: Described): SimulatedImage {
  // Of an index ECR gives the size of its largest manifest.
  const sizes = described.children.map((child) => images.get(child)?.sizeInBytes ?? 0);
  const sizeInBytes = Math.max(described.sizeInBytes, ...sizes);
  const pushedAt = scope.world.clock.now();
  const image: SimulatedImage = { ...described, sizeInBytes, tags: new Set(), pushedAt, status: "ACTIVE" };
  images.set(image.digest, image);
  return image;
}

/** @throws AwsError ImageNotFoundException */
function imageOf(scope: Scope, repository: string, digestOrTag: string): SimulatedImage {
  const { images, tagged } = repositoryOf(scope, repository);
  const image = images.get(digestOrTag) ?? tagged.get(digestOrTag);
  if (image) return image;
  throw new AwsError("ImageNotFoundException", `There is no image ${digestOrTag} in the repository '${repository}'`);
}

/** All of them, whatever their status. */
export const listImages = (scope: Scope, repository: string): SimulatedImage[] => [
  ...repositoryOf(scope, repository).images.values(),
];

/** @throws AwsError ImageNotFoundException, also where it is in the archive. */
export function pullImage(scope: Scope, repository: string, digestOrTag: string): void {
  const image = imageOf(scope, repository, digestOrTag);
  if (image.status !== "ACTIVE") throw new AwsError("ImageNotFoundException", `${digestOrTag} is in the archive`);
  recordPull(scope, image);
}

/** ECR writes the time down again only 24 hours later: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageDetail.html */
export function recordPull({ world }: Scope, image: SimulatedImage): void {
  const now = world.clock.now();
  const { lastRecordedPullTime: last } = image;
  if (last === undefined || now - last >= DAY) image.lastRecordedPullTime = now;
}

export function archiveImage(scope: Scope, repository: string, digestOrTag: string): void {
  const image = imageOf(scope, repository, digestOrTag);
  if (image.status === "ARCHIVED") return;
  if (image.status === "ACTIVATING") {
    throw new AwsError("ImageStorageClassUpdateNotSupportedException", `The image ${image.digest} is being restored`);
  }
  image.status = "ARCHIVED";
  image.lastArchivedAt = scope.world.clock.now();
}

/** It is ACTIVATING for 20 minutes. */
export function restoreImage(scope: Scope, repository: string, digestOrTag: string): void {
  const image = imageOf(scope, repository, digestOrTag);
  if (image.status !== "ARCHIVED") return;
  image.status = "ACTIVATING";
  image.cancelRestore = scope.world.clock.after(RESTORE, () => activate(scope, image));
}

function activate({ world }: Scope, image: SimulatedImage): void {
  image.cancelRestore?.();
  image.cancelRestore = undefined;
  image.status = "ACTIVE";
  image.lastActivatedAt = world.clock.now();
}

export function removeTag(scope: Scope, repository: string, tag: string): void {
  const image = imageOf(scope, repository, tag);
  image.tags.delete(tag);
  repositoryOf(scope, repository).tagged.delete(tag);
}

/** With all its tags. */
export function removeImage(scope: Scope, repository: string, digest: string): void {
  const { images, tagged } = repositoryOf(scope, repository);
  for (const tag of imageOf(scope, repository, digest).tags) tagged.delete(tag);
  images.delete(digest);
}
