import type { Millis } from "../../retention/types";
import { AwsError, type Scope } from "../operation";
import { archiveImage, removeImage } from "./ecr-images";
import { type Applied, canFollow, evaluate } from "./ecr-lifecycle-evaluation";
import { parsePolicy } from "./ecr-lifecycle-policy";
import { type LifecyclePreview, type Repository, repositoryOf, type SimulatedImage } from "./ecr-repositories";

const HOUR = 60 * 60_000;
const PREVIEW_TAKES = 30_000;

/** @throws AwsError InvalidParameterException where AWS refuses the policy */
export function putLifecyclePolicy(scope: Scope, name: string, text: string): void {
  const repository = repositoryOf(scope, name);
  parsePolicy(text);
  repository.lifecycle.policy = text;
  evaluateLater(scope, repository);
}

/** @throws AwsError LifecyclePolicyNotFoundException */
export function lifecyclePolicyOf(scope: Scope, name: string): string {
  const { policy } = repositoryOf(scope, name).lifecycle;
  if (policy !== undefined) return policy;
  throw notFound(scope, name, "LifecyclePolicyNotFoundException", "Lifecycle policy");
}

/** What referrers owe to subjects that went, they still do. */
export function deleteLifecyclePolicy(scope: Scope, name: string): void {
  const { lifecycle } = repositoryOf(scope, name);
  lifecycle.cancel?.();
  lifecycle.cancel = undefined;
  lifecycle.policy = undefined;
  lifecycle.lastEvaluatedAt = undefined;
}

/** Says what the policy would do to the images as they are at its start. */
export function startLifecyclePolicyPreview(scope: Scope, name: string, text?: string): LifecyclePreview {
  const repository = repositoryOf(scope, name);
  const policy = text ?? lifecyclePolicyOf(scope, name);
  const rules = parsePolicy(policy);
  if (repository.lifecycle.preview?.status === "IN_PROGRESS") {
    const why = `A lifecycle policy preview is in progress for the repository with name '${name}'`;
    throw new AwsError("LifecyclePolicyPreviewInProgressException", why);
  }
  const { clock } = scope.world;
  const results = evaluate(rules, imagesOf(repository), clock.now()).map(({ image, action, rulePriority }) => ({
    digest: image.digest,
    tags: [...image.tags].sort(),
    pushedAt: image.pushedAt,
    action,
    rulePriority,
    storageClass: image.status === "ACTIVE" ? ("standard" as const) : ("archive" as const),
  }));
  const preview: LifecyclePreview = { policy, status: "IN_PROGRESS", results };
  repository.lifecycle.preview = preview;
  clock.after(PREVIEW_TAKES, () => {
    preview.status = "COMPLETE";
  });
  return preview;
}

/** @throws AwsError LifecyclePolicyPreviewNotFoundException */
export function lifecyclePreviewOf(scope: Scope, name: string): LifecyclePreview {
  const { preview } = repositoryOf(scope, name).lifecycle;
  if (preview) return preview;
  throw notFound(scope, name, "LifecyclePolicyPreviewNotFoundException", "Lifecycle policy preview");
}

function notFound(scope: Scope, name: string, error: string, what: string): AwsError {
  return new AwsError(
    error,
    `${what} does not exist for the repository with name '${name}' in the registry with id '${scope.account}'`,
  );
}

/** Never more than a day passes between two evaluations, so that no eligible image outlives its day. */
function evaluateLater(scope: Scope, repository: Repository): void {
  const { clock } = scope.world;
  repository.lifecycle.cancel?.();
  repository.lifecycle.cancel = clock.after(withinADay(scope), () => {
    repository.lifecycle.lastEvaluatedAt = clock.now();
    apply(
      scope,
      repository,
      evaluate(parsePolicy(repository.lifecycle.policy ?? ""), imagesOf(repository), clock.now()),
    );
    evaluateLater(scope, repository);
  });
}

/** What a rule takes goes now; referrers follow on their own within another 24 hours. */
function apply(scope: Scope, repository: Repository, applied: Applied[]): void {
  const { clock } = scope.world;
  const goesAt = new Map<string, Millis>();
  for (const { image, action, follows } of applied) {
    const subjectGoesAt = follows ? goesAt.get(image.subject ?? "") : undefined;
    if (subjectGoesAt === undefined) {
      goesAt.set(image.digest, clock.now());
      take(scope, repository, image, action);
    } else {
      const at = subjectGoesAt + withinADay(scope);
      goesAt.set(image.digest, at);
      clock.at(at, () => {
        if (stillFollows(scope, repository, image, action)) take(scope, repository, image, action);
      });
    }
  }
}

function take(scope: Scope, { name }: Repository, { digest }: SimulatedImage, action: Applied["action"]): void {
  if (action === "expire") removeImage(scope, name, digest);
  else archiveImage(scope, name, digest);
}

/** Meanwhile its subject may have come back, an index may have come to name it, or it may have gone itself. */
function stillFollows(scope: Scope, repository: Repository, image: SimulatedImage, action: Applied["action"]): boolean {
  const { images, name } = repository;
  if (scope.world.services.ecr.at(scope).repositories.get(name) !== repository) return false;
  const subject = images.get(image.subject ?? "");
  const isGone = action === "expire" ? subject === undefined : subject?.status !== "ACTIVE";
  return (
    isGone &&
    images.get(image.digest) === image &&
    canFollow(image, action, imagesOf(repository), scope.world.clock.now())
  );
}

const imagesOf = ({ images }: Repository) => [...images.values()];

const withinADay = ({ world }: Scope): Millis => HOUR + world.random.below(24 * HOUR - HOUR + 1);
