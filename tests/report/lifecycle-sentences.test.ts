import assert from "node:assert/strict";
import type { CountType, LifecycleRule, TagSelection } from "../../lifecycle/types";
import type { LifecycleVerdict } from "../../lifecycle/verdict";
import { ruleSentence, verdictText } from "../../report/lifecycle-sentences";
import { keep, taken } from "./lifecycle-fixtures";

const UNTAGGED: TagSelection = { tagStatus: "untagged" };
const ANY: TagSelection = { tagStatus: "any" };
const patterns = (...tagPatternList: string[]): TagSelection => ({ tagStatus: "tagged", tagPatternList });
const prefixes = (...tagPrefixList: string[]): TagSelection => ({ tagStatus: "tagged", tagPrefixList });

type Case = [CountType, number, LifecycleRule["action"], TagSelection, string];

function sentence([countType, countNumber, action, tags, _]: Case): string {
  const storageClass = countType === "sinceImageTransitioned" ? "archive" : "standard";
  return ruleSentence({ rulePriority: 1, selection: { ...tags, countType, countNumber, storageClass }, action });
}

const KINDS: Case[] = [
  ["imageCountMoreThan", 10, "expire", UNTAGGED, "keeps the newest 10 untagged images, expires the others"],
  ["imageCountMoreThan", 10, "expire", ANY, "keeps the newest 10 images, expires the others"],
  [
    "imageCountMoreThan",
    10,
    "expire",
    patterns("pr-*"),
    "keeps the newest 10 images with a tag like pr-*, expires the others",
  ],
  ["imageCountMoreThan", 1, "expire", UNTAGGED, "keeps the newest untagged image, expires the others"],
  ["imageCountMoreThan", 1, "expire", ANY, "keeps the newest image, expires the others"],
  [
    "imageCountMoreThan",
    1,
    "expire",
    patterns("pr-*"),
    "keeps the newest image with a tag like pr-*, expires the others",
  ],
  ["imageCountMoreThan", 5, "transition", UNTAGGED, "keeps the newest 5 untagged images, archives the others"],
  ["imageCountMoreThan", 5, "transition", ANY, "keeps the newest 5 images, archives the others"],
  [
    "imageCountMoreThan",
    9999,
    "transition",
    patterns("pr-*"),
    "keeps the newest 9,999 images with a tag like pr-*, archives the others",
  ],
  ["sinceImagePushed", 14, "expire", UNTAGGED, "expires untagged images once they are 14 days old"],
  ["sinceImagePushed", 1, "expire", UNTAGGED, "expires untagged images once they are 1 day old"],
  ["sinceImagePushed", 14, "expire", ANY, "expires images once they are 14 days old"],
  [
    "sinceImagePushed",
    3650,
    "expire",
    patterns("v*"),
    "expires images with a tag like v* once they are 3,650 days old",
  ],
  ["sinceImagePushed", 2, "transition", UNTAGGED, "archives untagged images once they are 2 days old"],
  ["sinceImagePushed", 1, "transition", ANY, "archives images once they are 1 day old"],
  [
    "sinceImagePushed",
    30,
    "transition",
    patterns("v*"),
    "archives images with a tag like v* once they are 30 days old",
  ],
  ["sinceImagePulled", 90, "transition", UNTAGGED, "archives untagged images that nobody pulled for 90 days"],
  ["sinceImagePulled", 90, "transition", ANY, "archives images that nobody pulled for 90 days"],
  [
    "sinceImagePulled",
    1,
    "transition",
    patterns("v*"),
    "archives images with a tag like v* that nobody pulled for 1 day",
  ],
  ["sinceImageTransitioned", 180, "expire", UNTAGGED, "expires untagged images that have been archived for 180 days"],
  ["sinceImageTransitioned", 365, "expire", ANY, "expires images that have been archived for 365 days"],
  [
    "sinceImageTransitioned",
    90,
    "expire",
    patterns("v*"),
    "expires images with a tag like v* that have been archived for 90 days",
  ],
  [
    "sinceImageTransitioned",
    30,
    "expire",
    ANY,
    "expires images that have been archived for 90 days (the rule says 30, ECR waits longer)",
  ],
];

const TAGS: [TagSelection, string][] = [
  [patterns("latest"), "images with the tag latest"],
  [patterns("*"), "tagged images"],
  [patterns("*", "**"), "tagged images"],
  [patterns("*", "v*"), "images with any tag and a tag like v*"],
  [patterns("a-*", "b-*"), "images with a tag like a-* and a tag like b-*"],
  [patterns("*-arm64", "latest", "v*"), "images with a tag like *-arm64, the tag latest and a tag like v*"],
  [patterns("a-*", "b-*", "c-*"), "images with a tag like each of a-*, b-* and c-*"],
  [patterns("*", "a", "b", "c", "v*"), "images with any tag, the tags a, b and c and a tag like v*"],
  [prefixes("v"), "images with a tag that begins with v"],
  [prefixes("a-", "b-"), "images with a tag that begins with a- and a tag that begins with b-"],
  [prefixes("a", "b", "c", "d"), "images with a tag that begins with each of a, b, c and d"],
];

const NOT_A_TAG: [TagSelection, string][] = [
  [prefixes("v*"), 'images with a tag that begins with "v*"'],
  [patterns("a, b"), 'images with the tag "a, b"'],
  [patterns("^v.+$"), 'images with the tag "^v.+$"'],
  [patterns("v1."), 'images with the tag "v1."'],
  [patterns("once they are 1 day old"), 'images with the tag "once they are 1 day old"'],
  [patterns("\u001b[2J\n*"), 'images with a tag like "\\u001b[2J\\n*"'],
  [patterns("\u202egnp*"), 'images with a tag like "?gnp*"'],
];

describe("the sentence of a lifecycle rule", () => {
  for (const kind of KINDS) {
    it(`says "${kind[4]}"`, () => assert.equal(sentence(kind), kind[4]));
  }

  for (const [tags, images] of TAGS) {
    it(`names the tags: ${images}`, () => {
      const expected = `expires ${images} once they are 7 days old`;
      assert.equal(sentence(["sinceImagePushed", 7, "expire", tags, ""]), expected);
    });
  }

  for (const [tags, images] of NOT_A_TAG) {
    it(`quotes what could be misread or move the cursor: ${images}`, () => {
      const expected = `keeps the newest 2 ${images}, expires the others`;
      assert.equal(sentence(["imageCountMoreThan", 2, "expire", tags, ""]), expected);
    });
  }
});

const AT = Date.UTC(2026, 11, 1, 10, 30);
const ARCHIVED = { status: "ARCHIVED", archivedAt: 0 } as const;

const VERDICTS: [LifecycleVerdict, string][] = [
  [taken(1, { rule: 2 }), "expired by rule 2"],
  [taken(1, { rule: 3, action: "archive" }), "archived by rule 3"],
  [keep(1, { because: "unselected" }), "selected by no rule"],
  [keep(1, { because: "newest", rule: 1 }), "among the newest that rule 1 keeps"],
  [
    keep(1, { because: "newest", rule: 1, shieldedFrom: [3] }),
    "among the newest that rule 1 keeps; shielded from rule 3",
  ],
  [
    keep(1, { because: "not-yet", rule: 1, at: AT, shieldedFrom: [3, 4, 7] }),
    "rule 1 applies from 2026-12-01 10:30 UTC on; shielded from rules 3, 4 and 7",
  ],
  [keep(1, { because: "not-yet", rule: 1, at: 8.64e15 }), "rule 1 applies after the year 9999"],
  [keep(1, { because: "not-yet", rule: 5 }, ARCHIVED), "archived; rule 5 applies from an unknown date on"],
  [keep(1, { because: "unselected" }, { status: "ACTIVATING" }), "being restored; selected by no rule"],
  [
    keep(1, { because: "index", rule: 2, with: [`sha256:${"0123456789abcdef".repeat(4)}`] }),
    "named by index 0123456789ab; rule 2 waits until that is gone",
  ],
  [
    keep(1, { because: "index", rule: 2, with: ["sha256:aa", "sha256:bb", "sha256:cc"] }),
    "named by index aa and 2 more; rule 2 waits until those are gone",
  ],
];

describe("the reason of a lifecycle verdict", () => {
  for (const [verdict, text] of VERDICTS) {
    it(`says "${text}"`, () => assert.equal(verdictText(verdict), text));
  }
});
