import { createHash } from "node:crypto";
import { AwsError } from "../operation";
import type { SimulatedImage } from "./ecr-repositories";

/** How a manifest names something else. */
interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
}

/** Of the OCI image specification what ECR reads, https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md */
interface Manifest {
  mediaType?: string;
  artifactType?: string;
  config?: Descriptor;
  layers?: Descriptor[];
  manifests?: Descriptor[];
  subject?: Descriptor;
}

const IMAGE = "application/vnd.oci.image.manifest.v1+json";
const INDEX = "application/vnd.oci.image.index.v1+json";

type Named = Pick<SimulatedImage, "digest" | "mediaType" | "manifest">;

const sha256 = (bytes: string): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

/** What the manifest says of itself. */
export type Described = Pick<
  SimulatedImage,
  "digest" | "manifest" | "mediaType" | "artifactMediaType" | "children" | "subject" | "sizeInBytes"
>;

/**
 * @param mediaType Where the manifest has none of its own.
 * @throws AwsError InvalidParameterException
 */
export function describeManifest(manifest: string, mediaType?: string): Described {
  const read = parsed(manifest);
  const type = read.mediaType ?? mediaType;
  if (type === undefined) {
    throw new AwsError(
      "InvalidParameterException",
      "The manifest has no mediaType; imageManifestMediaType is required",
    );
  }
  return {
    digest: sha256(manifest),
    manifest,
    mediaType: type,
    artifactMediaType: read.artifactType ?? read.config?.mediaType,
    children: (read.manifests ?? []).map(({ digest }) => digest),
    subject: read.subject?.digest,
    sizeInBytes: [read.config, ...(read.layers ?? [])].reduce((sum, each) => sum + (each?.size ?? 0), 0),
  };
}

function parsed(manifest: string): Manifest {
  try {
    const value: unknown = JSON.parse(manifest);
    if (typeof value === "object" && value !== null) return value;
  } catch {}
  throw new AwsError("InvalidParameterException", "The image manifest is invalid: expected a JSON object");
}

/** Of an image whose one layer holds the content. */
export function imageManifest(content: string): string {
  const config = blob("application/vnd.oci.image.config.v1+json", "{}");
  return write(IMAGE, { config, layers: [blob("application/vnd.oci.image.layer.v1.tar+gzip", content)] });
}

export function indexManifest(children: Named[]): string {
  return write(INDEX, { manifests: children.map(named) });
}

/** Of a signature, whose one layer holds the content. */
export function referrerManifest(subject: Named, content: string) {
  const artifactType = "application/vnd.cncf.notary.signature";
  const config = blob("application/vnd.oci.empty.v1+json", "{}");
  return write(IMAGE, {
    artifactType,
    config,
    layers: [blob("application/jose+json", content)],
    subject: named(subject),
  });
}

const write = (mediaType: string, rest: Manifest): string => JSON.stringify({ schemaVersion: 2, mediaType, ...rest });

const blob = (mediaType: string, content: string): Descriptor => ({
  mediaType,
  digest: sha256(content),
  size: Buffer.byteLength(content),
});

const named = ({ digest, mediaType, manifest }: Named): Descriptor => ({
  mediaType,
  digest,
  size: Buffer.byteLength(manifest),
});
