import assert from "node:assert/strict";
import { CONSTRAINTS } from "../../lifecycle/constraints";
import { readLifecycleDocument } from "../../lifecycle/document";
import { renderLifecyclePolicy } from "../../lifecycle/render";
import { readLifecycleRules } from "../../lifecycle/rules";
import type { LifecycleProblem } from "../../lifecycle/types";
import { loadCases } from "../cases/load";

interface AcceptedCase {
  name: string;
  rules: unknown[];
  /** The same in AWS's JSON, its keys in the order of AWS's template. */
  document: unknown;
}

interface RefusedCase {
  name: string;
  constraint?: string;
  rules: unknown;
  problems: LifecycleProblem[];
}

const [accepted] = loadCases<AcceptedCase>("lifecycle-documents");
const [, , refused] = loadCases<RefusedCase>("lifecycle-documents");

/** Typed rules leave no room for breaking these. */
const IMPLIED = ["storage-class", "transition-target", "expire-target"];

describe("typed lifecycle rules", () => {
  for (const { name, rules, document } of accepted?.cases ?? []) {
    it(`mean what AWS's JSON means, either way: ${name}`, () => {
      const { policy } = readLifecycleRules(rules, "rules");
      assert.ok(policy);
      assert.deepEqual(policy.rules, readLifecycleDocument(document, "").rules);
      assert.equal(JSON.stringify(JSON.parse(renderLifecyclePolicy(policy))), JSON.stringify(document));
    });
  }

  for (const { name, constraint, rules, problems } of refused?.cases ?? []) {
    it(`are refused: ${name}`, () => {
      assert.deepEqual(readLifecycleRules(rules, "rules"), { problems });
      const { source } = CONSTRAINTS.find(({ id }) => id === constraint) ?? { source: problems.at(-1)?.source };
      assert.equal(problems.at(-1)?.source, source);
    });
  }

  it("have a case of refusal for everything that AWS demands and that they could break", () => {
    const cases = new Set([...(refused?.cases ?? []).map(({ constraint }) => constraint), ...IMPLIED]);
    assert.deepEqual(
      CONSTRAINTS.filter(({ id }) => !cases.has(id)),
      [],
    );
  });

  it("are refused where their JSON would be longer than AWS takes", () => {
    const description = "d".repeat(30_720);
    const { problems } = readLifecycleRules(
      [{ description, tagStatus: "any", keepImages: 1, action: "expire" }],
      "rules",
    );
    assert.deepEqual(problems, [
      {
        path: "rules",
        given: "30875 characters of JSON",
        expected: "at most 30720",
        fix: "merge rules, or shorten lists and descriptions",
        source: "https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutLifecyclePolicy.html",
      },
    ]);
  });
});
