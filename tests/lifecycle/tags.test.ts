import assert from "node:assert/strict";
import fc from "fast-check";
import { covers, matchesEveryTag, matchesPattern, selects } from "../../lifecycle/tags";
import type { TagSelection } from "../../lifecycle/types";

const patterns = (...list: string[]): TagSelection => ({ tagStatus: "tagged", tagPatternList: list });
const prefixes = (...list: string[]): TagSelection => ({ tagStatus: "tagged", tagPrefixList: list });
const ANY: TagSelection = { tagStatus: "any" };
const UNTAGGED: TagSelection = { tagStatus: "untagged" };

// So few characters that patterns and tags meet often.
const text = (characters: string[], maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...characters), minLength: 1, maxLength });
const pattern = text(["a", "b", "*"], 5);
const tags = fc.array(text(["a", "b"], 5), { maxLength: 3 });
const list = fc.array(pattern, { minLength: 1, maxLength: 3 });
const selection = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom(ANY, UNTAGGED) },
  { weight: 4, arbitrary: list.map((list) => patterns(...list)) },
  { weight: 3, arbitrary: list.map((list) => prefixes(...list)) },
);

/** All tags of a's and b's, and c's that no pattern names, up to that length. */
function everyTag(length: number): string[] {
  const shorter = length > 1 ? everyTag(length - 1) : [""];
  return [...new Set([...shorter, ...shorter.flatMap((tag) => ["a", "b", "c"].map((next) => tag + next))])];
}
const TAGS = everyTag(6).filter(Boolean);

describe("a tag pattern", () => {
  it("matches what the regular expression does that has .* for each star", () => {
    fc.assert(
      fc.property(text(["a", "b", "*", "."], 7), text(["a", "b", ".", "-"], 9), (pattern, tag) => {
        const parts = pattern.split("*").map((part) => part.replaceAll(".", "\\."));
        assert.equal(matchesPattern(pattern, tag), new RegExp(`^${parts.join(".*")}$`).test(tag));
      }),
      { numRuns: 1000 },
    );
  });

  it("does not use the same characters for two of its parts", () => {
    assert.ok(!matchesPattern("ab*ba", "aba"));
    assert.ok(!matchesPattern("*ab*ab*", "xabx"));
    assert.ok(matchesPattern("ab*ba", "abba"));
  });

  it("takes no longer for a tag that nearly matches", () => {
    const tag = "a".repeat(300);
    for (let count = 0; count < 10_000; count++) assert.ok(!matchesPattern("*a*a*a*b", tag));
  });

  it("matches every tag where it is nothing but stars", () => {
    const matching = ["*", "**", "*a", "a*", "*a*", ""].filter(matchesEveryTag);
    assert.deepEqual(matching, ["*", "**"]);
  });
});

describe("a tag requirement", () => {
  it("covers another where every image that meets that one meets it", () => {
    const pairs: [TagSelection, TagSelection, boolean][] = [
      [ANY, ANY, true],
      [ANY, UNTAGGED, true],
      [ANY, patterns("a"), true],
      [prefixes("a"), prefixes("ab", "c"), true],
      [UNTAGGED, UNTAGGED, true],
      [UNTAGGED, ANY, false],
      [UNTAGGED, patterns("*"), false],
      [patterns("*"), UNTAGGED, false],
      [patterns("*"), ANY, false],
      [patterns("*"), prefixes("v"), true],
      [patterns("prod*"), patterns("prod-*"), true],
      [patterns("prod-*"), patterns("prod*"), false],
      [patterns("*prod*"), patterns("a*-prod"), true],
      [patterns("a*b*"), patterns("a*b"), true],
      [patterns("a*b"), patterns("a*b*"), false],
      [patterns("v1"), patterns("v1"), true],
      [patterns("**"), patterns("*"), true],
      [patterns("v*"), prefixes("v"), true],
      [prefixes("v"), patterns("v*"), true],
      [prefixes("v"), patterns("v1"), true],
      [prefixes("v"), patterns("*v"), false],
      [prefixes("v"), prefixes("v1"), true],
      [prefixes("v1"), prefixes("v"), false],
      // More entries ask for more.
      [patterns("a*"), patterns("a*", "b*"), true],
      [patterns("a*", "b*"), patterns("a*"), false],
      [patterns("a*", "*b"), patterns("ab"), true],
      [patterns("a*", "*b"), patterns("a*b"), true],
      // No tag has a star, so the first of each selects nothing.
      [prefixes("a*"), patterns("a*"), false],
      [prefixes("a*"), prefixes("a*b"), false],
    ];
    for (const [higher, lower, expected] of pairs) {
      assert.equal(covers(higher, lower), expected, `${JSON.stringify(higher)} over ${JSON.stringify(lower)}`);
    }
  });

  it("is never said to cover another where an image meets only that one", () => {
    fc.assert(
      fc.property(selection, selection, tags, (higher, lower, tags) => {
        if (covers(higher, lower) && selects(lower, tags)) assert.ok(selects(higher, tags));
      }),
      { numRuns: 3000 },
    );
  });

  it("is said to cover another wherever no image meets only that one", () => {
    const short = fc.array(text(["a", "b", "*"], 3), { minLength: 1, maxLength: 2 }).map((list) => patterns(...list));
    fc.assert(
      fc.property(short, short, (higher, lower) => {
        if (covers(higher, lower)) return;
        // One tag for each entry of the lower one is enough to tell.
        const list = lower.tagStatus === "tagged" ? (lower.tagPatternList ?? []) : [];
        const choices = list.map((entry) => TAGS.filter((tag) => matchesPattern(entry, tag)));
        const others = choices.length > 1 ? (choices[1] as string[]) : [undefined];
        const found = choices[0]?.some((one) =>
          others.some((other) => !selects(higher, other === undefined ? [one] : [one, other])),
        );
        assert.ok(found, `${JSON.stringify(higher)} over ${JSON.stringify(lower)}`);
      }),
      { numRuns: 300 },
    );
  });
});
