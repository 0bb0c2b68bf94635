/** Where an image lies. `host` is as ECS was given it, in lower case. */
type Registry =
  | {
      kind: "ecr";
      host: string;
      account: string;
      region: string;
      partition: string;
      fips: boolean;
      dualStack: boolean;
    }
  | { kind: "ecr-public" | "docker-hub" | "other"; host: string };

/** An image as a container definition names it. Without tag and digest, the tag `latest` is meant. */
export interface ImageReference {
  registry: Registry;
  repository: string;
  tag?: string;
  /** With its algorithm, such as `sha256:…`. */
  digest?: string;
}

// As written, even where it is cut short: whoever compares it finds no image.
const DIGEST = /^[a-z0-9]+:[A-Za-z0-9._=-]+$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,299}$/;
// Wider than a registry's rule for names: what AWS accepted once must not go unseen.
const COMPONENT = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;
const HOST = /^(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])(?::[0-9]+)?$/;

const DOCKER_HUB = "docker.io";
const DOCKER_HUB_HOSTS = [DOCKER_HUB, "index.docker.io", "registry-1.docker.io"];
const ECR_PUBLIC_HOSTS = ["public.ecr.aws", "ecr-public.aws.com"];

// `dkr.ecr` answers on IPv4, `dkr-ecr` on both. https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-requests.html
const ECR_HOST = /^([0-9]{12})\.dkr([.-])ecr(-fips)?\.([a-z0-9-]+)\.(.+)$/;
const ECR_SUFFIXES: Record<"." | "-", ReadonlyMap<string, string>> = {
  ".": new Map([
    ["amazonaws.com", "aws"],
    ["amazonaws.com.cn", "aws-cn"],
    ["amazonaws.eu", "aws-eusc"],
    ["c2s.ic.gov", "aws-iso"],
    ["sc2s.sgov.gov", "aws-iso-b"],
    ["cloud.adc-e.uk", "aws-iso-e"],
    ["csp.hci.ic.gov", "aws-iso-f"],
  ]),
  "-": new Map([
    ["on.aws", "aws"],
    ["on.amazonwebservices.com.cn", "aws-cn"],
    ["on.amazonwebservices.eu", "aws-eusc"],
  ]),
};

/**
 * Reads an image reference: `[host/]repository[:tag][@digest]`.
 *
 * @returns undefined where the text is none, such as a template whose placeholders are not filled in.
 */
export function parseImageReference(text: string): ImageReference | undefined {
  const at = text.indexOf("@");
  const digest = at < 0 ? undefined : text.slice(at + 1);
  const named = at < 0 ? text : text.slice(0, at);

  const slash = named.indexOf("/");
  const first = named.slice(0, Math.max(slash, 0)).toLowerCase();
  const hasHost = first === "localhost" || /[.:]/.test(first);
  const path = hasHost ? named.slice(slash + 1) : named;
  const registry = hasHost ? registryOf(first) : registryOf(DOCKER_HUB);

  const colon = path.indexOf(":", path.lastIndexOf("/") + 1);
  const tag = colon < 0 ? undefined : path.slice(colon + 1);
  const repository = colon < 0 ? path : path.slice(0, colon);

  if (!registry || !repository.split("/").every((component) => COMPONENT.test(component))) return undefined;
  if ((tag !== undefined && !TAG.test(tag)) || (digest !== undefined && !DIGEST.test(digest))) return undefined;
  return {
    registry,
    // Docker Hub's own images may be named without their namespace.
    repository: registry.kind === "docker-hub" && !repository.includes("/") ? `library/${repository}` : repository,
    ...(tag !== undefined && { tag }),
    ...(digest !== undefined && { digest }),
  };
}

function registryOf(host: string): Registry | undefined {
  if (!HOST.test(host)) return undefined;
  if (DOCKER_HUB_HOSTS.includes(host)) return { kind: "docker-hub", host };
  if (ECR_PUBLIC_HOSTS.includes(host)) return { kind: "ecr-public", host };
  const [, account = "", separator, fips, region = "", suffix = ""] = ECR_HOST.exec(host) ?? [];
  const partition = ECR_SUFFIXES[separator === "-" ? "-" : "."].get(suffix);
  if (!partition) return { kind: "other", host };
  return {
    kind: "ecr",
    host,
    account,
    region,
    partition: region.startsWith("us-gov-") ? "aws-us-gov" : partition,
    fips: fips !== undefined,
    dualStack: separator === "-",
  };
}
