import type { Millis } from "../../retention/types";
import { type PolicyRule, storageClassOf } from "./ecr-lifecycle-policy";
import type { SimulatedImage } from "./ecr-repositories";

const DAY = 24 * 60 * 60_000;
/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/archive-image.html */
const MINIMUM_DAYS_IN_ARCHIVE = 90;

export interface Applied {
  image: SimulatedImage;
  action: "expire" | "transition";
  /** Of the rule; of a referrer the rule that its subject goes by. */
  rulePriority: number;
  /** It goes because its subject does. */
  follows: boolean;
}

/**
 * Which images a policy takes now, rules by priority. In the two steps of
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html: each rule marks, whatever the others
 * do; then they are applied.
 */
export function evaluate(rules: PolicyRule[], images: SimulatedImage[], now: Millis): Applied[] {
  const marked = rules.map((rule) => ({ rule, images: mark(rule, images, now) }));
  const applied = new Map<string, Applied>();
  for (const { rule, images: marks } of marked) {
    const earlier = rules.filter(
      (other) => other.rulePriority < rule.rulePriority && storageClassOf(other) === storageClassOf(rule),
    );
    for (const image of marks) {
      // Whoever matches a rule's tags is out of reach of later ones, even where that rule leaves it alone.
      if (earlier.some((other) => matchesTags(other, image))) continue;
      const { rulePriority, action } = rule;
      applied.set(image.digest, { image, action: action.type, rulePriority, follows: false });
    }
  }
  // A map's iteration comes to what is added on the way: to referrers of referrers.
  for (const { image: subject, action, rulePriority } of applied.values()) {
    for (const image of images) {
      if (image.subject !== subject.digest || applied.has(image.digest)) continue;
      if (canFollow(image, action, images, now))
        applied.set(image.digest, { image, action, rulePriority, follows: true });
    }
  }
  return [...applied.values()];
}

/** Whether a referrer can go with its subject: nothing leaves the archive before its time. */
export function canFollow(
  { digest, status, lastArchivedAt }: SimulatedImage,
  action: Applied["action"],
  images: SimulatedImage[],
  now: Millis,
): boolean {
  if (namedByIndexes(images).has(digest)) return false;
  return status === "ACTIVE" || (action === "expire" && daysSince(lastArchivedAt, now) > MINIMUM_DAYS_IN_ARCHIVE);
}

function mark(rule: PolicyRule, images: SimulatedImage[], now: Millis): SimulatedImage[] {
  const held = namedByIndexes(images);
  const inClass = (image: SimulatedImage) => (image.status === "ACTIVE") === (storageClassOf(rule) === "standard");
  const counted = images.filter((image) => inClass(image) && !held.has(image.digest) && matchesTags(rule, image));
  const { countType, countNumber } = rule.selection;
  switch (countType) {
    case "imageCountMoreThan":
      return counted.sort(newestFirst).slice(countNumber);
    case "sinceImagePushed":
      return counted.filter((image) => daysSince(pushTime(image), now) > countNumber);
    case "sinceImagePulled":
      return counted.filter((image) => daysSince(useTime(image), now) > countNumber);
    case "sinceImageTransitioned": {
      const atLeast = Math.max(countNumber, MINIMUM_DAYS_IN_ARCHIVE);
      return counted.filter((image) => daysSince(image.lastArchivedAt, now) > atLeast);
    }
  }
}

/** An index keeps what it names until it is deleted or archived itself. */
function namedByIndexes(images: SimulatedImage[]): Set<string> {
  return new Set(images.filter(({ status }) => status === "ACTIVE").flatMap(({ children }) => children));
}

/** A restored image starts anew. */
const pushTime = ({ pushedAt, lastActivatedAt }: SimulatedImage): Millis => lastActivatedAt ?? pushedAt;

const useTime = (image: SimulatedImage): Millis =>
  Math.max(image.lastRecordedPullTime ?? pushTime(image), image.lastActivatedAt ?? 0);

const daysSince = (time: Millis | undefined, now: Millis): number => (now - (time ?? now)) / DAY;

/** UNVERIFIED: AWS does not say which of two images of one moment counts as newer. */
const newestFirst = (a: SimulatedImage, b: SimulatedImage): number =>
  pushTime(b) - pushTime(a) || (a.digest < b.digest ? 1 : -1);

function matchesTags({ selection }: PolicyRule, { tags }: SimulatedImage): boolean {
  const anyTag = (matches: (tag: string) => boolean) => [...tags].some(matches);
  if (selection.tagStatus === "any") return true;
  if (selection.tagStatus === "untagged") return tags.size === 0;
  const { tagPatternList: patterns = [], tagPrefixList: prefixes = [] } = selection;
  return (
    patterns.every((pattern) => anyTag((tag) => wildcard(pattern).test(tag))) &&
    prefixes.every((prefix) => anyTag((tag) => tag.startsWith(prefix)))
  );
}

function wildcard(pattern: string): RegExp {
  const literals = pattern.split("*").map((literal) => literal.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${literals.join(".*")}$`, "s");
}
