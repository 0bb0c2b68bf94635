import assert from "node:assert/strict";
import type { LifecycleVerdict } from "../../lifecycle/verdict";
import { lifecycleReport } from "../../report/lifecycle";
import { textWidth } from "../../report/table";
import { DAY, NOW } from "./fixtures";
import { accepted, finding, image, keep, RULES, repository, taken } from "./lifecycle-fixtures";

const SOURCE = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html";
const HOSTILE = "\u001b[2J\u001b]0;owned\u0007\r\nrule \u202e9\u2028";
const FINDINGS = [
  finding(1, { id: "counts-shielded", kind: "seeming", accepted: "we know: both are releases" }),
  finding(2, { id: "shadowed", kind: "seeming", what: "all that it selects, rule 1 selects as well" }),
  finding(2),
  finding(3),
];

// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what colour is made of
const COLOUR = /\u001b\[\d+m/g;

function part(text: string, title: string): string[] {
  const [found = ""] = text.split("\n\n").filter((lines) => lines.startsWith(`${title}\n`));
  return found.split("\n");
}

describe("the report of a lifecycle policy", () => {
  it("says what each rule does, what is found against it, what goes now, what later, and what stays", () => {
    const text = lifecycleReport(accepted({ findings: FINDINGS, repository: repository() }), { width: 120 });
    assert.equal(
      text,
      `lifecycle.json · 3 rules
RULE  WHAT IT DOES                                                        TAKES NOW  LATER
   1  keeps the newest 50 images with a tag like v*, archives the others          1      0
      "releases go back a year"
   2  expires images once they are 30 days old                                    3      2
   3  expires images that have been archived for 365 days                         1      1
An image belongs to the first rule that fits its tags; later rules leave it alone, but count it among the newest.

age-in-use · may take an image in use
  rule 2: expires images pushed more than 30 days ago
  rule 3: expires images pushed more than 30 days ago
  why: what was not deployed for longer than that runs an image that is older
  fix: let the rule select only tags that nothing deployed has
  see: https://example.com/incident

shadowed · does not do what it seems to
  rule 2: all that it selects, rule 1 selects as well
  why: what was not deployed for longer than that runs an image that is older
  fix: let the rule select only tags that nothing deployed has
  see: https://example.com/incident

What is known and meant: give "acceptedFindings": [{"id": "…", "reason": "…"}] beside "rules", or beside "policyJson"
with AWS's JSON as text.

accepted: counts-shielded, rule 1: we know: both are releases

Repository shop/checkout
account 123456789012, eu-central-1, read 2026-11-20 14:03 UTC, tags can move, but not those like v*

Goes now
ECR acts within 24 hours of the policy. Neither it nor this table knows which images are in use.
IMAGE                                           PUSHED      PULLED      ARCHIVED      SIZE  WHAT
27badc983df1 v1                                 2026-05-04  never                   1.2 GB  archived by rule 1
3d914f9348c9 pr-7, sha-0f9a1b2                  2026-10-10  2026-10-31              100 MB  expired by rule 2
73475cb40a56 untagged (goes with 3d914f9348c9)  2026-10-09  never                   4.5 kB  expired by rule 2
44cb730c4204 untagged (index of 2)              2026-10-08  never                           expired by rule 2
0604cd3138fe v0                                 2025-07-08  never       2025-10-16  100 MB  expired by rule 3

Goes later
Unless pulled, pushed again or restored meanwhile.
FROM        COUNT    SIZE  WHAT               IMAGES
2026-12-19      2  200 MB  expired by rule 2  main, 4e07408562be
2027-08-12      1  100 MB  expired by rule 3  1158e7e12c5e

Stays
As long as nothing changes: the newest until enough newer ones are pushed, a referrer until its subject goes.
COUNT    SIZE  WHY                                                       IMAGES
    2  200 MB  named by an index; rule 2 waits until that is gone        71ee45a3c0db, 811786ad1ae7
    1  100 MB  among the newest that rule 1 keeps                        v3
    1  100 MB  among the newest that rule 1 keeps; shielded from rule 2  v2

12 images (2.1 GB): 4 to expire now (200 MB), 1 to archive now (1.2 GB), 3 to go later (300 MB), 4 to stay (400 MB)
Sizes count layers that images share once for each of them: less than that is freed.

AWS accepts this policy; 3 findings to mend or to accept, 1 finding accepted with a reason.
`,
    );
  });

  it("says no more than the rule where nothing is found and no repository was asked about", () => {
    const [, , last] = RULES;
    const text = lifecycleReport(accepted({ policy: { rules: last ? [last] : [] } }));
    assert.equal(
      text,
      `lifecycle.json · 1 rule
RULE  WHAT IT DOES
   3  expires images that have been archived for 365 days

AWS accepts this policy; nothing was found against it.
`,
    );
  });

  it("says every problem of a refused policy: where, what was given and expected, the fix, and AWS's word", () => {
    const text = lifecycleReport({
      version: 1,
      source: "lifecycle.json",
      problems: [
        {
          path: "rules[0].selection.countUnit",
          given: "nothing",
          expected: '"days"',
          fix: 'add "countUnit": "days"',
          source: SOURCE,
        },
        { path: "", given: "rules and policyJson", expected: "at most one of the two", fix: "remove one of them" },
      ],
    });
    assert.equal(
      text,
      `lifecycle.json · 2 problems

rules[0].selection.countUnit
  given     nothing
  expected  "days"
  fix       add "countUnit": "days"
  source    ${SOURCE}

the whole policy
  given     rules and policyJson
  expected  at most one of the two
  fix       remove one of them

Refused. Problems with a source are constraints that AWS puts on every policy.
`,
    );
  });

  for (const width of [80, 120]) {
    it(`keeps to a width of ${width}, but for links, which stay whole`, () => {
      const problem = {
        path: `rules[0].${"x".repeat(100)}`,
        given: "a word ".repeat(30),
        expected: "y".repeat(200),
        fix: "z",
      };
      const texts = [
        lifecycleReport(
          accepted({
            findings: [...FINDINGS, finding(1, { id: "count-in-use", link: SOURCE })],
            repository: repository(),
          }),
          {
            width,
          },
        ),
        lifecycleReport(
          { version: 1, source: "lifecycle.json", problems: [{ ...problem, source: SOURCE }] },
          { width },
        ),
      ];
      for (const text of texts) {
        assert.match(text, new RegExp(`^  (see: |source    )${SOURCE}$`, "m"));
        const wide = text.split("\n").filter((line) => textWidth(line) > width && !line.endsWith(SOURCE));
        assert.deepEqual(wide, []);
      }
    });
  }

  it("colours without changing what stands where", () => {
    const results = [
      accepted({ findings: FINDINGS, repository: repository({ unread: ["sha256:1: AccessDeniedException"] }) }),
      {
        version: 1 as const,
        source: "x.json",
        problems: [{ path: "a", given: "b", expected: "c", fix: "d", source: SOURCE }],
      },
    ];
    for (const result of results) {
      const coloured = lifecycleReport(result, { colour: true });
      assert.notEqual(coloured, lifecycleReport(result));
      assert.equal(coloured.replace(COLOUR, ""), lifecycleReport(result));
    }
  });

  it("lets nothing from a policy, an image or AWS move the cursor or begin a line", () => {
    const [rule] = RULES;
    const hostile = {
      ...rule,
      description: HOSTILE,
      selection: { ...rule?.selection, tagPatternList: [HOSTILE] },
    } as (typeof RULES)[number];
    const verdicts = [
      taken(50, { rule: 1 }, { tags: [HOSTILE, "b"], digest: HOSTILE, subject: HOSTILE, children: [HOSTILE] }),
      keep(1, { because: "newest", rule: 1 }, { tags: [HOSTILE] }),
      keep(2, { because: "index", rule: 1, with: [HOSTILE] }, { tags: [HOSTILE] }),
      keep(3, { because: "not-yet", rule: 1, at: NOW + DAY }, { tags: [HOSTILE] }),
    ];
    const texts = [
      lifecycleReport({
        version: 1,
        source: HOSTILE,
        problems: [{ path: HOSTILE, given: HOSTILE, expected: HOSTILE, fix: HOSTILE, source: HOSTILE }],
      }),
      lifecycleReport(
        accepted({
          source: HOSTILE,
          policy: { rules: [hostile] },
          findings: [
            finding(1, { id: HOSTILE, what: HOSTILE, why: HOSTILE, fix: HOSTILE, link: HOSTILE }),
            finding(1, { accepted: HOSTILE }),
          ],
          repository: repository({
            name: HOSTILE,
            account: HOSTILE,
            region: HOSTILE,
            mutability: { setting: "IMMUTABLE_WITH_EXCLUSION", exclusions: [HOSTILE] },
            verdicts,
            unread: [HOSTILE],
          }),
        }),
      ),
    ];
    for (const text of texts) {
      assert.doesNotMatch(text, /[^\P{Cc}\n]|\p{Cf}|\u2028/u);
      assert.doesNotMatch(text, /^rule /m);
    }
  });
});

describe("the images of a repository", () => {
  const drawn = (verdicts: LifecycleVerdict[], more = {}) =>
    lifecycleReport(accepted({ repository: repository({ verdicts, ...more }) }), { width: 300 });

  it("are said to be none where there are none", () => {
    const text = drawn([]);
    assert.match(text, /^0 images in the repository$/m);
    assert.doesNotMatch(text, /Goes|Stays|Sizes/);
  });

  it("say what could not be read, and that what hangs on it may be shown wrongly", () => {
    const text = drawn([], { unread: ["sha256:1: ecr:BatchGetImage, AccessDeniedException"] });
    assert.match(text, /^gap: sha256:1: ecr:BatchGetImage, AccessDeniedException; images that it names may/m);
    const many = drawn([], { unread: Array.from({ length: 1_200 }, (_, at) => `sha256:${at}: denied`) });
    assert.equal(many.match(/^gap: sha256:/gm)?.length, 5);
    assert.match(many, /^gap: 1,195 more indexes like these$/m);
  });

  it("say whether tags can move, and leave out the account and Region that a file does not tell", () => {
    const place = (mutability: object) =>
      drawn([], { account: undefined, region: undefined, mutability }).match(/^read .*$/m)?.[0];
    const read = "read 2026-11-20 14:03 UTC";
    assert.equal(place({ setting: "MUTABLE", exclusions: [] }), `${read}, tags can move`);
    assert.equal(place({ setting: "IMMUTABLE", exclusions: [] }), `${read}, tags never move`);
    const setting = "IMMUTABLE_WITH_EXCLUSION";
    assert.equal(
      place({ setting, exclusions: ["pr-*", "dev"] }),
      `${read}, tags never move, but for those like pr-*, dev`,
    );
  });

  it("with many tags are named by the first five", () => {
    const tags = Array.from({ length: 1000 }, (_, at) => `t${at}`);
    const text = drawn([taken(9, { rule: 2 }, { tags }), taken(8, { rule: 2 }, { tags: tags.slice(0, 6) })]);
    assert.match(text, / t0, t1, t2, t3, t4 and 995 more tags {2}/);
    assert.match(text, / t0, t1, t2, t3, t4 and 1 more tag {2}/);
  });

  it("go by rule, and of one rule the newest first", () => {
    const text = drawn([
      taken(1, { rule: 3 }, { tags: ["a"] }),
      taken(2, { rule: 1 }, { tags: ["b"] }),
      taken(3, { rule: 3 }, { tags: ["c"] }),
    ]);
    const names = part(text, "Goes now").slice(3);
    assert.deepEqual(
      names.map((line) => line.split(/ +/)[1]),
      ["b", "a", "c"],
    );
  });

  it("that go later at a date that cannot be told come last", () => {
    const later = (at: number | undefined) => keep(1, { because: "not-yet", rule: 1, ...(at !== undefined && { at }) });
    const text = drawn([later(undefined), later(8.64e15), later(NOW)]);
    assert.deepEqual(
      part(text, "Goes later")
        .slice(3)
        .map((line) => line.split(/ {2,}/)[0]),
      ["2026-11-20", "after 9999", "unknown"],
    );
    assert.match(text, /^2026-11-20 .* archived by rule 1 /m);
  });

  for (const [every, start] of [
    [1, "2026-11"],
    [31, "2026"],
  ] as const) {
    it(`that go later on many days are counted by ${every === 1 ? "month" : "year"}`, () => {
      const verdicts = Array.from({ length: 100 }, (_, at) =>
        keep(at, { because: "not-yet", rule: 2, at: NOW + at * every * DAY }),
      );
      const rows = part(drawn(verdicts), "Goes later").slice(3);
      assert.ok(rows.length < 12, rows.join("\n"));
      assert.match(rows[0] ?? "", new RegExp(`^${start} +\\d`));
    });
  }

  it("of a large repository are listed where they go now, and counted where they stay", () => {
    const verdicts = Array.from({ length: 100_000 }, (_, at) => {
      if (at % 10 === 0) return taken(at % 9000, { rule: 2 }, { tags: [`b${at}`] });
      if (at % 3 === 0) return keep(at % 9000, { because: "newest", rule: 1, shieldedFrom: [2] });
      return keep(at % 9000, { because: "not-yet", rule: 2, at: NOW + (at % 5000) * DAY });
    });
    const text = drawn(verdicts);
    assert.equal(part(text, "Goes now").length, 10_000 + 3);
    assert.equal(part(text, "Stays").length, 1 + 3);
    assert.ok(part(text, "Goes later").length <= 40 + 3);
    assert.match(text, /^100,000 images \(10\.0 TB\): 10,000 to expire now \(1\.0 TB\), 60,000 to go later/m);
  }).timeout(20_000);

  it("have a size in three digits, and none where ECR tells none", () => {
    const sizes = [0, 1, 999, 1000, 99_949, 123_456, 5e6, 2e13].map((bytes) => {
      const [, , , row = ""] = part(drawn([{ ...taken(1, { rule: 2 }), image: image(1, { bytes }) }]), "Goes now");
      return row.split(/ {2,}/).slice(3, -1).join();
    });
    assert.deepEqual(sizes, ["", "1 B", "999 B", "1.0 kB", "99.9 kB", "123 kB", "5.0 MB", "20.0 TB"]);
  });
});
