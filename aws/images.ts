import {
  BatchGetImageCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  type ECRClient,
  type ImageDetail,
} from "@aws-sdk/client-ecr";
import { isRecord, parseJson } from "../retention/fields";
import { IMAGE_STATUSES, type Image, type TagMutability } from "../retention/images/image";
import { chunks, listAll } from "./paging";
import { type Calls, ReadError } from "./retry";

/** BatchGetImage takes at most this many images. */
const AT_ONCE = 100;

const DESCRIBE_REPOSITORY = "ecr:DescribeRepositories";
const DESCRIBE = "ecr:DescribeImages";
const GET = "ecr:BatchGetImage";

/** https://github.com/opencontainers/image-spec/blob/v1.1.1/image-index.md and its model, Docker's manifest list. */
const INDEX_TYPES = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
];
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** How far {@link readImages} is. */
export interface ImageProgress {
  step: "images" | "manifests";
  done: number;
  /** Absent: not known before the end. */
  of?: number;
}

/** An answer without what AWS documents to be in it. */
class UnexpectedAnswerError extends Error {
  override name = "UnexpectedAnswer";
}

/**
 * What is known of a repository before its images are.
 *
 * @throws ReadError whose cause is a `RepositoryNotFoundException` where there is none of that name.
 */
export async function readRepository(
  client: ECRClient,
  calls: Calls,
  name: string,
): Promise<{ mutability: TagMutability }> {
  const command = new DescribeRepositoriesCommand({ repositoryNames: [name] });
  const { repositories } = await calls.read(DESCRIBE_REPOSITORY, () => client.send(command));
  const { imageTagMutability: setting, imageTagMutabilityExclusionFilters: filters = [] } = repositories?.[0] ?? {};
  const exclusions = filters.map(({ filter }) => filter);
  if (!setting || !exclusions.every((each) => each !== undefined)) {
    throw new ReadError(DESCRIBE_REPOSITORY, new UnexpectedAnswerError());
  }
  return { mutability: { setting, exclusions } };
}

/**
 * Every image of a repository, archived ones too, with the children of indexes. Calls: the pages of DescribeImages, 1,000
 * images each, and BatchGetImage for each {@link AT_ONCE} indexes that can be pulled: one in the archive has no children
 * here. A manifest that is read counts as pulled.
 *
 * @returns `unread`: for each index whose manifest could not be read its digest and why; it has no children here.
 * @throws ReadError where the images cannot be listed to the end.
 */
export async function readImages(
  client: ECRClient,
  calls: Calls,
  repository: string,
  onProgress: (progress: ImageProgress) => void = () => {},
): Promise<{ images: Image[]; unread: string[] }> {
  const input = { repositoryName: repository, filter: { imageStatus: "ANY" }, maxResults: 1000 } as const;
  let done = 0;
  const details = await listAll(
    calls,
    DESCRIBE,
    (nextToken) => client.send(new DescribeImagesCommand({ ...input, nextToken })),
    ({ imageDetails = [] }) => {
      done += imageDetails.length;
      onProgress({ step: "images", done });
      return imageDetails;
    },
  );
  // One that is pushed or tagged meanwhile may be on two pages.
  const images = new Map(details.map(imageOf).map((image) => [image.digest, image]));
  const ofIndexes = new Set(details.filter(typeIsIndex).map(({ imageDigest }) => imageDigest));
  const indexes = [...images.values()].filter(({ digest, status }) => ofIndexes.has(digest) && status === "ACTIVE");
  const unread: string[] = [];
  for (const [at, chunk] of chunks(indexes, AT_ONCE).entries()) {
    onProgress({ step: "manifests", done: at * AT_ONCE, of: indexes.length });
    const read = await readChildren(client, calls, repository, chunk);
    for (const index of chunk) {
      const children = read(index.digest);
      if (typeof children === "string") unread.push(`${index.digest}: ${children}`);
      else index.children = children;
    }
  }
  return { images: [...images.values()], unread };
}

function typeIsIndex({ imageManifestMediaType = "" }: ImageDetail): boolean {
  return INDEX_TYPES.includes(imageManifestMediaType);
}

function imageOf(detail: ImageDetail): Image {
  const { imageDigest: digest, imagePushedAt, imageStatus: status = "ACTIVE", imageSizeInBytes: bytes = 0 } = detail;
  const { lastRecordedPullTime, lastArchivedAt, lastActivatedAt, subjectManifestDigest: subject } = detail;
  if (!digest || !imagePushedAt || !IMAGE_STATUSES.includes(status))
    throw new ReadError(DESCRIBE, new UnexpectedAnswerError());
  return {
    digest,
    tags: detail.imageTags ?? [],
    pushedAt: imagePushedAt.getTime(),
    ...(lastRecordedPullTime && { pulledAt: lastRecordedPullTime.getTime() }),
    status,
    ...(lastArchivedAt && { archivedAt: lastArchivedAt.getTime() }),
    ...(lastActivatedAt && { activatedAt: lastActivatedAt.getTime() }),
    bytes,
    children: [],
    ...(subject && { subject }),
  };
}

/** For each of these indexes its children, or why they are not known. */
async function readChildren(
  client: ECRClient,
  calls: Calls,
  repositoryName: string,
  indexes: Image[],
): Promise<(digest: string) => string[] | string> {
  const imageIds = indexes.map(({ digest }) => ({ imageDigest: digest }));
  // Without them ECR may answer with a manifest of another type, which it makes of the one that it has.
  const command = new BatchGetImageCommand({ repositoryName, imageIds, acceptedMediaTypes: INDEX_TYPES });
  try {
    const { images = [], failures = [] } = await calls.read(GET, () => client.send(command));
    const found = new Map<string | undefined, string[] | string>();
    for (const { imageId, imageManifest } of images) found.set(imageId?.imageDigest, childrenOf(imageManifest));
    for (const { imageId, failureCode } of failures) found.set(imageId?.imageDigest, `${GET}: ${failureCode}`);
    return (digest) => found.get(digest) ?? `${GET}: missing in the answer`;
  } catch (error) {
    if (!(error instanceof ReadError)) throw error;
    return () => error.message;
  }
}

function childrenOf(manifest = ""): string[] | string {
  const { value } = parseJson(manifest);
  if (isRecord(value) && Array.isArray(value.manifests)) {
    const digests = value.manifests.map((each) => isRecord(each) && each.digest);
    if (digests.every(isDigest)) return digests;
  }
  return `${GET}: its manifest is not that of an index`;
}

function isDigest(value: unknown): value is string {
  return typeof value === "string" && DIGEST.test(value);
}
