import assert from "node:assert/strict";
import { type CheckedFile, checksReport } from "../../report/checks";
import { textWidth } from "../../report/table";
import type { Finding } from "../../retention/findings";

const LINK = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html#ECS-Type-image";
const HOSTILE = "\u001b[2J\u001b]0;owned\u0007\r\nproblem: \u202e9\u2028";
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what colour is made of
const COLOUR = /\u001b\[\d+m/g;

function finding(id: string, more: Partial<Finding> = {}): Finding {
  return {
    id,
    severity: "advice",
    where: "app: image",
    what: "has the tag latest, which moves",
    why: "the tag moves",
    fix: "pin the image by digest",
    link: LINK,
    ...more,
  };
}

const DANGER = finding("health-check-form", {
  severity: "danger",
  where: "app: healthCheck.command",
  what: "begins with neither CMD nor CMD-SHELL",
  why: "Docker runs no probe of another form",
  fix: "begin with CMD",
});
const BASKET = [
  finding("readonly-root-filesystem"),
  finding("image-tag"),
  finding("image-tag", { where: "log: image" }),
];
const CHECKOUT = [
  ...["app", "log"].map((name) => finding("user-not-set", { where: `${name}: user`, accepted: "our images set it" })),
  finding("image-tag"),
  DANGER,
];
const NOWHERE: CheckedFile = {
  file: "gone.json",
  problem: { path: "gone.json", given: "no readable file (ENOENT)", expected: "a task definition", fix: "check it" },
};
const MANY: CheckedFile[] = [
  { file: "basket.json", findings: BASKET },
  NOWHERE,
  { file: "checkout.json", findings: CHECKOUT },
  { file: "search.json", findings: [] },
];

const report = (files: CheckedFile[], options = {}) => checksReport({ version: 1, files }, options);

describe("the report of checks", () => {
  it("tells of one file each check in a paragraph, danger first, and what was accepted", () => {
    assert.equal(
      report([{ file: "checkout.json", findings: CHECKOUT }]),
      `checkout.json

health-check-form · danger
  app: healthCheck.command: begins with neither CMD nor CMD-SHELL
  why: Docker runs no probe of another form
  fix: begin with CMD
  see: ${LINK}

image-tag · advice
  app: image: has the tag latest, which moves
  why: the tag moves
  fix: pin the image by digest
  see: ${LINK}

What is known and meant: give --accept a file with {"acceptedFindings": [{"id": "…", "reason": "…"}]}; components take
acceptedFindings too.

accepted: user-not-set, app: user, log: user: our images set it

1 task definition checked: 2 findings to mend or to accept, 2 findings accepted with a reason.
`,
    );
  });

  it("counts of several files what each check found, in the order of the checks, then names the file of each finding, and those not checked", () => {
    const [summary, ...sections] = report(MANY).split("\n\n");
    assert.equal(
      summary,
      `4 files
CHECK                     SEVERITY  FINDINGS  FILES
health-check-form         danger           1      1
image-tag                 advice           3      2
readonly-root-filesystem  advice           1      1`,
    );
    assert.match(sections[0] ?? "", /^ {2}checkout\.json · app: healthCheck\.command: begins with neither/m);
    assert.equal(
      sections[1],
      `image-tag · advice
  basket.json · app: image: has the tag latest, which moves
  basket.json · log: image: has the tag latest, which moves
  checkout.json · app: image: has the tag latest, which moves
  why: the tag moves
  fix: pin the image by digest
  see: ${LINK}`,
    );
    assert.deepEqual(sections.slice(4), [
      "accepted: user-not-set, checkout.json · app: user, checkout.json · log: user: our images set it",
      "problem: gone.json: got no readable file (ENOENT), expected a task definition; check it",
      "3 task definitions checked: 5 findings to mend or to accept, 2 findings accepted with a reason; 1 file not " +
        "checked.\n",
    ]);
  });

  it("says so where nothing was found, and where nothing was checked", () => {
    assert.equal(
      report([{ file: "a.json", findings: [] }]),
      "a.json\n\n1 task definition checked: nothing was found.\n",
    );
    assert.match(report([NOWHERE]), /^gone\.json\n\nproblem: gone\.json: .*\n\n1 file not checked\.\n$/);
  });

  it("counts what was accepted in more than three places", () => {
    const findings = Array.from({ length: 4 }, () => finding("image-tag", { accepted: "a demo" }));
    const text = report([{ file: "a.json", findings }]);
    assert.match(text, /^accepted: image-tag, 4 findings: a demo$/m);
    assert.match(text, /^1 task definition checked: 4 findings accepted with a reason\.$/m);
  });

  for (const width of [80, 120]) {
    it(`keeps to a width of ${width}, but for links, and sets off what goes on in the next line`, () => {
      const long = finding("image-tag", { where: `app: ${"x".repeat(60)}`, what: "a word ".repeat(30).trim() });
      const files = [...MANY, { file: `${"folder/".repeat(15)}a.json`, findings: [long, DANGER] }];
      const only = { file: "checkout.json", findings: [long, DANGER] };
      for (const text of [report(files, { width }), report([only], { width })]) {
        const wide = text.split("\n").filter((line) => textWidth(line) > width && !line.endsWith(LINK));
        assert.deepEqual(wide, []);
        assert.match(text, /^ {4}\S.*word$/m);
      }
    });
  }

  it("colours without changing what stands where", () => {
    const coloured = report(MANY, { colour: true });
    for (const id of ["\u001b[31mhealth-check-form", "\u001b[33mimage-tag"]) assert.ok(coloured.includes(id), id);
    assert.equal(coloured.replace(COLOUR, ""), report(MANY));
  });

  it("lets nothing from a file or its name move the cursor or begin a line", () => {
    const hostile = {
      id: HOSTILE,
      severity: "advice" as const,
      where: HOSTILE,
      what: HOSTILE,
      why: HOSTILE,
      fix: HOSTILE,
      link: HOSTILE,
    };
    const found = { file: HOSTILE, findings: [hostile, { ...hostile, id: `2${HOSTILE}`, accepted: HOSTILE }] };
    const problem = { path: HOSTILE, given: HOSTILE, expected: HOSTILE, fix: HOSTILE };
    for (const text of [report([found]), report([found, { file: HOSTILE, problem }])]) {
      assert.doesNotMatch(text, /[^\P{Cc}\n]|\p{Cf}|\u2028/u);
      assert.doesNotMatch(text, /^problem: \?9/m);
    }
  });
});
