import { createHash } from "node:crypto";
import fc from "fast-check";
import type { Counting, LifecyclePolicy, LifecycleRule, StorageClass, TagSelection } from "../../../lifecycle/types";
import { DAY, HOUR } from "../../../retention/duration";
import type { Image } from "../../../retention/images/image";
import type { Millis } from "../../../retention/types";

// Few tags, whose beginnings and ends are shared, so that rules overlap.
const TAGS = ["a", "ab", "abc", "b", "ba", "bab", "c", "a-1", "b-1"];
const PATTERNS = ["*", "a*", "*b", "*b*", "a*b*", "b*", "a", "ab", "*-1", "c*c", "b-*", "x*"];
const PREFIXES = ["a", "ab", "abc", "b", "ba", "b-", "c", "x"];

const few = (values: string[]) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...values).map((value) => [value]) },
    { weight: 2, arbitrary: fc.subarray(values, { minLength: 2, maxLength: 3 }).map((list) => list.toSorted()) },
  );

const tagSelections: fc.Arbitrary<TagSelection> = fc.oneof(
  { weight: 5, arbitrary: few(PATTERNS).map((tagPatternList) => ({ tagStatus: "tagged", tagPatternList }) as const) },
  { weight: 3, arbitrary: few(PREFIXES).map((tagPrefixList) => ({ tagStatus: "tagged", tagPrefixList }) as const) },
  { weight: 2, arbitrary: fc.constant({ tagStatus: "untagged" } as const) },
  { weight: 4, arbitrary: fc.constant({ tagStatus: "any" } as const) },
);

type How = Counting & { storageClass: StorageClass; action: LifecycleRule["action"] };

const actions = fc.constantFrom("expire", "transition");
const hows: fc.Arbitrary<How> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      countType: fc.constant("imageCountMoreThan"),
      countNumber: fc.integer({ min: 1, max: 5 }),
      storageClass: fc.constant("standard"),
      action: actions,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      countType: fc.constant("sinceImagePushed"),
      countNumber: fc.integer({ min: 1, max: 12 }),
      storageClass: fc.constant("standard"),
      action: actions,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      countType: fc.constant("sinceImagePulled"),
      countNumber: fc.integer({ min: 1, max: 12 }),
      storageClass: fc.constant("standard"),
      action: fc.constant("transition"),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      countType: fc.constant("sinceImageTransitioned"),
      countNumber: fc.constantFrom(1, 89, 90, 91, 100, 110),
      storageClass: fc.constant("archive"),
      action: fc.constant("expire"),
    }),
  },
);

type Unnumbered = Omit<LifecycleRule, "rulePriority">;

const classOf = ({ selection }: Unnumbered) => selection.storageClass;

/** AWS lets `untagged`, `any` and each set of prefixes stand once in a storage class, and nothing after `any`. */
function isAllowed(rule: Unnumbered, index: number, all: Unnumbered[]): boolean {
  const { tagStatus, tagPrefixList } = { tagPrefixList: undefined, ...rule.selection };
  const others = (list: Unnumbered[]) => list.filter((other) => classOf(other) === classOf(rule));
  if (tagStatus === "any") return others(all.slice(index + 1)).length === 0;
  return !others(all.slice(0, index)).some(({ selection }) =>
    tagStatus === "untagged"
      ? selection.tagStatus === "untagged"
      : tagPrefixList && "tagPrefixList" in selection && String(selection.tagPrefixList) === String(tagPrefixList),
  );
}

/** Policies that AWS accepts, with rules of every kind, by priority; most overlap. */
export const policies: fc.Arbitrary<LifecyclePolicy> = fc
  .array(
    fc.record({
      gap: fc.integer({ min: 1, max: 3 }),
      description: fc.option(fc.constant("why"), { nil: undefined }),
      tags: tagSelections,
      how: hows,
    }),
    { minLength: 1, maxLength: 7 },
  )
  .map((drafts) => {
    let rulePriority = 0;
    const rules = drafts.map(({ gap, description, tags, how: { action, ...how } }): LifecycleRule => {
      rulePriority += gap;
      const described = description === undefined ? {} : { description };
      return { rulePriority, ...described, selection: { ...tags, ...how }, action };
    });
    return { rules: rules.filter(isAllowed) };
  });

/** Whole days, hence exactly at the edge of an age rule, a millisecond or hours off; some older than the archive's 90 days. */
const days: fc.Arbitrary<Millis> = fc
  .tuple(
    fc.oneof(
      { weight: 4, arbitrary: fc.integer({ min: 1, max: 14 }) },
      { weight: 1, arbitrary: fc.constantFrom(89, 90, 91, 99, 100, 101, 111, 130) },
    ),
    fc.constantFrom(0, 0, 0, 1, -1, 5 * HOUR, -5 * HOUR),
  )
  .map(([whole, off]) => whole * DAY + off);

interface Draft {
  tags: string[];
  kind: "image" | "index" | "referrer" | "stray referrer";
  status: "active" | "pulled" | "restored" | "archived" | "activating";
  /** Of a push and of what may come after it, in no order. */
  ages: Millis[];
  /** Picks earlier images. */
  picks: number[];
  bytes: number;
}

const digestOf = (content: string) => `sha256:${createHash("sha256").update(content).digest("hex")}`;

/**
 * Repositories with plain images, indexes of images and of indexes, referrers (also of indexes, of referrers and of
 * nothing), in every status. A manifest names only earlier ones of the array, whose order says nothing else. No tag
 * is on two images.
 */
export function repositories(now: Millis, options: { tags?: readonly string[]; ages?: fc.Arbitrary<Millis> } = {}) {
  const tags = options.tags ?? TAGS.flatMap((tag) => [tag, `${tag}x`]);
  const drafts: fc.Arbitrary<Draft> = fc.record({
    tags: fc.subarray([...tags], { maxLength: 3 }),
    kind: fc.oneof(
      { weight: 6, arbitrary: fc.constant("image" as const) },
      { weight: 2, arbitrary: fc.constant("index" as const) },
      { weight: 2, arbitrary: fc.constant("referrer" as const) },
      { weight: 1, arbitrary: fc.constant("stray referrer" as const) },
    ),
    status: fc.oneof(
      { weight: 4, arbitrary: fc.constant("active" as const) },
      { weight: 3, arbitrary: fc.constant("pulled" as const) },
      { weight: 2, arbitrary: fc.constantFrom("restored", "archived", "activating") },
    ),
    ages: fc.array(options.ages ?? days, { minLength: 4, maxLength: 4 }),
    picks: fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
    bytes: fc.integer({ min: 1, max: 1_000_000 }),
  });
  return fc.array(drafts, { maxLength: 14 }).map((list) => {
    const taken = new Set<string>();
    const images: Image[] = [];
    for (const draft of list) {
      const free = draft.tags.filter((tag) => !taken.has(tag) && taken.add(tag));
      const digest = digestOf(`image ${images.length}`);
      images.push({ digest, tags: free, ...history(now, draft), ...links(images, draft), bytes: draft.bytes });
    }
    return images;
  });
}

function links(earlier: Image[], { kind, picks }: Draft): Pick<Image, "children" | "subject"> {
  const picked = [...new Set(picks.map((pick) => earlier[pick % earlier.length]?.digest ?? ""))].filter(Boolean);
  if (kind === "index") return { children: picked };
  const subject = kind === "stray referrer" ? digestOf("deleted long ago") : picked[0];
  return kind === "image" || subject === undefined ? { children: [] } : { children: [], subject };
}

function history(now: Millis, { status, ages, picks }: Draft) {
  const times = ages.map((age) => now - age).toSorted((a, b) => a - b);
  const [pushedAt, second, third, fourth] = times as [Millis, Millis, Millis, Millis];
  const turn = (picks[0] ?? 0) % 3;
  switch (status) {
    case "active":
      return { pushedAt, status: "ACTIVE" as const };
    case "pulled":
      return { pushedAt, pulledAt: second, status: "ACTIVE" as const };
    case "restored": {
      // Never pulled, pulled before it went to the archive, or after it came back.
      const rest = { pushedAt, archivedAt: turn === 1 ? third : second, activatedAt: turn === 1 ? fourth : third };
      return { ...rest, ...(turn > 0 && { pulledAt: turn === 1 ? second : fourth }), status: "ACTIVE" as const };
    }
    default: {
      // Never pulled, pulled, or restored once and archived again.
      const rest = { ...(turn === 1 && { pulledAt: second }), ...(turn === 2 && { activatedAt: third }) };
      const now = status === "archived" ? ("ARCHIVED" as const) : ("ACTIVATING" as const);
      return { pushedAt, archivedAt: fourth, ...rest, status: now };
    }
  }
}
