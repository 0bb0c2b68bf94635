import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CHECK_IDS } from "../../checks/index";
import type { ChecksResult } from "../../report/checks";
import { World } from "../../simulator";
import { PLANTED } from "../support/planted-secrets";
import { cli, type Finished, Policies, SECRET } from "./support";

const CORPUS = join(__dirname, "../../../shared/corpus/task-definitions");

const SOUND = {
  name: "app",
  image: `registry.example.com/checkout@sha256:${"0".repeat(64)}`,
  user: "1000:1000",
  readonlyRootFilesystem: true,
  logConfiguration: { logDriver: "awslogs", options: { "awslogs-group": "checkout", "awslogs-region": "eu-west-1" } },
};
const ROOT = { ...SOUND, user: "root" };
const BROKEN = { ...ROOT, healthCheck: { command: ["curl", "-f", "localhost"] } };
const definitionOf = (...containerDefinitions: object[]) => ({
  taskDefinition: { family: "checkout", memory: "512", containerDefinitions },
});

function idsOf({ stdout }: Finished): (string[] | undefined)[] {
  const { files } = JSON.parse(stdout) as ChecksResult;
  return files.map(({ findings }) => findings?.map(({ id }) => id));
}

describe("ecs-retention check", () => {
  let files: Policies;
  beforeEach(() => {
    files = new Policies();
  });
  afterEach(() => files.remove());

  const write = (name: string, ...containers: object[]) => files.write(name, definitionOf(...containers));
  const accept = (...acceptedFindings: object[]) => files.write("accept.json", { acceptedFindings });

  it("exits with 0 where nothing is found, having asked AWS for nothing, with no Region and no credentials", async () => {
    const world = new World();
    const connect = () => assert.fail("asked AWS");
    const { code, stdout, stderr } = await cli(world, ["check", write("a.json", SOUND)], { env: {}, connect });
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /a\.json\n\n1 task definition checked: nothing was found\.\n$/);
  });

  it("exits with 2 where anything is found, advice alone too, and tells the worst first", async () => {
    const advice = await cli(new World(), ["check", write("a.json", ROOT)]);
    assert.deepEqual([advice.code, advice.stderr], [2, ""]);
    assert.match(advice.stdout, /root-user · advice\n {2}app: user: is root\n/);
    const danger = await cli(new World(), ["check", write("a.json", BROKEN)]);
    assert.equal(danger.code, 2);
    assert.match(danger.stdout, /health-check-form · danger\n.*root-user · advice\n/s);
  });

  it("leaves advice out where danger alone is asked for", async () => {
    const args = ["check", "--severity", "danger", "--json"];
    const found = await cli(new World(), [...args, write("a.json", BROKEN)]);
    assert.deepEqual([found.code, idsOf(found)], [2, [["health-check-form"]]]);
    const none = await cli(new World(), [...args, write("a.json", ROOT)]);
    assert.deepEqual([none.code, idsOf(none)], [0, [[]]]);
  });

  it("exits with 0 once everything is accepted with a reason, which it shows", async () => {
    const file = write("a.json", ROOT);
    const settings = accept({ id: "root-user", reason: "it binds port 80" });
    const { code, stdout, stderr } = await cli(new World(), ["check", file, "--accept", settings]);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /^accepted: root-user, app: user: it binds port 80$/m);
    const more = await cli(new World(), ["check", write("b.json", BROKEN), "--accept", settings]);
    assert.equal(more.code, 2);
  });

  it("prints with --json one object, of each file all findings, accepted ones too", async () => {
    const [a, b] = [write("a.json", ROOT), write("b.json", SOUND)];
    const settings = accept({ id: "root-user", reason: "it binds port 80" });
    const { code, stdout } = await cli(new World(), ["check", a, b, a, "--accept", settings, "--json"]);
    const { version, files: told } = JSON.parse(stdout) as ChecksResult;
    assert.deepEqual([code, version], [0, 1]);
    assert.deepEqual(
      told.map(({ file, findings }) => [file, findings?.map(({ id, accepted }) => [id, accepted])]),
      [
        [a, [["root-user", "it binds port 80"]]],
        [b, []],
      ],
    );
    assert.deepEqual(Object.keys(told[0]?.findings?.[0] ?? {}).sort(), [
      ...["accepted", "fix", "id", "link", "severity", "what", "where", "why"],
    ]);
  });

  it("reads what the command line prints and takes, containers alone, JSON in JSON, and a byte order mark", async () => {
    const containers = [ROOT];
    const forms: [string, object | string][] = [
      ["described.json", definitionOf(...containers)],
      ["registered.json", definitionOf(...containers).taskDefinition],
      ["containers.json", containers],
      ["pulumi.json", { family: "checkout", memory: "512", containerDefinitions: JSON.stringify(containers) }],
      ["windows.json", `\uFEFF${JSON.stringify(definitionOf(...containers))}`],
    ];
    const args = forms.map(([name, form]) => files.write(name, form));
    const found = await cli(new World(), ["check", ...args, "--json"]);
    assert.deepEqual([found.code, found.stderr], [2, ""]);
    assert.deepEqual(idsOf(found), Array(forms.length).fill(["root-user"]));
  });

  it("reads standard input for -", async () => {
    const stdin = async () => JSON.stringify(definitionOf(ROOT));
    const args = ["check", "-", write("a.json", SOUND)];
    const { code, stdout } = await cli(new World(), args, { stdin });
    assert.equal(code, 2);
    assert.match(stdout, /^ {2}standard input · app: user: is root$/m);
    const broken = await cli(new World(), ["check", "-"], { stdin: async () => SECRET });
    assert.equal(broken.code, 1);
    assert.match(broken.stdout, /^problem: standard input: got no JSON.*, expected a task definition as JSON; mend/m);
    assert.ok(!broken.stdout.includes(SECRET));
  });

  for (const [what, text, message] of [
    [
      "is no JSON",
      `TOKEN=${SECRET}`,
      /wrong\.json: got no JSON.*, expected a task definition as JSON; mend its syntax/,
    ],
    ["is a text", JSON.stringify(SECRET), /wrong\.json: got no container definitions, expected what `aws ecs/],
    ["is a list of something else", [SECRET, { [SECRET]: 1 }], /got no container definitions/],
    ["is something else", { [SECRET]: SECRET, family: SECRET }, /got no container definitions/],
    ["has no containers", { family: SECRET, containerDefinitions: [] }, /got no container definitions/],
    ["has containers that are none", { family: SECRET, containerDefinitions: [SECRET] }, /got no container def/],
    ["has unreadable ones", { family: SECRET, containerDefinitions: `[${SECRET}` }, /got no container definitions/],
  ] as const) {
    it(`shows nothing of a file that ${what}, checks the others and exits with 1`, async () => {
      const wrong = files.write("wrong.json", text as object | string);
      const args = ["check", wrong, write("a.json", ROOT)];
      const { code, stdout, stderr } = await cli(new World(), args);
      assert.deepEqual([code, stderr], [1, ""]);
      assert.match(stdout, message);
      assert.match(stdout, /a\.json · app: user: is root/);
      const json = await cli(new World(), [...args, "--json"]);
      assert.deepEqual([json.code, idsOf(json)], [1, [undefined, ["root-user"]]]);
      assert.ok(!`${stdout}${json.stdout}`.includes(SECRET), stdout);
    });
  }

  it("exits with 1 for a file that is not there, or a folder, and for nothing else", async () => {
    const args = ["check", join(files.folder, "none.json"), files.folder];
    const { code, stdout, stderr } = await cli(new World(), args);
    assert.deepEqual([code, stderr], [1, ""]);
    assert.match(stdout, /none\.json: got no readable file \(ENOENT\), expected a task definition; check the name and/);
    assert.match(stdout, /got no readable file \(EISDIR\)/);
    assert.match(stdout, /\n2 files not checked\.\n$/);
  });

  for (const [what, text, message] of [
    ["is no JSON", `TOKEN=${SECRET}`, /accept\.json: got no JSON.*, expected \{"acceptedFindings": .* as JSON; mend/],
    ["is a task definition", definitionOf({ name: SECRET }), /accept\.json: got something else, expected \{"accepted/],
    ["is a list", [{ id: "root-user", reason: SECRET }], /accept\.json: got something else/],
    ["has another shape", { acceptedFindings: { id: SECRET } }, /accept\.json: got something else/],
    [
      "names no check",
      { acceptedFindings: [{ id: "root", reason: "ok" }] },
      /accept\.json: acceptedFindings\[0\]\.id: got "root", expected the id of a check: health-check-form, /,
    ],
    [
      "gives no reason",
      { acceptedFindings: [{ id: "root-user" }] },
      /accept\.json: acceptedFindings\[0\]\.reason: got nothing, expected a reason/,
    ],
    [
      "names a check twice",
      { acceptedFindings: Array(2).fill({ id: "root-user", reason: "ok" }) },
      /accept\.json: acceptedFindings\[1\]\.id: got "root-user" again/,
    ],
    [
      "has something beside it",
      { acceptedFindings: [], rules: [SECRET] },
      /accept\.json: rules: got an unknown property, expected one of acceptedFindings/,
    ],
  ] as const) {
    it(`exits with 1, having checked nothing, where the file of --accept ${what}`, async () => {
      const settings = files.write("accept.json", text as object | string);
      const { code, stdout, stderr } = await cli(new World(), ["check", write("a.json", ROOT), "--accept", settings]);
      assert.deepEqual([code, stdout], [1, ""]);
      assert.match(stderr, message);
      assert.match(stderr, /^ecs-retention: [^\n]+\n$/);
      assert.ok(!stderr.includes(SECRET), stderr);
    });
  }

  it("takes the id of each check that there is", async () => {
    const settings = accept(...CHECK_IDS.map((id) => ({ id, reason: "known" })));
    const { code } = await cli(new World(), ["check", write("a.json", BROKEN), "--accept", settings]);
    assert.equal(code, 0);
  });

  it("shows no value, and no name that is a secret or would move the cursor", async () => {
    const [key = ""] = PLANTED.github;
    const hostile = "\u001b[2J\nproblem: \u202e";
    const container = (name: string) => ({
      name,
      image: "app",
      command: [SECRET],
      environment: [key, hostile, "DB_PASSWORD"].flatMap((each) => [
        { name: each, value: SECRET },
        { name: each, value: key },
      ]),
      secrets: [{ name: key, valueFrom: `arn:aws:ssm:${SECRET}` }],
      healthCheck: { command: [SECRET] },
      logConfiguration: { logDriver: hostile, options: { mode: SECRET, [key]: 1, [hostile]: true } },
    });
    const args = [
      "check",
      write("a.json", container(key), container(hostile)),
      write(`${hostile}.json`, container("a")),
    ];
    const { code, stdout } = await cli(new World(), args);
    assert.equal(code, 2);
    assert.match(stdout, /a: environment DB_PASSWORD: holds a secret in clear/);
    const json = await cli(new World(), [...args, "--json"]);
    for (const shown of [stdout, json.stdout]) assert.ok(![SECRET, key].some((each) => shown.includes(each)), shown);
    assert.doesNotMatch(stdout, /[^\P{Cc}\n]|\p{Cf}/u);
    assert.doesNotMatch(stdout, /^problem: /m);
  });

  it("reads every file of the corpus of public task definitions, and says of each finding why and what to do", async function () {
    if (!existsSync(CORPUS)) {
      console.warn(`      skipped: no corpus at ${CORPUS}`);
      this.skip();
    }
    const names = readdirSync(CORPUS).map((name) => join(CORPUS, name));
    const { code, stdout } = await cli(new World(), ["check", ...names]);
    assert.equal(code, 2);
    assert.match(stdout, new RegExp(`^${names.length} files\nCHECK +SEVERITY +FINDINGS +FILES\n`));
    assert.match(stdout, new RegExp(`\n${names.length} task definitions checked: [\\d,]+ findings to mend`));
    const paragraphs = stdout.match(/^[a-z-]+ · (?:danger|advice)\n(?: .*\n)+ {2}why: (?:.*\n)+? {2}see: https:.*$/gm);
    assert.equal(paragraphs?.length, stdout.match(/^[a-z-]+ +(?:danger|advice) +\d/gm)?.length);
    // Values that the files hold, of the kind that a reader would not want to find in a log.
    const values = names.flatMap((name) => environmentOf(readFileSync(name, "utf8")));
    assert.ok(values.length > 100);
    assert.deepEqual(
      values.filter((value) => stdout.includes(value)),
      [],
    );
  });
});

/** Values of environment variables that are no names, which a finding may show for other reasons. */
function environmentOf(text: string): string[] {
  const values: string[] = [];
  JSON.parse(text.replace(/^\uFEFF/, ""), (key, value) => {
    if (key === "environment" && Array.isArray(value)) values.push(...value.map((pair) => String(pair?.value)));
    return value;
  });
  return values.filter((value) => value.length > 12 && !/^[a-z-]+$/.test(value));
}
