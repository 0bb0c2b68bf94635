import assert from "node:assert/strict";
import { BACKSTOP } from "../../lifecycle/backstop";
import { readLifecycleFile } from "../../lifecycle/file";
import { renderLifecyclePolicy } from "../../lifecycle/render";
import { problemText } from "../../retention/errors";

const JSON_TEXT = renderLifecyclePolicy(BACKSTOP);
const TYPED = {
  description: BACKSTOP.rules[0]?.description,
  tagStatus: "any",
  keepArchivedFor: "365d",
  action: "expire",
};
const ACCEPTED = [{ id: "archive-minimum", reason: "known" }];

function read(value: unknown) {
  return readLifecycleFile(typeof value === "string" ? value : JSON.stringify(value, null, 2), "ecr.json");
}

function textsOf(value: unknown): string[] {
  return (read(value).problems ?? []).map(problemText);
}

describe("a lifecycle policy file", () => {
  for (const [shape, value] of Object.entries({
    "as AWS's document": JSON_TEXT,
    "as AWS's document with a byte order mark": `\uFEFF${JSON_TEXT}`,
    "as `aws ecr get-lifecycle-policy` prints it": {
      registryId: "111122223333",
      repositoryName: "shop",
      lifecyclePolicyText: JSON_TEXT,
      lastEvaluatedAt: "2026-06-01T00:00:00Z",
    },
    "as typed rules": { rules: [TYPED] },
    "as AWS's JSON in settings": { policyJson: JSON_TEXT },
    "as settings without rules, which mean the backstop": { acceptedFindings: [] },
  })) {
    it(`is read ${shape}`, () => assert.deepEqual(read(value), { policy: BACKSTOP, acceptedFindings: [] }));
  }

  it("says which findings are accepted", () => {
    assert.deepEqual(read({ rules: [TYPED], acceptedFindings: ACCEPTED }).acceptedFindings, ACCEPTED);
    assert.deepEqual(read({ policyJson: JSON_TEXT, acceptedFindings: ACCEPTED }).acceptedFindings, ACCEPTED);
  });

  it("is refused by its name where the whole of it is wrong, without a word of it", () => {
    assert.match(textsOf("AKIASECRETKEY {").join(), /^ecr\.json: got no JSON[^A]*, expected .*; mend its syntax$/);
    const names = "rules, policyJson, acceptedFindings, lifecyclePolicyText";
    for (const [value, given] of [
      [[TYPED], "a list of 1"],
      [{ AKIASECRETKEY: "AKIASECRETKEY" }, "an object"],
      ['"AKIASECRETKEY"', "something else"],
    ]) {
      assert.deepEqual(textsOf(value), [
        `ecr.json: got ${given}, expected a lifecycle policy; write an object with any of ${names}`,
      ]);
    }
  });

  it("is refused, however much it holds that is no policy", () => {
    const many = (count: number, item: object) => Array.from({ length: count }, () => item);
    const document = JSON.parse(JSON_TEXT).rules[0];
    const expected = "rules: got 30000 rules, expected 1 to 50 rules; merge rules or remove some";
    for (const item of [document, { ...document, unknown: 1 }, TYPED, {}]) {
      assert.ok(textsOf({ rules: many(30_000, item) }).includes(expected));
    }
    assert.equal(textsOf({ acceptedFindings: many(130_000, { id: "shadowed", reason: "known" }) }).length, 129_999);
  });

  it("is refused by the path within, in the words of its shape", () => {
    assert.deepEqual(
      read({ rules: [{ ...TYPED, action: "delete" }] }).problems?.map(({ path }) => path),
      ["rules[0].action"],
    );
    assert.deepEqual(
      read(JSON_TEXT.replace("365", "0")).problems?.map(({ path }) => path),
      ["rules[0].selection.countNumber"],
    );
    assert.deepEqual(
      read({ lifecyclePolicyText: JSON_TEXT.replace("365", "0") }).problems?.map(({ path }) => path),
      ["lifecyclePolicyText.rules[0].selection.countNumber"],
    );
  });

  it("is refused where its list of rules is empty", () => {
    assert.deepEqual(textsOf({ rules: [] }), ["rules: got no rules, expected 1 to 50 rules; write at least one"]);
  });

  it("is refused where what AWS printed is no text", () => {
    assert.deepEqual(textsOf({ lifecyclePolicyText: JSON.parse(JSON_TEXT) }), [
      "lifecyclePolicyText: got an object, expected AWS's JSON as text; keep what `aws ecr get-lifecycle-policy` prints as it is",
    ]);
  });

  it("says what to do with AWS's rules where typed ones belong", () => {
    const { rules } = JSON.parse(JSON_TEXT);
    const [text, ...others] = textsOf({ rules, acceptedFindings: [] });
    assert.match(text ?? "", /^rules\[0\]: got a rule of AWS's JSON, .*; give AWS's JSON to policyJson, as text$/);
    assert.deepEqual(others, []);
  });
});
