import type { Millis } from "../../retention/types";
import type { Scope } from "../../simulator";
import type { Bucket, ObjectVersion } from "../../simulator/services/s3";
import { DAY, HOUR } from "./tolerances";

/** A policy as it lies in the store: its own shape, so that this side reads what was written and not what the product makes of it. */
export interface WrittenPolicy {
  service: string;
  family: string;
  familyMatch: "exact" | "hash-suffix";
  mode: "report" | "enforce" | "retire";
  taskDefinitions: {
    keepRevisions: number;
    keepSuccessful: number;
    keepFor: string;
    unusedFor: string;
    deleteAfter: string;
    pinned: string[];
    plaintextSecrets: "report" | "remove-when-unreferenced";
  };
  ignoredSources: { source: string }[];
  limits: { maxRemovals: number };
}

/** What one registration says at a moment. */
export interface Claim {
  key: string;
  role?: string;
  /** Absent: it cannot be read. */
  policy?: WrittenPolicy;
  /** Of one that cannot be read: the family in its text, else of the last one that could. */
  family?: string;
  /** A policy file of the CLI. */
  given?: true;
  /** Whether that family is only known from before. */
  remembered?: true;
}

export const objectsBelow = (bucket: Bucket, prefix: string) =>
  [...bucket.objects].filter(([key]) => key.startsWith(prefix));

export const current = (versions: ObjectVersion[] | undefined, at = Number.POSITIVE_INFINITY) => {
  const found = versions?.findLast((each) => each.at <= at);
  return found?.deleteMarker ? undefined : found;
};

export const bodyOf = (version: ObjectVersion | undefined) => version?.body.toString();

/** All registrations as they were at a moment. */
export function claimsAt(bucket: Bucket, at: Millis): Claim[] {
  return objectsBelow(bucket, "policies/").flatMap(([key, versions]) => {
    const found = current(versions, at);
    if (!found) return [];
    const read = readOnce(key, found);
    if (read.policy || read.family) return [read];
    const before = versions.findLast((each) => each.at <= at && !each.deleteMarker && readOnce(key, each).policy);
    return [{ ...read, family: before && readOnce(key, before).policy?.family, remembered: true as const }];
  });
}

/** Moments at which any registration was written or removed. */
export function changesSince(bucket: Bucket, since: Millis): Millis[] {
  return objectsBelow(bucket, "policies/").flatMap(([, versions]) =>
    versions.map(({ at }) => at).filter((at) => at > since),
  );
}

const read = new WeakMap<ObjectVersion, Claim>();

export function readOnce(key: string, version: ObjectVersion): Claim {
  const known = read.get(version) ?? readClaim(key, bodyOf(version) ?? "");
  read.set(version, known);
  return known;
}

export function readClaim(key: string, body: string): Claim {
  try {
    const { version, policy, cleanupRoleArn } = JSON.parse(body);
    const role = String(cleanupRoleArn).split("/").at(-1);
    if (version === 1 && typeof policy?.taskDefinitions === "object") return { key, role, policy };
    return { key, ...(typeof policy?.family === "string" && { family: policy.family }) };
  } catch {
    return { key };
  }
}

export function claims(claim: Claim, family: string): boolean {
  if (claim.policy?.familyMatch === "hash-suffix") return isSuffixed(claim.policy.family, family);
  return (claim.policy?.family ?? claim.family) === family;
}

/** Whether two registrations are about the same line. */
export const overlap = (one: Claim, other: Claim) =>
  one.policy && other.policy && one.policy.familyMatch === other.policy.familyMatch
    ? one.policy.family === other.policy.family
    : claims(one, other.policy?.family ?? other.family ?? "") || claims(other, one.policy?.family ?? one.family ?? "");

export const isSuffixed = (name: string, family: string) =>
  family.startsWith(`${name}-`) && /^[0-9a-f]{8}$/.test(family.slice(name.length + 1));

/** `36h`, `30d`, `2w` */
export function span(text: string): Millis {
  const unit = { h: HOUR, d: DAY, w: 7 * DAY }[text.at(-1) ?? ""] ?? Number.NaN;
  return Number(text.slice(0, -1)) * unit;
}

export const bucketIn = (scope: Scope, name: string) => scope.world.services.s3.buckets.get(name) as Bucket;
