import assert from "node:assert/strict";
import { World } from "../../simulator";
import { AwsError } from "../../simulator/operation";
import { ACCOUNT, checkoutWorld, cli, DAY, Policies, policyOf, REGION, removals } from "./support";

describe("ecs-retention", () => {
  let policies: Policies;
  beforeEach(() => {
    policies = new Policies();
  });
  afterEach(() => policies.remove());

  it("prints its help on stdout", async () => {
    for (const args of [["--help"], ["apply", "-h"], ["lifecycle", "--help"], ["check", "-h"]]) {
      const { code, stdout, stderr } = await cli(new World(), args);
      assert.deepEqual([code, stderr], [0, ""]);
      assert.match(stdout, /^Usage: ecs-retention \[plan\] --policy FILE/);
      assert.match(stdout, /counts as a pull/);
      assert.match(stdout, /2 findings that nobody accepted, advice alone too/);
    }
  });

  it("moves no terminal's cursor with what it was given", async () => {
    const { stderr } = await cli(new World(), ["lifecycle", "no\u001b[2J\u009bfile"]);
    assert.match(stderr, /no\?\[2J\?file: got no readable file/);
  });

  for (const [what, args, message] of [
    ["without a policy", [], /got no policy, expected --policy FILE/],
    [
      "with an unknown command",
      ["scan", "--policy", "x.json"],
      /got command "scan", expected plan, apply, lifecycle or check/,
    ],
    ["with an unknown option", ["plan", "--policy", "x.json", "--force"], /Unknown option '--force'\nTry/],
    ["with an option that lacks its value", ["plan", "--policy"], /--policy/],
    [
      "with --yes for plan",
      ["plan", "--policy", "x.json", "--yes"],
      /--yes for plan, which changes nothing: use apply/,
    ],
    [
      "for apply without a terminal and without --yes",
      ["apply", "--policy", "x.json", "--store", "store"],
      /no terminal to ask on: give --yes/,
    ],
    [
      "for apply without --store, which it says what for and what to name",
      ["apply", "--policy", "x.json", "--yes"],
      /apply needs --store s3:\/\/BUCKET\|DIR: .*bucket of the cleanup function.*any folder that you keep/,
    ],
    [
      "for an option of lifecycle that an unset variable left empty",
      ["lifecycle", "p.json", "--shared-with", ""],
      /got nothing for --shared-with: name what it is to be, or leave it out/,
    ],
    [
      "where saved images would overwrite the policy",
      ["lifecycle", "p.json", "--repository", "shop", "--save-images", "./p.json"],
      /got the policy's own file for --save-images, which would overwrite it: name another/,
    ],
    ["with an option of another command", ["lifecycle", "p.json", "--store", "s"], /Unknown option '--store'\nTry/],
    [
      "for lifecycle without a file",
      ["lifecycle"],
      /got 0 files, expected one with a lifecycle policy: lifecycle FILE/,
    ],
    ["for lifecycle with two files", ["lifecycle", "a.json", "b.json"], /got 2 files, expected one/],
    [
      "for images from ECR and from a file",
      ["lifecycle", "p.json", "--repository", "shop", "--images", "images.json"],
      /got --repository and --images, expected one/,
    ],
    [
      "where there are no images to save",
      ["lifecycle", "p.json", "--save-images", "images.json"],
      /got --save-images without --repository: give the repository/,
    ],
    ["for check without a file", ["check"], /got no file, expected those of task definitions: check FILE\.\.\./],
    [
      "for check with a severity that there is not",
      ["check", "--severity", "high", "a.json"],
      /got --severity high, expected danger or advice/,
    ],
    [
      "for check with an option of those that ask AWS",
      ["check", "a.json", "--region", "x"],
      /Unknown option '--region'/,
    ],
    ["with a name that would move the cursor", ["\u001b[2J\u202e"], /got command "\?\[2J\?", expected/],
  ] as const) {
    it(`exits with 64 ${what}, having called nothing and printed nothing on stdout`, async () => {
      const world = new World();
      const { code, stdout, stderr } = await cli(world, [...args]);
      assert.deepEqual([code, stdout, world.gate.calls.length], [64, "", 0]);
      assert.match(stderr, message);
      assert.match(stderr, /\nTry ecs-retention --help\n$/);
    });
  }

  for (const [what, text, message] of [
    [
      "is not JSON",
      '{"family": "checkout"',
      /bad\.json: got no JSON.*, expected a retention policy as JSON; mend its syntax/,
    ],
    ["names an unknown key", { family: "checkout", images: {} }, /bad\.json: images: got/],
    [
      "keeps no revision",
      { family: "checkout", taskDefinitions: { keepRevisions: 0 } },
      /bad\.json: taskDefinitions\.keepRevisions: got 0, expected a whole number of at least 1; /,
    ],
  ] as const) {
    it(`exits with 1 where the only policy ${what}, naming file and property, before it calls anything`, async () => {
      const world = new World();
      const { code, stdout, stderr } = await cli(world, ["--policy", policies.write("bad.json", text)]);
      assert.deepEqual([code, stdout, world.gate.calls.length], [1, "", 0]);
      assert.match(stderr, message);
    });
  }

  it("exits with 64 for a store that is neither a bucket nor a folder, having called nothing", async () => {
    const world = new World();
    const file = policies.write("a.json", policyOf("a"));
    const { code, stderr } = await cli(world, ["--policy", file, "--store", "https://bucket"]);
    assert.deepEqual([code, world.gate.calls.length], [64, 0]);
    assert.match(stderr, /--store: got "https:\/\/bucket", expected s3:\/\/BUCKET, without a key, or a folder/);
  });

  it("exits with 1 where the bucket cannot be read, naming it and why", async () => {
    const file = policies.write("a.json", policyOf("a"));
    const { code, stdout, stderr } = await cli(await checkoutWorld(), ["--policy", file, "--store", "s3://no-bucket"]);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /--store s3:\/\/no-bucket cannot be read \(.*NoSuchBucket\): check its name, your rights/);
  });

  for (const [what, text, message] of [
    ["is not JSON", "{", /settings\.json: got no JSON.*, expected settings as JSON; mend its syntax/],
    [
      "leaves out a source that cannot be",
      { ignoredSources: [{ source: "tasks", reason: "no" }] },
      /settings\.json: ignoredSources\[0\]\.source: got "tasks", expected one of "rules"/,
    ],
  ] as const) {
    it(`exits with 1 where the file of --settings ${what}, before it calls anything`, async () => {
      const world = new World();
      const [file, settings] = [policies.write("a.json", policyOf("a")), policies.write("settings.json", text)];
      const { code, stderr } = await cli(world, ["--policy", file, "--settings", settings]);
      assert.deepEqual([code, world.gate.calls.length], [1, 0]);
      assert.match(stderr, message);
    });
  }

  it("exits with 1 where a policy cannot be read, without quoting it", async () => {
    const { code, stderr } = await cli(new World(), ["--policy", `${policies.folder}/none.json`]);
    assert.equal(code, 1);
    assert.match(stderr, /none\.json: got no readable file \(ENOENT\)/);
    const secret = await cli(new World(), ["--policy", policies.write("env", "TOKEN=hunter2")]);
    assert.doesNotMatch(secret.stderr, /hunter2/);
  });

  it("goes on with the sound policies, shows the problem of the other and exits with 1", async () => {
    const world = await checkoutWorld();
    const bad = policies.write("bad.json", { family: "basket", taskDefinitions: { keepRevisions: 0 } });
    const { code, stdout } = await cli(world, [
      "plan",
      "--policy",
      policies.write("a.json", policyOf("checkout")),
      bad,
    ]);
    assert.equal(code, 1);
    assert.match(stdout, /problem: .*bad\.json: taskDefinitions\.keepRevisions: got 0/);
    assert.match(stdout, /checkout:1-3 .*delete/);
  });

  it("names the fix where there is no Region", async () => {
    const { code, stderr } = await cli(new World(), ["--policy", policies.write("a.json", policyOf("a"))], { env: {} });
    assert.equal(code, 1);
    assert.match(stderr, /no AWS Region: give --region, set AWS_REGION, or set `region` in the AWS profile/);
  });

  it("takes the Region from --region, AWS_REGION, AWS_DEFAULT_REGION and the profile, in this order", async () => {
    const file = policies.write("a.json", policyOf("a"));
    const regionOf = async (args: string[], env: Record<string, string>) => {
      const world = new World();
      await cli(world, ["--policy", file, ...args], { env, profileRegion: async () => "eu-west-4" });
      return world.gate.calls[0]?.region;
    };
    const both = { AWS_REGION: "eu-west-2", AWS_DEFAULT_REGION: "eu-west-3" };
    assert.equal(await regionOf(["--region", "eu-west-1"], both), "eu-west-1");
    assert.equal(await regionOf([], both), "eu-west-2");
    assert.equal(await regionOf([], { AWS_DEFAULT_REGION: "eu-west-3" }), "eu-west-3");
    assert.equal(await regionOf([], {}), "eu-west-4");
  });

  it("hands --profile to the SDK before the SDK is asked for a Region", async () => {
    const env: Record<string, string | undefined> = {};
    let seen: string | undefined;
    const profileRegion = async () => {
      seen = env.AWS_PROFILE;
      return REGION;
    };
    await cli(new World(), ["--policy", policies.write("a.json", policyOf("a")), "--profile", "shop"], {
      env,
      profileRegion,
    });
    assert.equal(seen, "shop");
  });

  for (const [error, message] of [
    [
      Object.assign(new Error("Could not load credentials"), { name: "CredentialsProviderError" }),
      /no AWS credentials for profile shop .*: give --profile or set AWS_PROFILE/,
    ],
    [
      new AwsError("ExpiredToken", "expired", 403),
      /did not accept the credentials for profile shop \(ExpiredToken\): renew them/,
    ],
    [
      Object.assign(new Error("connect"), { code: "ECONNREFUSED" }),
      /cannot be reached \(ECONNREFUSED\): check the network/,
    ],
  ] as const) {
    it(`names the fix where AWS answers ${error.name} to the first call`, async () => {
      const env = { AWS_REGION: REGION, AWS_PROFILE: "shop" };
      const connect = () => ({ sts: () => ({ send: () => Promise.reject(error) }) }) as never;
      const file = policies.write("a.json", policyOf("a"));
      const { code, stdout, stderr } = await cli(new World(), ["--policy", file], { env, connect });
      assert.deepEqual([code, stdout], [1, ""]);
      assert.match(stderr, message);
    });
  }

  it("writes progress to stderr only where that is a terminal, and wipes it at the end", async () => {
    const world = await checkoutWorld();
    const file = policies.write("a.json", policyOf("checkout"));
    const shown = await cli(world, ["--policy", file], { terminal: true });
    assert.match(shown.stderr, /Listing revisions …/);
    assert.match(shown.stderr, /Reading revisions 5 of 6 …/);
    assert.ok(shown.stderr.endsWith("\r\u001b[2K"), shown.stderr);
    await world.clock.advance(DAY);
    const silent = await cli(world, ["--policy", file]);
    assert.deepEqual([silent.stderr, removals(world)], ["", []]);
    assert.equal(silent.stdout.includes(ACCOUNT), true);
  });
});
