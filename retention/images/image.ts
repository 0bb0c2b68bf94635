import type { Millis } from "../types";

export const IMAGE_STATUSES = ["ACTIVE", "ARCHIVED", "ACTIVATING"] as const;

export const TAG_MUTABILITIES = ["MUTABLE", "IMMUTABLE", "MUTABLE_WITH_EXCLUSION", "IMMUTABLE_WITH_EXCLUSION"] as const;

/** One manifest of an ECR repository, with all its tags. */
export interface Image {
  /** `sha256:…` */
  digest: string;
  tags: string[];
  pushedAt: Millis;
  /** The last pull that ECR recorded. Absent: none. */
  pulledAt?: Millis;
  /** `ARCHIVED` and `ACTIVATING` (being restored) cannot be pulled. */
  status: (typeof IMAGE_STATUSES)[number];
  /** When it was archived last. Absent: never. */
  archivedAt?: Millis;
  /** When it was last restored from the archive. Absent: never. */
  activatedAt?: Millis;
  bytes: number;
  /** Digests of the manifests that an index (a manifest list) names; empty where it is none. */
  children: string[];
  /** Digest of the image that this one is a signature, an SBOM or another referrer of. Absent: of none. */
  subject?: string;
}

/** Whether a push may move a tag of the repository from one image to another. */
export interface TagMutability {
  setting: (typeof TAG_MUTABILITIES)[number];
  /** Wildcard filters of the tags for which the opposite holds. */
  exclusions: string[];
}
