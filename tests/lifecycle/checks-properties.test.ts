import assert from "node:assert/strict";
import fc from "fast-check";
import { findingsOf } from "../../lifecycle/checks/index";
import { evaluateLifecycle } from "../../lifecycle/evaluate";
import { selects } from "../../lifecycle/tags";
import type { LifecyclePolicy, LifecycleRule } from "../../lifecycle/types";
import type { Image } from "../../retention/images/image";
import { policies, repositories } from "./support/arbitrary";

const NOW = Date.UTC(2026, 5, 1);
/** No pattern asks for it but those that match every tag. */
const STRANGE_TAG = "q7";

/** Now and then a rule that takes nothing, or one that nothing meets. */
const bentPolicies = fc
  .tuple(policies, fc.array(fc.constantFrom("as it is", "as it is", "shield", "impossible"), { minLength: 7 }))
  .map(([{ rules }, bends]): LifecyclePolicy => ({ rules: rules.map((rule, place) => bent(rule, bends[place])) }));

function bent(rule: LifecycleRule, bend = ""): LifecycleRule {
  const { selection } = rule;
  if (bend === "shield") return { ...rule, selection: { ...selection, countNumber: 9999 } };
  if (bend !== "impossible" || selection.tagStatus !== "tagged") return rule;
  const { tagPatternList, tagPrefixList, ...rest } = selection;
  const list = tagPatternList
    ? { tagPatternList: tagPatternList.map((pattern) => `${pattern}[0-9]*`) }
    : { tagPrefixList: tagPrefixList.map((prefix) => `${prefix}*`) };
  return { ...rule, selection: { ...rest, ...list } };
}

function found(policy: LifecyclePolicy, ids: string[]): { id: string; rule: number }[] {
  return findingsOf(policy, { sharedWith: [] }, [])
    .filter(({ id }) => ids.includes(id))
    .map(({ id, rule }) => ({ id, rule }));
}

function fates(policy: LifecyclePolicy, images: Image[]): unknown {
  return evaluateLifecycle(policy, images, NOW).map(({ image, action, because, rule }) => {
    return action === "keep" ? [image.digest, "keep"] : [image.digest, action, because, rule];
  });
}

function without({ rules }: LifecyclePolicy, rule: number): LifecyclePolicy {
  return { rules: rules.filter(({ rulePriority }) => rulePriority !== rule) };
}

/** Priority of the first rule of the standard storage class that such an image meets. */
function claimant({ rules }: LifecyclePolicy, tags: string[]): LifecycleRule | undefined {
  return rules.find(({ selection }) => selection.storageClass === "standard" && selects(selection, tags));
}

describe("findings of lifecycle policies", () => {
  for (const id of ["never-matches", "shadowed", "protects-nothing"]) {
    it(`no image fares otherwise without a rule of which ${id} is found`, () => {
      let times = 0;
      fc.assert(
        fc.property(bentPolicies, repositories(NOW), (policy, images) => {
          for (const { rule } of found(policy, [id])) {
            times += 1;
            assert.deepEqual(fates(without(policy, rule), images), fates(policy, images));
          }
        }),
        { numRuns: 300 },
      );
      assert.ok(times > 5, `found ${times} times`);
    });
  }

  it("a rule is found to look at no tag where it claims an image with a tag that nobody thought of", () => {
    const ids = {
      imageCountMoreThan: "count-in-use",
      sinceImagePushed: "age-in-use",
      sinceImagePulled: "pull-time-in-use",
      sinceImageTransitioned: "none",
    };
    fc.assert(
      fc.property(policies, (policy) => {
        const rule = claimant(policy, [STRANGE_TAG]);
        const expected = rule ? [{ id: ids[rule.selection.countType], rule: rule.rulePriority }] : [];
        assert.deepEqual(found(policy, Object.values(ids)), expected);
      }),
    );
  });

  it("a rule is found to take untagged images where it claims them, and not every other image too", () => {
    fc.assert(
      fc.property(policies, (policy) => {
        const rule = claimant(policy, []);
        const isBlind = rule !== undefined && rule === claimant(policy, [STRANGE_TAG]);
        const expected = rule && !isBlind ? [{ id: "untagged-in-use", rule: rule.rulePriority }] : [];
        assert.deepEqual(found(policy, ["untagged-in-use"]), expected);
      }),
    );
  });
});
