import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { isDeepStrictEqual } from "node:util";

/** Property values as Pulumi's wire format has them: JSON, with signed objects for secrets, assets and references. */
export type Values = Record<string, unknown>;

/** Stands for a value that is not known before the update; Pulumi's own constant, in both directions. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7";
const ASSET = "c44067f5952c0a294b673a41bacd8c17";
const REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e";

const isObject = (value: unknown): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isSigned = (value: unknown, signature: string): value is Values =>
  isObject(value) && value[SIGNATURE] === signature;

const secret = (value: unknown): Values => ({ [SIGNATURE]: SECRET, value });

/** Rebuilds a value bottom up; `replace` answers for a node, or undefined to descend into it. */
function rebuild(value: unknown, replace: (node: unknown) => { as: unknown } | undefined): unknown {
  const replaced = replace(value);
  if (replaced) return replaced.as;
  if (Array.isArray(value)) return value.map((item) => rebuild(item, replace));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rebuild(item, replace)]));
}

function some(value: unknown, test: (node: unknown) => boolean): boolean {
  if (test(value)) return true;
  return typeof value === "object" && value !== null && Object.values(value).some((item) => some(item, test));
}

export const hasUnknown = (value: unknown): boolean => some(value, (node) => node === UNKNOWN);

export const hasSecret = (value: unknown): boolean => some(value, (node) => isSigned(node, SECRET));

/** Plain values for the provider: secrets opened, references to resources replaced by their ids. */
export function plain(values: Values): Values {
  const open = (node: unknown): { as: unknown } | undefined => {
    if (isSigned(node, SECRET)) return { as: rebuild(node.value, open) };
    if (isSigned(node, REFERENCE)) return { as: node.id ?? node.urn };
    return undefined;
  };
  return rebuild(values, open) as Values;
}

/** What may be shown: every secret as `[secret]`. */
export function shown(values: Values): Values {
  return rebuild(values, (node) => (isSigned(node, SECRET) ? { as: "[secret]" } : undefined)) as Values;
}

/** Marks those properties as secret that hold a secret in `like`, as the engine does for a provider without secrets. */
export function withSecretsOf(like: Values, values: Values): Values {
  const marked = { ...values };
  for (const [key, value] of Object.entries(like)) {
    if (key in marked && hasSecret(value)) marked[key] = secret(marked[key]);
  }
  return marked;
}

const isAsset = (value: unknown): value is Values => isSigned(value, ARCHIVE) || isSigned(value, ASSET);

/** Equality of values; null and absent are one, assets are equal by content, `json` texts by their meaning. */
export function sameValue(a: unknown, b: unknown, json = false): boolean {
  return isDeepStrictEqual(...([a, b].map((each) => normal(json ? parsed(each) : each)) as [unknown, unknown]));
}

/** What a JSON text says; anything else is itself. */
export function parsed(value: unknown): unknown {
  try {
    return typeof value === "string" ? JSON.parse(value) : value;
  } catch {
    return value;
  }
}

function normal(value: unknown): unknown {
  if (isAsset(value)) return contentHash(value);
  if (Array.isArray(value)) return value.map(normal);
  if (!isObject(value)) return value ?? undefined;
  const members = Object.entries(value).map(([key, member]) => [key, normal(member)]);
  return Object.fromEntries(members.filter(([, member]) => member !== undefined));
}

/** The files of an archive (a folder, a map of assets) or of one asset (under the name ""), by path with `/`. */
export function contentOf(value: unknown): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  const add = (name: string, node: unknown): void => {
    if (!isObject(node)) return;
    if (typeof node.text === "string") files.set(name, Buffer.from(node.text));
    else if (typeof node.path === "string") addPath(name, node.path);
    else if (isObject(node.assets)) {
      for (const [key, asset] of Object.entries(node.assets)) add(name ? `${name}/${key}` : key, asset);
    } else
      throw new Error(`cannot read an asset of keys ${Object.keys(node).join(", ")}: expected text, path or assets`);
  };
  const addPath = (name: string, path: string): void => {
    if (!statSync(path).isDirectory()) {
      files.set(name, readFileSync(path));
      return;
    }
    for (const entry of readdirSync(path, { recursive: true, withFileTypes: true })) {
      const file = join(entry.parentPath, entry.name);
      const inside = relative(path, file).split(sep).join("/");
      if (entry.isFile()) files.set(name ? `${name}/${inside}` : inside, readFileSync(file));
    }
  };
  add("", value);
  return files;
}

/** Over names and contents. */
export function hashOf(files: Map<string, Buffer>): Buffer {
  const hash = createHash("sha256");
  for (const [name, bytes] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`${name}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest();
}

/** The engine's hash where it gave one. */
function contentHash(value: Values): string {
  return typeof value.hash === "string" ? value.hash : hashOf(contentOf(value)).toString("hex");
}

/** Gives assets absolute paths and their hash, as the engine does before a provider sees them. */
export function hashAssets(values: Values, folder: string): Values {
  const locate = (node: unknown): { as: unknown } | undefined => {
    if (!isAsset(node)) return undefined;
    const located: Values = typeof node.path === "string" ? { ...node, path: resolve(folder, node.path) } : { ...node };
    if (isObject(node.assets)) located.assets = rebuild(node.assets, locate);
    return { as: { ...located, hash: contentHash(located) } };
  };
  return rebuild(values, locate) as Values;
}
