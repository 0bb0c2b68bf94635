import assert from "node:assert/strict";
import type { LifecycleFinding, RepositoryContext } from "../../lifecycle/checks/check";
import { CHECK_IDS, findingsOf, LIFECYCLE_CHECKS } from "../../lifecycle/checks/index";
import { evaluateLifecycle } from "../../lifecycle/evaluate";
import { readLifecycleSettings } from "../../lifecycle/settings";
import type { LifecyclePolicy } from "../../lifecycle/types";
import { parseDuration } from "../../retention/duration";
import { problemText } from "../../retention/errors";
import type { Image, TagMutability } from "../../retention/images/image";
import { loadCases } from "../cases/load";

const NOW = Date.UTC(2026, 5, 1);

interface CheckCase {
  name: string;
  /** As components take them. */
  rules: object[];
  mutability?: TagMutability;
  sharedWith?: string[];
  images?: ListedImage[];
  /** By the rule's priority. */
  finds: Record<string, string>;
}

/** Dates as ages. */
interface ListedImage {
  /** Default: its place in the list. */
  digest?: string;
  tags: string[];
  pushed: string;
  pulled?: string;
  status?: Image["status"];
  archived?: string;
  children?: string[];
  subject?: string;
}

function policyOf(rules: object[]): LifecyclePolicy {
  const { policy, problems = [] } = readLifecycleSettings({ rules });
  assert.ok(policy, problems.map(problemText).join("\n"));
  return policy;
}

function imageOf(listed: ListedImage, place: number): Image {
  const { digest = String(place), tags, pushed, pulled, status = "ACTIVE", archived, children = [], subject } = listed;
  return {
    digest,
    tags,
    pushedAt: before(pushed),
    ...(pulled && { pulledAt: before(pulled) }),
    status,
    ...(archived && { archivedAt: before(archived) }),
    bytes: 1,
    children,
    ...(subject && { subject }),
  };
}

function before(age: string): number {
  const span = parseDuration(age);
  assert.ok(span !== undefined, age);
  return NOW - span;
}

function found(policy: LifecyclePolicy, context: Partial<RepositoryContext>): LifecycleFinding[] {
  return findingsOf(policy, { sharedWith: [], ...context }, []);
}

describe("lifecycle checks", () => {
  const files = loadCases<CheckCase>("lifecycle-checks");

  it("each have cases in which they find something, and in which they do not", () => {
    assert.deepEqual(files.map(({ subject }) => subject).sort(), [...CHECK_IDS].sort());
    for (const { subject, cases } of files) {
      const counts = cases.map(({ finds }) => Object.keys(finds).length);
      assert.ok(counts.includes(0) && counts.some((count) => count > 0), subject);
    }
  });

  for (const { subject, cases } of files) {
    describe(subject, () => {
      for (const { name, rules, images, finds, ...known } of cases) {
        it(name, () => {
          const policy = policyOf(rules);
          const verdicts = images && evaluateLifecycle(policy, images.map(imageOf), NOW);
          const context = { ...known, ...(verdicts && { evaluated: { verdicts, at: NOW } }) };
          const ofCheck = found(policy, context).filter(({ id }) => id === subject);
          assert.deepEqual(Object.fromEntries(ofCheck.map(({ rule, what }) => [rule, what])), finds);
        });
      }
    });
  }

  it("have ids that stand once, in lower case with hyphens, and tell why, what to do and who says so", () => {
    assert.equal(new Set(CHECK_IDS).size, CHECK_IDS.length);
    for (const { id, question, why, fix, link } of LIFECYCLE_CHECKS) {
      assert.match(id, /^[a-z]+(-[a-z]+)*$/);
      assert.match(question, /^[A-Z][^.]*\?$/, id);
      for (const text of [why, fix]) assert.match(text, /^[A-Z].*\.$/, id);
      assert.match(link, /^https:\/\//, id);
    }
  });

  it("find by rule, and for one rule what may take images in use first", () => {
    const policy = policyOf([
      { tagPatterns: ["v*", "w*"], keepImages: 5, action: "expire" },
      { tagStatus: "any", keepImages: 10, action: "expire" },
    ]);
    const findings = found(policy, { sharedWith: ["cart"] });
    assert.deepEqual(
      findings.map(({ rule, id, kind }) => `${rule} ${id} ${kind}`),
      [
        "1 shared-count in-use",
        "1 every-entry seeming",
        "2 count-in-use in-use",
        "2 shared-count in-use",
        "2 counts-shielded seeming",
      ],
    );
  });

  it("carry the reason for which somebody accepts a finding, and leave the others as they are", () => {
    const policy = policyOf([
      { tagStatus: "untagged", keepFor: "1d", action: "expire" },
      { tagStatus: "any", keepImages: 10, action: "expire" },
    ]);
    const accepted = [
      { id: "count-in-use", reason: "sandbox" },
      { id: "never-matches", reason: "nothing finds it" },
    ];
    assert.deepEqual(
      findingsOf(policy, { sharedWith: [] }, accepted).map(({ id, accepted }) => [id, accepted]),
      [
        ["untagged-in-use", undefined],
        ["count-in-use", "sandbox"],
        ["counts-shielded", undefined],
      ],
    );
  });

  it("find nothing in the policy that a repository gets where nobody writes one", () => {
    const { policy } = readLifecycleSettings({});
    assert.ok(policy);
    assert.deepEqual(found(policy, { sharedWith: ["cart"] }), []);
  });

  it("judge by the moment at which the images were evaluated", () => {
    const policy = policyOf([{ tagStatus: "untagged", keepFor: "14d", action: "expire" }]);
    const images = [
      imageOf({ digest: "app", tags: ["v1"], pushed: "20d", pulled: "1d" }, 0),
      imageOf({ digest: "signature", tags: [], pushed: "20d", subject: "app" }, 1),
    ];
    const finds = (at: number) =>
      found(policy, { evaluated: { verdicts: evaluateLifecycle(policy, images, at), at } }).map(({ id }) => id);
    assert.ok(finds(before("1d")).includes("signatures-expire"));
  });
});
