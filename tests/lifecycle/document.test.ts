import assert from "node:assert/strict";
import fc from "fast-check";
import { CONSTRAINTS } from "../../lifecycle/constraints";
import { readLifecycleDocument, readLifecycleText } from "../../lifecycle/document";
import { renderLifecyclePolicy } from "../../lifecycle/render";
import type { LifecycleProblem } from "../../lifecycle/types";
import { problemText } from "../../retention/errors";
import { parsePolicy } from "../../simulator/services/ecr-lifecycle-policy";
import { loadCases } from "../cases/load";
import { policies } from "./support/arbitrary";

interface RefusedCase {
  name: string;
  /** The id of what AWS demands, where a single demand is broken. */
  constraint?: string;
  document: unknown;
  problems: LifecycleProblem[];
}

const [, refused] = loadCases<RefusedCase>("lifecycle-documents");

const ANY = { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 1 };
const PUT_POLICY = "https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutLifecyclePolicy.html";

describe("a lifecycle policy in AWS's JSON", () => {
  for (const { name, constraint, document, problems } of refused?.cases ?? []) {
    it(`is refused: ${name}`, () => {
      assert.deepEqual(readLifecycleDocument(document, ""), { rules: [], problems });
      const { source } = CONSTRAINTS.find(({ id }) => id === constraint) ?? { source: problems.at(-1)?.source };
      assert.equal(problems.at(-1)?.source, source);
      assert.throws(() => parsePolicy(JSON.stringify(document).padEnd(100)), { name: "InvalidParameterException" });
    });
  }

  it("has a case of refusal for everything that AWS demands", () => {
    const cases = new Set(refused?.cases.map(({ constraint }) => constraint));
    assert.deepEqual(
      CONSTRAINTS.filter(({ id }) => !cases.has(id)),
      [],
    );
  });

  it("is refused with more than 50 rules, and accepted with 50", () => {
    const rules = (count: number) =>
      Array.from({ length: count }, (_, index) => ({
        rulePriority: index + 1,
        selection: { ...ANY, tagStatus: "tagged", tagPatternList: [`v${index}`] },
        action: { type: "expire" },
      }));
    assert.equal(readLifecycleDocument({ rules: rules(50) }, "").rules.length, 50);
    assert.deepEqual(readLifecycleDocument({ rules: rules(51) }, "").problems, [
      {
        path: "rules",
        given: "51 rules",
        expected: "1 to 50 rules",
        fix: "merge rules or remove some",
        source: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html",
      },
    ]);
  });

  it("is told from where it stands", () => {
    const rule = { rulePriority: 0, selection: { ...ANY, unit: 1 }, action: { type: "expire" } };
    const { problems } = readLifecycleDocument({ rules: [rule] }, "lifecyclePolicy.policyJson");
    assert.deepEqual(
      problems.map(({ path }) => path),
      ["lifecyclePolicy.policyJson.rules[0].selection.unit", "lifecyclePolicy.policyJson.rules[0].rulePriority"],
    );
    assert.equal(readLifecycleDocument(null, "policyJson").problems[0]?.path, "policyJson");
  });

  it("has rules by priority, and entries that are sorted and stand once, in whatever order they were written", () => {
    const rule = (rulePriority: number, tagPatternList: string[]) => ({
      rulePriority,
      selection: { ...ANY, tagStatus: "tagged", tagPatternList },
      action: { type: "expire" },
    });
    const { rules } = readLifecycleDocument({ rules: [rule(10, ["b", "a", "b"]), rule(9, ["c"])] }, "");
    assert.deepEqual(
      rules.map(({ rulePriority, selection }) => [
        rulePriority,
        selection.tagStatus === "tagged" && selection.tagPatternList,
      ]),
      [
        [9, ["c"]],
        [10, ["a", "b"]],
      ],
    );
  });

  it("takes nothing from a prototype", () => {
    const rule = Object.create({ rulePriority: 1, selection: ANY, action: { type: "expire" } });
    assert.equal(readLifecycleDocument({ rules: [rule] }, "").problems[0]?.path, "rules[0].rulePriority");
    const polluted = JSON.parse('{"rules": [], "__proto__": {"rules": []}}');
    assert.equal(readLifecycleDocument(polluted, "").problems[0]?.path, "__proto__");
  });

  it("is read or explained, whatever is given", () => {
    fc.assert(
      fc.property(fc.anything(), fc.array(fc.anything()), (value, rules) => {
        for (const given of [value, { rules: value }, { rules }]) {
          const read = readLifecycleDocument(given, "");
          assert.notEqual(read.rules.length === 0, read.problems.length === 0);
          for (const problem of read.problems) assert.match(problemText(problem), /^.+: got .+, expected .+; .+$/s);
        }
      }),
    );
  });

  it("is accepted where simulated ECR, which was written apart from this, accepts it, and nowhere else", () => {
    const answers = { accepted: 0, refused: 0 };
    fc.assert(
      fc.property(policies, edits, (policy, edits) => {
        const document = JSON.parse(renderLifecyclePolicy(policy));
        for (const edit of edits) edit(document.rules[edits.length % document.rules.length]);
        const text = JSON.stringify(document, null, 2);
        const isAccepted = readLifecycleText(text, "").problems === undefined;
        answers[isAccepted ? "accepted" : "refused"] += 1;
        assert.equal(isAccepted, accepts(text), text);
      }),
      { numRuns: 2_000 },
    );
    assert.ok(answers.accepted > 100 && answers.refused > 100, JSON.stringify(answers));
  });
});

type Edit = (rule: Record<string, Record<string, unknown>>) => void;

const VALUES: Record<string, unknown[]> = {
  "selection.tagStatus": ["tagged", "untagged", "any", "all", undefined],
  "selection.tagPatternList": [["a*"], ["*a*b*c*"], ["*a*b*c*d*"], [], ["a", ""], "a", [1], undefined],
  "selection.tagPrefixList": [["a"], ["b", "a"], [], [""], undefined],
  "selection.storageClass": ["standard", "archive", "glacier", undefined],
  "selection.countType": [
    "imageCountMoreThan",
    "sinceImagePushed",
    "sinceImagePulled",
    "sinceImageTransitioned",
    "size",
    undefined,
  ],
  "selection.countUnit": ["days", "hours", undefined],
  "selection.countNumber": [1, 90, 0, -1, 1.5, "1", null, undefined],
  "selection.unknown": [1],
  "action.type": ["expire", "transition", "keep", undefined],
  "action.targetStorageClass": ["archive", "standard", undefined],
  "action.unknown": [1],
  ".rulePriority": [1, 2, 5, 0, "1", undefined],
  ".description": ["", "why", 1, null],
  ".unknown": [1],
};

/** Few changes to a rule of a policy that AWS accepts, after some of which it still does. */
const edits: fc.Arbitrary<Edit[]> = fc.array(
  fc
    .constantFrom(...Object.entries(VALUES).flatMap(([path, values]) => values.map((value) => ({ path, value }))))
    .map(({ path, value }): Edit => {
      const [section = "", key = ""] = path.split(".");
      return (rule) => {
        (section === "" ? rule : (rule[section] as object as typeof rule))[key] = value as Record<string, unknown>;
      };
    }),
  { maxLength: 3 },
);

function accepts(text: string): boolean {
  try {
    parsePolicy(text);
    return true;
  } catch {
    return false;
  }
}

describe("the text of a lifecycle policy", () => {
  const document = (description: string) => ({
    rules: [{ rulePriority: 1, description, selection: ANY, action: { type: "expire" } }],
  });

  it("is refused where it is no JSON, without a word of it", () => {
    const { problems } = readLifecycleText('{"rules": [\n  AKIASECRETKEY\n]}', "policyJson");
    assert.deepEqual(problems, [
      {
        path: "policyJson",
        given: problems?.[0]?.given,
        expected: "a lifecycle policy in AWS's JSON",
        fix: "mend its syntax",
        source: PUT_POLICY,
      },
    ]);
    assert.match(problems?.[0]?.given ?? "", /^no JSON( from line 2 column 3 on)?$/);
  });

  it("is refused above 30,720 characters, and not because one rule a line would be longer", () => {
    const length = (description: string) => JSON.stringify(document(description)).length;
    const longest = JSON.stringify(document("d".repeat(30_720 - length(""))));
    const { policy } = readLifecycleText(longest, "policyJson");
    assert.equal(policy && renderLifecyclePolicy(policy), longest);
    assert.deepEqual(readLifecycleText(`${longest} `, "policyJson").problems, [
      {
        path: "policyJson",
        given: "30721 characters of JSON",
        expected: "at most 30720",
        fix: "merge rules, or shorten lists and descriptions",
        source: PUT_POLICY,
      },
    ]);
  });
});
