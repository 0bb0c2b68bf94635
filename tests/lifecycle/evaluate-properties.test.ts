import assert from "node:assert/strict";
import fc from "fast-check";
import { evaluateLifecycle } from "../../lifecycle/evaluate";
import { selects } from "../../lifecycle/tags";
import type { LifecyclePolicy, LifecycleRule } from "../../lifecycle/types";
import type { LifecycleVerdict } from "../../lifecycle/verdict";
import { DAY } from "../../retention/duration";
import type { Image } from "../../retention/images/image";
import { policies, repositories } from "./support/arbitrary";

const NOW = Date.UTC(2026, 5, 1);
const images = repositories(NOW);

function evaluate(policy: LifecyclePolicy, images: readonly Image[], now = NOW): Map<string, LifecycleVerdict> {
  return new Map(evaluateLifecycle(policy, images, now).map((verdict) => [verdict.image.digest, verdict]));
}

const goes = ({ action }: LifecycleVerdict) => action !== "keep";
const isTaken = (verdict: LifecycleVerdict | undefined) => verdict?.because === "taken";

function isSelected({ selection }: LifecycleRule, { status, tags }: Image): boolean {
  return (selection.storageClass === "standard") === (status === "ACTIVE") && selects(selection, tags);
}

/** Digests of what ACTIVE indexes name. */
function namedByIndexes(images: readonly Image[]): Set<string> {
  return new Set(images.filter(({ status }) => status === "ACTIVE").flatMap(({ children }) => children));
}

/** Holds for random policies and repositories. */
function holds(predicate: (policy: LifecyclePolicy, images: Image[]) => void) {
  fc.assert(fc.property(policies, images, predicate), { numRuns: 500 });
}

describe("every evaluation of a lifecycle policy", () => {
  it("gives one verdict to each image, and the same whatever the order of the images", () => {
    const shuffled = images.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
    fc.assert(
      fc.property(policies, shuffled, (policy, [list, other]) => {
        const verdicts = evaluateLifecycle(policy, list, NOW);
        assert.deepEqual(new Set(verdicts.map(({ image }) => image)), new Set(list));
        assert.equal(verdicts.length, list.length);
        assert.deepEqual(evaluateLifecycle(policy, other, NOW), verdicts);
      }),
    );
  });

  it("takes an image by the first rule that selects it or by none, never by one below", () => {
    holds((policy, images) => {
      for (const verdict of evaluateLifecycle(policy, images, NOW)) {
        const first = policy.rules.find((rule) => isSelected(rule, verdict.image));
        if (verdict.because === "subject") continue;
        assert.equal(verdict.rule, first?.rulePriority);
        if (goes(verdict)) assert.equal(verdict.action, first?.action === "expire" ? "expire" : "archive");
      }
    });
  });

  it("lets a rule mark what it marks alone, and keeps what it selects from exactly the rules below that mark it", () => {
    holds((policy, images) => {
      const alone = policy.rules.map((rule) => ({ rule, verdicts: evaluate({ rules: [rule] }, images) }));
      for (const { image, because, shieldedFrom } of evaluateLifecycle(policy, images, NOW)) {
        const [first, ...lower] = alone.filter(({ rule }) => isSelected(rule, image));
        const marks = (one?: (typeof alone)[number]) => isTaken(one?.verdicts.get(image.digest));
        assert.equal(marks(first), because === "taken");
        const below = lower.filter(marks).map(({ rule }) => rule.rulePriority);
        assert.deepEqual(shieldedFrom, because === "newest" || because === "not-yet" ? below : []);
      }
    });
  });

  it("keeps what a rule counts to, and takes the rest, all of them older", () => {
    holds(({ rules }, images) => {
      const named = namedByIndexes(images);
      for (const rule of rules.filter(({ selection }) => selection.countType === "imageCountMoreThan")) {
        const verdicts = evaluateLifecycle({ rules: [rule] }, images, NOW);
        const counted = verdicts.filter(({ image }) => isSelected(rule, image) && !named.has(image.digest));
        const kept = counted.filter(({ because }) => because !== "taken");
        assert.deepEqual(kept, counted.slice(0, rule.selection.countNumber));
        const times = counted.map(({ image: { pushedAt, activatedAt = pushedAt } }) => activatedAt);
        assert.deepEqual(
          times,
          times.toSorted((one, other) => other - one),
        );
      }
    });
  });

  it("takes nothing more where a rule that takes nothing is put on top", () => {
    const tops = fc.constantFrom("*", "a*", "*b", "ab").map((pattern): LifecycleRule => {
      const selection: LifecycleRule["selection"] = {
        tagStatus: "tagged",
        tagPatternList: [pattern],
        storageClass: "standard",
        countType: "imageCountMoreThan",
        countNumber: 999,
      };
      return { rulePriority: 1, selection, action: "expire" };
    });
    fc.assert(
      fc.property(policies, images, tops, ({ rules }, images, top) => {
        const moved = rules.map((rule) => ({ ...rule, rulePriority: rule.rulePriority + 1 }));
        const before = evaluate({ rules: moved }, images);
        for (const verdict of evaluateLifecycle({ rules: [top, ...moved] }, images, NOW).filter(goes)) {
          assert.ok(goes(before.get(verdict.image.digest) as LifecycleVerdict));
          assert.ok(verdict.because === "subject" || !isSelected(top, verdict.image));
        }
      }),
      { numRuns: 500 },
    );
  });

  it("tells the first millisecond at which the rule takes an image, if nothing else changes", () => {
    let told = 0;
    holds((policy, images) => {
      for (const { image, because, rule, at } of evaluateLifecycle(policy, images, NOW)) {
        assert.equal(at !== undefined, because === "not-yet");
        if (at === undefined) continue;
        told += 1;
        assert.ok(at > NOW);
        assert.ok(!isTaken(evaluate(policy, images, at - 1).get(image.digest)));
        const then = evaluate(policy, images, at).get(image.digest);
        assert.ok(isTaken(then));
        assert.equal(then?.rule, rule);
      }
    });
    assert.ok(told > 0);
  });

  it("lets nothing that an ACTIVE index names go, and counts none of it", () => {
    holds((policy, images) => {
      const named = namedByIndexes(images);
      const verdicts = evaluate(policy, images);
      for (const { image, action } of verdicts.values()) assert.ok(action === "keep" || !named.has(image.digest));

      // An index that another one names still keeps what it names itself, so it stays in the list.
      const others = images.filter(({ digest, children }) => !named.has(digest) || children.length > 0);
      for (const [digest, verdict] of evaluate(policy, others)) assert.deepEqual(verdict, verdicts.get(digest));
    });
  });

  it("lets a referrer go with its subject, but for what an index names and what the archive holds", () => {
    let followed = 0;
    holds((policy, images) => {
      const named = namedByIndexes(images);
      const verdicts = evaluate(policy, images);
      for (const verdict of verdicts.values()) {
        const { digest, subject = "", status, archivedAt = NOW } = verdict.image;
        const { action = "keep", rule } = verdicts.get(subject) ?? {};
        const mayGo = status === "ACTIVE" || (action === "expire" && archivedAt < NOW - 90 * DAY);
        const follows = action !== "keep" && mayGo && !named.has(digest) && !isTaken(verdict);
        assert.equal(verdict.because === "subject", follows);
        if (!follows) continue;
        followed += 1;
        assert.deepEqual([verdict.action, verdict.rule, verdict.with], [action, rule, [subject]]);
      }
    });
    assert.ok(followed > 0);
  });
});
