import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { evaluateLifecycle } from "../../lifecycle/evaluate";
import { readLifecycleFile } from "../../lifecycle/file";
import { renderLifecyclePolicy } from "../../lifecycle/render";
import type { LifecyclePolicy } from "../../lifecycle/types";
import { DAY } from "../../retention/duration";
import type { Image } from "../../retention/images/image";
import { evaluate } from "../../simulator/services/ecr-lifecycle-evaluation";
import { type PolicyRule, parsePolicy } from "../../simulator/services/ecr-lifecycle-policy";
import type { SimulatedImage } from "../../simulator/services/ecr-repositories";
import { repositories } from "./support/arbitrary";

const CORPUS = join(__dirname, "../../../shared/corpus/lifecycle-policies");
const NOW = Date.UTC(2026, 5, 1);
/** Those without a reason below are accepted. */
const FILES = 79;

/** The files that are refused, and why: where, and what was given. Each would be refused by AWS, but for 025, which is none. */
const REFUSED: Record<string, string[]> = {
  "025-cloud-custodian-cloud-custodian.json": ["025-cloud-custodian-cloud-custodian.json: an object"],
  "052-IbkWilliams1-dockerizing_nodejs_app.json": [
    "rules[0].selection.tagPatternList: nothing",
    "rules[1].selection.countNumber: 0",
  ],
  "057-june4432-lambda-stock-crawler.json": ["rules[1].selection.tagPatternList: nothing"],
  "070-Shannkz-lambda-ecr-policies.json": ["rules[1].rulePriority: 1 again"],
  "073-trussworks-terraform-aws-ecr-repo.json": ["rules[1].selection.tagPatternList: nothing"],
  "078-getmoto-moto.json": ["rules[1].selection.tagPrefixList: both tagPatternList and tagPrefixList"],
  "079-getmoto-moto.json": ["079-getmoto-moto.json: a list of 1"],
  "080-getmoto-moto.json": ["080-getmoto-moto.json: an object"],
  "081-getmoto-moto.json": ["rules: an object"],
  "083-getmoto-moto.json": ["rules[0].rulePriority: nothing"],
  "084-getmoto-moto.json": [
    "rules[0].selection.tagStatus: nothing",
    "rules[0].selection.countType: nothing",
    "rules[0].selection.countNumber: nothing",
  ],
  "086-getmoto-moto.json": ["rules[0].unknown: an unknown property"],
  "087-getmoto-moto.json": ["rules[0].action.type: nothing"],
  "088-getmoto-moto.json": ["rules[0].action.unknown: an unknown property"],
  "089-getmoto-moto.json": ['rules[0].action.type: "keep"'],
  "090-getmoto-moto.json": ["rules[0].selection.tagStatus: nothing"],
  "091-getmoto-moto.json": ["rules[0].selection.countType: nothing"],
  "092-getmoto-moto.json": ["rules[0].selection.countNumber: nothing"],
  "093-getmoto-moto.json": ["rules[0].selection.unknown: an unknown property"],
  "094-getmoto-moto.json": ['rules[0].selection.tagStatus: "unknown"'],
  "095-getmoto-moto.json": ['rules[0].selection.countType: "unknown"'],
  "096-getmoto-moto.json": ['rules[0].selection.countUnit: "unknown"'],
  "097-getmoto-moto.json": ["rules[0].selection.countNumber: 0"],
  "098-getmoto-moto.json": ["rules[0].selection.countNumber: -1"],
  "099-getmoto-moto.json": [
    "rules[0].selection.tagPatternList: a list of 1",
    "rules[0].selection.tagPrefixList: a list of 1",
    'rules[0].selection.countUnit: "days"',
  ],
  "103-index-49287178702.json": ['rules[0].action.type: "expire"', "rules[0].rulePriority: 1"],
  "105-index-58707603087.json": ["rules[0].selection.tagPatternList: nothing", 'rules[1].action.type: "expire"'],
  "109-index-66323655401.json": ['rules[1].selection.countUnit: "hours"'],
};

/** AWS's JSON in a file, whatever stands around it. */
function textOf(file: string): string {
  const text = readFileSync(join(CORPUS, file), "utf8");
  return JSON.parse(text).lifecyclePolicyText ?? text;
}

function read(file: string) {
  return readLifecycleFile(readFileSync(join(CORPUS, file), "utf8"), file);
}

describe("public lifecycle policies", () => {
  before(function () {
    if (existsSync(CORPUS)) return;
    console.warn(`      skipped: no corpus at ${CORPUS}`);
    this.skip();
  });

  it("are accepted, or refused for a reason that somebody looked at", () => {
    const files = readdirSync(CORPUS).toSorted();
    const refused = files.flatMap((file) => {
      const { problems } = read(file);
      return problems ? [[file, problems.map(({ path, given }) => `${path}: ${given}`)]] : [];
    });
    assert.deepEqual(Object.fromEntries(refused), REFUSED);
    assert.equal(files.length, FILES);
  });

  it("are refused by simulated ECR, which was written apart from this, where they are refused here", () => {
    for (const file of Object.keys(REFUSED)) {
      assert.throws(() => parsePolicy(textOf(file)), { name: "InvalidParameterException" }, file);
    }
  });

  it("say the same once they are read and rendered, but for the order of what has none", () => {
    for (const { file, policy } of accepted()) {
      const rules = (JSON.parse(textOf(file)) as { rules: PolicyRule[] }).rules;
      const inOrder = rules.toSorted((one, other) => one.rulePriority - other.rulePriority).map(sorted);
      assert.deepEqual(JSON.parse(renderLifecyclePolicy(policy)), { rules: inOrder }, file);
    }
  });

  it("make the same of random repositories, read once or twice, here and by simulated ECR from the text itself", () => {
    const seen = new Set<string>();
    for (const { file, policy } of accepted()) {
      const again = readLifecycleFile(renderLifecyclePolicy(policy), file).policy;
      assert.ok(again, file);
      const rules = parsePolicy(textOf(file));
      const images = repositories(NOW, { tags: tagsFor(policy), ages: agesFor(policy) });
      fc.assert(
        fc.property(images, (images) => {
          const verdicts = evaluateLifecycle(policy, images, NOW);
          assert.deepEqual(evaluateLifecycle(again, images, NOW), verdicts);
          for (const { because } of verdicts) seen.add(because);
          const taken = verdicts.flatMap(({ image, action, rule }) =>
            action === "keep" ? [] : [`${image.digest} ${action} ${rule}`],
          );
          const simulated = evaluate(rules, images.map(simulatedImage), NOW).map(
            ({ image, action, rulePriority }) =>
              `${image.digest} ${action === "expire" ? action : "archive"} ${rulePriority}`,
          );
          assert.deepEqual(simulated.toSorted(), taken.toSorted());
        }),
        { numRuns: 30 },
      );
    }
    assert.deepEqual([...seen].sort(), ["index", "newest", "not-yet", "subject", "taken", "unselected"]);
  });
});

function accepted(): { file: string; policy: LifecyclePolicy }[] {
  return readdirSync(CORPUS).flatMap((file) => {
    const { policy } = read(file);
    return policy ? [{ file, policy }] : [];
  });
}

/** Lists mean sets. */
function sorted(rule: PolicyRule): PolicyRule {
  const { tagPatternList, tagPrefixList } = rule.selection;
  const selection = {
    ...rule.selection,
    ...(tagPatternList && { tagPatternList: [...new Set(tagPatternList)].sort() }),
    ...(tagPrefixList && { tagPrefixList: [...new Set(tagPrefixList)].sort() }),
  };
  return { ...rule, selection };
}

/** Tags that a policy's entries match, those that they nearly match, and some that nobody thought of. */
function tagsFor({ rules }: LifecyclePolicy): string[] {
  const entries = rules.flatMap(({ selection }) => {
    if (selection.tagStatus !== "tagged") return [];
    return selection.tagPatternList ?? selection.tagPrefixList.map((prefix) => `${prefix}*`);
  });
  const matching = entries.flatMap((entry) => ["", "1", "-sha-2"].map((text) => entry.replaceAll("*", text)));
  return [
    ...new Set([...matching, ...matching.map((tag) => `x${tag}`), "unthought-of", "nor-of", "any-of-these"]),
  ].filter(Boolean);
}

/** On both sides of every limit in days, and at it. */
function agesFor({ rules }: LifecyclePolicy): fc.Arbitrary<number> {
  const limits = rules
    .filter(({ selection }) => selection.countType !== "imageCountMoreThan")
    .map(({ selection }) => selection.countNumber);
  const days = fc.oneof(fc.constantFrom(1, 90, ...limits), fc.integer({ min: 1, max: 500 }));
  return fc.tuple(days, fc.constantFrom(0, 1, -1)).map(([whole, off]) => whole * DAY + off);
}

function simulatedImage(image: Image): SimulatedImage {
  const { pulledAt, archivedAt, activatedAt, bytes, tags, ...same } = image;
  return {
    ...same,
    tags: new Set(tags),
    manifest: "",
    mediaType: "",
    sizeInBytes: bytes,
    lastRecordedPullTime: pulledAt,
    lastArchivedAt: archivedAt,
    lastActivatedAt: activatedAt,
  };
}
