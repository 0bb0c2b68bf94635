import assert from "node:assert/strict";
import fc from "fast-check";
import { readLifecycleText } from "../../lifecycle/document";
import { renderLifecyclePolicy } from "../../lifecycle/render";
import type { LifecyclePolicy } from "../../lifecycle/types";
import { policies } from "./support/arbitrary";

const POLICY: LifecyclePolicy = {
  rules: [
    {
      rulePriority: 5,
      selection: { tagStatus: "any", storageClass: "archive", countType: "sinceImageTransitioned", countNumber: 365 },
      action: "expire",
    },
    {
      rulePriority: 2,
      description: "releases",
      selection: {
        tagStatus: "tagged",
        tagPatternList: ["*-rc", "v*"],
        storageClass: "standard",
        countType: "sinceImagePulled",
        countNumber: 90,
      },
      action: "transition",
    },
    {
      rulePriority: 3,
      selection: {
        tagStatus: "tagged",
        tagPrefixList: ["dev-"],
        storageClass: "standard",
        countType: "imageCountMoreThan",
        countNumber: 10,
      },
      action: "expire",
    },
  ],
};

describe("a rendered lifecycle policy", () => {
  it("has one rule a line, by priority, with its keys in the order of AWS's template", () => {
    assert.deepEqual(renderLifecyclePolicy(POLICY).split("\n"), [
      '{"rules":[',
      '  {"rulePriority":2,"description":"releases","selection":{"tagStatus":"tagged","tagPatternList":["*-rc","v*"],"countType":"sinceImagePulled","countUnit":"days","countNumber":90},"action":{"type":"transition","targetStorageClass":"archive"}},',
      '  {"rulePriority":3,"selection":{"tagStatus":"tagged","tagPrefixList":["dev-"],"countType":"imageCountMoreThan","countNumber":10},"action":{"type":"expire"}},',
      '  {"rulePriority":5,"selection":{"tagStatus":"any","storageClass":"archive","countType":"sinceImageTransitioned","countUnit":"days","countNumber":365},"action":{"type":"expire"}}',
      "]}",
    ]);
  });

  it("is the same for the same rules, in whatever order they are given", () => {
    const reversed = { rules: POLICY.rules.toReversed() };
    assert.equal(renderLifecyclePolicy(reversed), renderLifecyclePolicy(POLICY));
  });

  it("reads back as what it was rendered from", () => {
    fc.assert(
      fc.property(policies, (policy) => {
        assert.deepEqual(readLifecycleText(renderLifecyclePolicy(policy), "").policy, policy);
      }),
    );
  });

  it("differs in a single line where a single rule differs", () => {
    fc.assert(
      fc.property(policies, fc.nat(), (policy, pick) => {
        const changed = structuredClone(policy);
        const rule = changed.rules[pick % changed.rules.length];
        assert.ok(rule);
        rule.selection.countNumber += 1;
        const lines = renderLifecyclePolicy(policy).split("\n");
        const differing = renderLifecyclePolicy(changed)
          .split("\n")
          .filter((line, index) => line !== lines[index]);
        assert.equal(differing.length, 1);
      }),
    );
  });
});
