import assert from "node:assert/strict";
import { World } from "../../simulator";
import { putLifecyclePolicy } from "../../simulator/services/ecr-lifecycle";
import { createRepository, repositoryOf } from "../../simulator/services/ecr-repositories";
import { ANY, ARCHIVE, archived, count, days, EXPIRE, policyOf, prefixed, tagged, UNTAGGED } from "./lifecycle-rules";

const NAME = "shop/checkout";

describe("simulated lifecycle policies", () => {
  let world: World;
  const scope = () => world.scope("111111111111", "eu-central-1");

  beforeEach(() => {
    world = new World();
    createRepository(scope(), { name: NAME });
  });

  describe("are refused", () => {
    const one = (change: object) => policyOf({ selection: { ...ANY, ...count(1) }, ...change });
    const selecting = (selection: object, action: object = EXPIRE) => policyOf({ selection, action });
    for (const [what, text] of Object.entries({
      "no JSON": "{".padEnd(200),
      "less than 100 characters": '{"rules":[]}',
      "more than 30,720 characters": one({}).padEnd(30_721),
      "no object": "[]".padEnd(100),
      "no rules": '{"rules":[]}'.padEnd(100),
      "51 rules": policyOf(...Array(51).fill({ selection: { ...tagged("a"), ...count(1) } })),
      "a rule that is none": JSON.stringify({ rules: ["expire"] }).padEnd(100),
      "an unknown key beside the rules": one({}).replace("{", '{"version":1,'),
      "an unknown key in a rule": one({ name: "x" }),
      "an unknown key in a selection": selecting({ ...ANY, ...count(1), tags: [] }),
      "an unknown key in an action": one({ action: { type: "expire", now: true } }),
      "no rulePriority": one({ rulePriority: undefined }),
      "a rulePriority of 0": one({ rulePriority: 0 }),
      "a rulePriority with a fraction": one({ rulePriority: 1.5 }),
      "a rulePriority as text": one({ rulePriority: "1" }),
      "the same rulePriority twice": policyOf(
        { rulePriority: 1, selection: { ...tagged("a"), ...count(1) } },
        { rulePriority: 1, selection: { ...tagged("b"), ...count(1) } },
      ),
      "a description that is no text": one({ description: 1 }),
      "no selection": one({ selection: undefined }),
      "no action": one({ action: undefined }),
      "an unknown action": one({ action: { type: "delete" } }),
      "an unknown tagStatus": selecting({ tagStatus: "all", ...count(1) }),
      "tagged without a list": selecting({ tagStatus: "tagged", ...count(1) }),
      "tagged with both lists": selecting({ ...tagged("a"), tagPrefixList: ["a"], ...count(1) }),
      "untagged with a list": selecting({ ...UNTAGGED, tagPrefixList: ["a"], ...count(1) }),
      "any with a list": selecting({ ...ANY, tagPatternList: ["a"], ...count(1) }),
      "an empty list": selecting({ ...tagged(), ...count(1) }),
      "an empty prefix": selecting({ ...prefixed(""), ...count(1) }),
      "five wildcards in a pattern": selecting({ ...tagged("*a*b*c*d*"), ...count(1) }),
      "an unknown countType": selecting({ ...ANY, ...days(1, "sinceImageUsed") }),
      "a countNumber of 0": selecting({ ...ANY, ...count(0) }),
      "days without a countUnit": selecting({ ...ANY, ...days(1), countUnit: undefined }),
      "a count with a countUnit": selecting({ ...ANY, ...count(1), countUnit: "days" }),
      "hours as a countUnit": selecting({ ...ANY, ...days(1), countUnit: "hours" }),
      "an unknown storageClass": selecting({ ...ANY, ...count(1), storageClass: "cold" }),
      "a count of the archive": selecting({ ...ANY, ...count(1), storageClass: "archive" }),
      "time in the archive of the standard class": selecting({ ...ANY, ...days(90, "sinceImageTransitioned") }),
      "expiry by pull time": selecting({ ...ANY, ...days(1, "sinceImagePulled") }),
      "a transition out of the archive": selecting({ ...ANY, ...archived(90) }, ARCHIVE),
      "a transition without a target": selecting({ ...ANY, ...count(1) }, { type: "transition" }),
      "an expiry with a target": selecting({ ...ANY, ...count(1) }, { ...EXPIRE, targetStorageClass: "archive" }),
      "a rule after any": policyOf(
        { selection: { ...ANY, ...count(1) } },
        { selection: { ...tagged("a"), ...count(1) } },
      ),
      "any twice": policyOf({ selection: { ...ANY, ...count(1) } }, { selection: { ...ANY, ...days(1) } }),
      "untagged twice": policyOf(
        { selection: { ...UNTAGGED, ...count(1) } },
        { selection: { ...UNTAGGED, ...days(1) } },
      ),
      "the same prefixes twice": policyOf(
        { selection: { ...prefixed("a", "b"), ...count(1) } },
        { selection: { ...prefixed("b", "a"), ...days(1) } },
      ),
    })) {
      it(`with ${what}`, () => {
        assert.throws(() => putLifecyclePolicy(scope(), NAME, text), { name: "InvalidParameterException" });
        assert.equal(repositoryOf(scope(), NAME).lifecycle.policy, undefined);
      });
    }
  });

  it("may have any and untagged in each storage class, and the same patterns twice", () => {
    const text = policyOf(
      { selection: { ...UNTAGGED, ...count(1) } },
      { selection: { ...tagged("a*b*c*d*"), ...count(1) } },
      { selection: { ...tagged("a*b*c*d*"), ...days(1, "sinceImagePulled") }, action: ARCHIVE },
      { selection: { ...ANY, ...count(1), storageClass: "standard" }, description: "the rest" },
      { selection: { ...UNTAGGED, ...archived(90) } },
      { selection: { ...ANY, ...archived(1) } },
    );
    putLifecyclePolicy(scope(), NAME, text);
    assert.equal(repositoryOf(scope(), NAME).lifecycle.policy, text);
  });
});
