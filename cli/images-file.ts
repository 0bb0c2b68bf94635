import { randomUUID } from "node:crypto";
import { existsSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dateOf, LAST_DATE } from "../retention/dates";
import { problemText } from "../retention/errors";
import { type Fields, isOneOf, isRecord, isWhole, quoted, readFields } from "../retention/fields";
import { IMAGE_STATUSES, type Image, TAG_MUTABILITIES, type TagMutability } from "../retention/images/image";
import type { Millis, Problem } from "../retention/types";
import { readJson } from "./files";
import { SetupError } from "./shell";

/** The images of a repository as they were read once: what --save-images writes and --images reads. */
export interface ImagesFile {
  version: 1;
  repository: string;
  account?: string;
  region?: string;
  readAt: Millis;
  mutability: TagMutability;
  images: Image[];
  /** What could not be read, as `readImages` says it. */
  unread: string[];
}

/** So that a file that is wrong throughout stays legible. */
const MOST_PROBLEMS = 10;

const FIX = "have it written anew by --save-images";
const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
const isTexts = (value: unknown) => Array.isArray(value) && value.every(isText);
// Seconds or nanoseconds are neither a date of ECR's nor one that can be printed.
const isTime = (value: unknown) => isWhole(0)(value) && (dateOf(value) ?? LAST_DATE) < LAST_DATE;
const oneOf = (names: readonly string[]) => ({ accepts: isOneOf(names), expected: quoted(names), fix: FIX });
const TEXT = { accepts: isText, expected: "a text", fix: FIX };
const TEXTS = { accepts: isTexts, expected: "a list of texts", fix: FIX };
const COUNT = { accepts: isWhole(0), expected: "a whole number of at least 0", fix: FIX };
const TIME = { ...COUNT, accepts: isTime, expected: "a time in milliseconds since 1970" };
const DIGEST = { ...TEXT, accepts: (value: unknown) => isText(value) && value.includes(":"), expected: "a digest" };

const FIELDS: Fields<ImagesFile> = {
  version: { accepts: (value) => value === 1, expected: "1", fix: FIX },
  repository: TEXT,
  account: { ...TEXT, optional: true },
  region: { ...TEXT, optional: true },
  readAt: TIME,
  mutability: {
    fields: {
      setting: oneOf(TAG_MUTABILITIES),
      exclusions: TEXTS,
    } satisfies Fields<TagMutability>,
  },
  images: {
    items: {
      digest: DIGEST,
      tags: TEXTS,
      pushedAt: TIME,
      pulledAt: { ...TIME, optional: true },
      status: oneOf(IMAGE_STATUSES),
      archivedAt: { ...TIME, optional: true },
      activatedAt: { ...TIME, optional: true },
      bytes: COUNT,
      children: TEXTS,
      subject: { ...DIGEST, optional: true },
    } satisfies Fields<Image>,
  },
  unread: TEXTS,
};

/**
 * Reads what {@link saveImages} wrote.
 *
 * @throws SetupError where it is another file, of which nothing is shown, or names every problem of one that was edited.
 */
export async function loadImages(file: string): Promise<ImagesFile> {
  const expected = "the images of a repository, as --save-images writes them";
  const { value, problem } = await readJson(file, expected);
  if (problem) throw new SetupError(problemText(problem));
  if (!isRecord(value) || value.version !== 1 || !Array.isArray(value.images)) {
    throw new SetupError(problemText({ path: file, given: "something else", expected, fix: "name that file" }));
  }
  const found: Problem[] = [];
  const read = readFields<ImagesFile>(value, FIELDS, found);
  const problems = [...found, ...repeated(read.images ?? [])];
  if (problems.length === 0) return read as ImagesFile;
  const lines = problems.slice(0, MOST_PROBLEMS).map((each) => `${file}: ${problemText(each)}`);
  if (problems.length > lines.length) lines.push(`${file}: ${problems.length - lines.length} more like these`);
  throw new SetupError(lines.join("\n"));
}

/** What is counted twice would push out another image. */
function repeated(images: Partial<Image>[]): Problem[] {
  const first = new Map(images.map(({ digest }, at) => [digest, at] as const).reverse());
  return images.flatMap(({ digest }, at) => {
    if (digest === undefined || first.get(digest) === at) return [];
    const given = `that of images[${first.get(digest)}]`;
    return [{ path: `images[${at}].digest`, given, expected: "each image once", fix: FIX }];
  });
}

/** Writes the whole file or leaves the old one. @throws SetupError where it cannot be written */
export function saveImages(file: string, images: ImagesFile): void {
  const fresh = `${file}.${randomUUID()}`;
  try {
    // Such as /dev/null, which must not become a file.
    const taken = statSync(file, { throwIfNoEntry: false })?.isFile() === false;
    if (taken) throw Object.assign(new Error(), { code: "a folder or a device" });
    writeFileSync(fresh, `${JSON.stringify(images, null, 2)}\n`, { flag: "wx", flush: true });
    renameSync(fresh, file);
  } catch (error) {
    if (existsSync(fresh)) rmSync(fresh);
    const { code } = error as NodeJS.ErrnoException;
    throw new SetupError(
      `--save-images ${file} cannot be written (${code}): name a file in a folder that you may write`,
    );
  }
}
