import type { Image } from "../retention/images/image";
import { compare } from "../retention/revisions/order";
import type { Millis } from "../retention/types";
import { isDeletable, type Mark, markerOf, pushedOrRestoredAt } from "./mark";
import { selects } from "./tags";
import type { LifecyclePolicy, LifecycleRule, StorageClass } from "./types";
import type { LifecycleVerdict } from "./verdict";

/**
 * What Amazon ECR makes of each image by a lifecycle policy, within 24 hours, if nothing else happens.
 *
 * AWS lets each rule mark images as if there were no other, then applies the rules by priority, and keeps whatever
 * meets the tag requirement of a rule from those below it, marked or not. So the first rule that selects an image
 * decides on it; to the rules below it only counts.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
 *
 * @param images All of a repository, archived ones too, each digest once, in any order.
 * @param now Moment of the evaluation, from a Clock.
 * @returns A verdict on each image, newest first.
 */
export function evaluateLifecycle(policy: LifecyclePolicy, images: readonly Image[], now: Millis): LifecycleVerdict[] {
  const newestFirst = images.toSorted(
    // UNVERIFIED: AWS does not say which of two images is the newer one where the times are equal.
    (one, other) => pushedOrRestoredAt(other) - pushedOrRestoredAt(one) || compare(other.digest, one.digest),
  );
  const indexes = indexesByChild(newestFirst);
  const rules = policy.rules.map((rule) => ({ ...rule, mark: markerOf(rule.selection, now) }));
  const verdicts = newestFirst.map((image) => {
    const storageClass = storageClassOf(image);
    const selecting = rules.filter(
      ({ selection }) => selection.storageClass === storageClass && selects(selection, image.tags),
    );
    return verdictOn(image, selecting, indexes.get(image.digest));
  });
  // What an index names stays even so, nothing is archived twice, and nothing leaves the archive early.
  const canFollow = (image: Image, action: LifecycleVerdict["action"]) =>
    !indexes.has(image.digest) &&
    (storageClassOf(image) === "standard" || (action === "expire" && isDeletable(image, now)));
  return withReferrers(verdicts, canFollow);
}

interface MarkingRule extends LifecycleRule {
  mark(image: Image): Mark;
}

/** By the rules that select the image, by priority. */
function verdictOn(image: Image, [first, ...lower]: MarkingRule[], indexes: string[] | undefined): LifecycleVerdict {
  if (!first) return { image, action: "keep", because: "unselected", shieldedFrom: [] };
  const { rulePriority: rule, action } = first;
  if (indexes) return { image, action: "keep", rule, because: "index", with: indexes, shieldedFrom: [] };

  const mark = first.mark(image);
  // They are asked even where the first one takes it, since they count it all the same.
  const others = lower.filter(({ mark }) => mark(image).because === "taken").map(({ rulePriority }) => rulePriority);
  return mark.because === "taken"
    ? { image, action: action === "transition" ? "archive" : action, rule, ...mark, shieldedFrom: [] }
    : { image, action: "keep", rule, ...mark, shieldedFrom: others };
}

/** An image that is being restored remains in the archive until it is. */
function storageClassOf({ status }: Image): StorageClass {
  return status === "ACTIVE" ? "standard" : "archive";
}

/**
 * The indexes that name an image, all by digest. AWS takes no image before the index is deleted or archived, so one
 * that goes now keeps its images until the next evaluation; nor are they counted, as
 * https://github.com/DefangLabs/pulumi-defang/pull/466 measured.
 */
function indexesByChild(images: readonly Image[]): Map<string, string[]> {
  const indexes = new Map<string, string[]>();
  for (const { digest, children, status } of images) {
    if (status !== "ACTIVE") continue;
    for (const child of new Set(children)) {
      const others = indexes.get(child);
      if (others) others.push(digest);
      else indexes.set(child, [digest]);
    }
  }
  return indexes;
}

/** Referrers go with their subject, and theirs with them; one that a rule takes goes by that rule. */
function withReferrers(
  verdicts: LifecycleVerdict[],
  canFollow: (image: Image, action: LifecycleVerdict["action"]) => boolean,
): LifecycleVerdict[] {
  const referrers = Map.groupBy(verdicts, ({ image }) => image.subject);
  const going = verdicts.filter(({ action }) => action !== "keep");
  const followers = new Map<Image, LifecycleVerdict>();
  // The list grows while it is walked.
  for (const { image: subject, action, rule } of going) {
    for (const { image, action: own } of referrers.get(subject.digest) ?? []) {
      if (own !== "keep" || !canFollow(image, action)) continue;
      const because = { because: "subject" as const, with: [subject.digest] };
      const follower = { image, action, rule, ...because, shieldedFrom: [] };
      followers.set(image, follower);
      going.push(follower);
    }
  }
  return verdicts.map((verdict) => followers.get(verdict.image) ?? verdict);
}
