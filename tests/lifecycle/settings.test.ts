import assert from "node:assert/strict";
import fc from "fast-check";
import { BACKSTOP } from "../../lifecycle/backstop";
import { CHECK_IDS } from "../../lifecycle/checks/index";
import { evaluateLifecycle } from "../../lifecycle/evaluate";
import { renderLifecyclePolicy } from "../../lifecycle/render";
import { readLifecycleSettings } from "../../lifecycle/settings";
import { DAY } from "../../retention/duration";
import { problemText } from "../../retention/errors";
import { repositories } from "./support/arbitrary";

const NOW = Date.UTC(2026, 5, 1);
const RULES = [{ tagStatus: "untagged", keepFor: "14d", action: "expire" }];

function textsOf(value: unknown, path?: string): string[] {
  return (readLifecycleSettings(value, path).problems ?? []).map(problemText);
}

describe("what a lifecycle policy is given as", () => {
  it("is typed rules or AWS's JSON, which mean the same", () => {
    const { policy } = readLifecycleSettings({ rules: RULES });
    assert.ok(policy);
    assert.deepEqual(readLifecycleSettings({ policyJson: renderLifecyclePolicy(policy) }).policy, policy);
    assert.equal(policy.rules[0]?.selection.countNumber, 14);
  });

  it("is the backstop where it is neither, each time a new one", () => {
    const { policy } = readLifecycleSettings({ acceptedFindings: [] });
    assert.deepEqual(policy, BACKSTOP);
    policy?.rules.pop();
    assert.equal(BACKSTOP.rules.length, 1);
  });

  it("is not both", () => {
    const policyJson = renderLifecyclePolicy(BACKSTOP);
    assert.deepEqual(textsOf({ rules: RULES, policyJson }, "lifecyclePolicy"), [
      "lifecyclePolicy.policyJson: got it beside rules, expected either rules or policyJson; remove one of the two",
    ]);
  });

  it("is told from where its writer sees it, everything at once", () => {
    const given = {
      rules: [{ ...RULES[0], keepFor: "1h" }],
      policyJson: '{"rules": []}',
      acceptedFindings: [{ id: "untagged", reason: "" }],
      mode: "report",
    };
    const paths = readLifecycleSettings(given, "images.repositories.app.lifecyclePolicy").problems?.map(
      ({ path }) => path,
    );
    assert.deepEqual(
      paths?.map((path) => path.replace("images.repositories.app.lifecyclePolicy.", "")),
      [
        "mode",
        "acceptedFindings[0].id",
        "acceptedFindings[0].reason",
        "policyJson",
        "rules[0].keepFor",
        "policyJson.rules",
      ],
    );
  });

  it("is an object, and AWS's JSON in it is text", () => {
    assert.deepEqual(textsOf(undefined), [
      "lifecyclePolicy: got nothing, expected an object; write an object with any of rules, policyJson, acceptedFindings",
    ]);
    assert.deepEqual(textsOf({ policyJson: BACKSTOP }), [
      "policyJson: got an object, expected AWS's JSON as text; make it text with JSON.stringify, or write typed rules",
    ]);
    assert.deepEqual(textsOf({ rules: null }), [
      "rules: got null, expected a list of objects; write a list of rules, each with what it keeps and an action",
    ]);
  });

  it("accepts findings of checks that exist, each once and with a reason", () => {
    const reason = "the tags of this repository never move";
    const finding = { id: CHECK_IDS[0], reason };
    assert.deepEqual(readLifecycleSettings({ rules: RULES, acceptedFindings: [finding] }).acceptedFindings, [finding]);
    assert.deepEqual(textsOf({ acceptedFindings: [finding, { id: "no-check", reason }, finding] }), [
      `acceptedFindings[1].id: got "no-check", expected the id of a check: ${CHECK_IDS.join(", ")}; copy it from the warning`,
      `acceptedFindings[2].id: got "${CHECK_IDS[0]}" again, expected each once; keep one of the two`,
    ]);
    assert.match(
      textsOf({ acceptedFindings: [{ id: CHECK_IDS[0] }] })[0] ?? "",
      /^acceptedFindings\[0\]\.reason: got nothing/,
    );
  });

  it("is read or explained, whatever it is", () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (value, inner) => {
        for (const given of [value, { rules: [inner] }, { policyJson: JSON.stringify(inner) }, { rules: inner }]) {
          const { policy, problems } = readLifecycleSettings(given);
          assert.notEqual(policy === undefined, problems === undefined);
          for (const problem of problems ?? []) assert.match(problemText(problem), /^.+: got .+, expected .+; .+$/s);
        }
      }),
    );
  });
});

describe("the backstop", () => {
  it("is a policy that AWS would accept", () => {
    assert.deepEqual(readLifecycleSettings({ policyJson: renderLifecyclePolicy(BACKSTOP) }).policy, BACKSTOP);
  });

  it("takes what was archived a year ago and cannot be pulled, and else only referrers of that", () => {
    let taken = 0;
    fc.assert(
      fc.property(repositories(NOW), fc.integer({ min: 0, max: 800 }), (images, days) => {
        for (const { action, because, image } of evaluateLifecycle(BACKSTOP, images, NOW + days * DAY)) {
          if (action === "keep" || because === "subject") continue;
          taken += 1;
          assert.notEqual(image.status, "ACTIVE");
          assert.ok(NOW + days * DAY - (image.archivedAt ?? Number.POSITIVE_INFINITY) > 365 * DAY);
        }
      }),
    );
    assert.ok(taken > 0);
  });
});
