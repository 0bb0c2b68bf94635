import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { LifecycleResult } from "../../report/lifecycle";
import { AwsError, World } from "../../simulator";
import { archiveImage, pushImage, pushIndex, pushReferrer } from "../../simulator/services/ecr-images";
import { createRepository } from "../../simulator/services/ecr-repositories";
import { ACCOUNT, cli, DAY, type Finished, Policies, REGION, SECRET, scopeOf } from "./support";

const SHOP = "shop/checkout";

/** AWS's JSON. */
const rule = (rulePriority: number, selection: object) => ({
  rulePriority,
  selection,
  action: { type: "expire" },
});
const RELEASES = rule(1, {
  tagStatus: "tagged",
  tagPatternList: ["release-*"],
  countType: "imageCountMoreThan",
  countNumber: 3,
});
const UNTAGGED = rule(2, { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 14 });
const NOTHING_FOUND = { rules: [RELEASES] };
const FOUND = { rules: [RELEASES, UNTAGGED] };

/** The digests of what {@link shopWorld} pushed. */
interface Pushed {
  releases: string[];
  index: string;
  children: string[];
  signature: string;
  untagged: string;
  archived: string;
}

/**
 * A repository with `release-1` to `-5`, a day apart, an index of two untagged images with its signature, an untagged image
 * and an archived one; all of it is 20 days old.
 */
async function shopWorld(startsAt?: number): Promise<{ world: World; pushed: Pushed }> {
  const world = new World({ pageSize: 3, ...(startsAt === undefined ? {} : { startsAt }) });
  const scope = scopeOf(world);
  createRepository(scope, { name: SHOP });
  const releases: string[] = [];
  for (const each of [1, 2, 3, 4, 5]) {
    releases.push(pushImage(scope, SHOP, { tags: [`release-${each}`] }));
    await world.clock.advance(DAY);
  }
  const children = ["amd64", "arm64"].map((content) => pushImage(scope, SHOP, { content }));
  const index = pushIndex(scope, SHOP, { tags: ["multi"], children });
  const signature = pushReferrer(scope, SHOP, { subject: index, tags: ["sha256-signature"] });
  const untagged = pushImage(scope, SHOP);
  const archived = pushImage(scope, SHOP, { tags: ["old"] });
  archiveImage(scope, SHOP, archived);
  await world.clock.advance(SINCE);
  return { world, pushed: { releases, index, children, signature, untagged, archived } };
}
const SINCE = 20 * DAY;

function resultOf({ stdout }: Finished): Extract<LifecycleResult, { policy: object }> {
  const result = JSON.parse(stdout) as LifecycleResult;
  return result.policy ? result : assert.fail(stdout);
}

/** `action because` by digest. */
function verdictsOf(finished: Finished): Record<string, string> {
  const { repository } = resultOf(finished);
  return Object.fromEntries(
    (repository ?? assert.fail("no repository")).verdicts.map(({ image, action, because }) => [
      image.digest,
      `${action} ${because}`,
    ]),
  );
}

describe("ecs-retention lifecycle", () => {
  let files: Policies;
  beforeEach(() => {
    files = new Policies();
  });
  afterEach(() => files.remove());

  const policy = (text: object | string) => files.write("policy.json", text);
  const path = (name: string) => join(files.folder, name);

  it("explains a policy without asking AWS for anything, and exits with 0 where nothing is found", async () => {
    const world = new World();
    const { code, stdout, stderr } = await cli(world, ["lifecycle", policy(NOTHING_FOUND)], { env: { NO_COLOR: "1" } });
    assert.deepEqual([code, stderr, world.gate.calls.length], [0, "", 0]);
    assert.match(stdout, /keeps the newest 3 images with a tag like release-\*, expires the others/);
    assert.match(stdout, /AWS accepts this policy; nothing was found against it\./);
  });

  it("exits with 2 where there is a finding, and with 0 once each is accepted", async () => {
    const found = await cli(new World(), ["lifecycle", policy(FOUND)]);
    assert.equal(found.code, 2);
    assert.match(found.stdout, /untagged-in-use/);
    const acceptedFindings = [{ id: "untagged-in-use", reason: "services are deployed by tag" }];
    const settings = policy({ policyJson: JSON.stringify(FOUND), acceptedFindings });
    const accepted = await cli(new World(), ["lifecycle", settings]);
    assert.deepEqual([accepted.code, accepted.stderr], [0, ""]);
    assert.match(accepted.stdout, /services are deployed by tag/);
  });

  it("is told with --shared-with which services are in the repository, too", async () => {
    const args = ["lifecycle", policy(NOTHING_FOUND), "--shared-with", "basket", "--shared-with", "search", "--json"];
    const shared = await cli(new World(), args);
    assert.equal(shared.code, 2);
    const [finding, ...others] = resultOf(shared).findings;
    assert.deepEqual([finding?.id, others], ["shared-count", []]);
    assert.match(finding?.what ?? "", /basket.*search/);
  });

  it("exits with 1 and names all problems of a policy that AWS refuses, before it asks AWS for anything", async () => {
    const world = new World();
    const wrong = { rules: [{ ...RELEASES, rulePriority: 0 }, rule(2, { ...UNTAGGED.selection, countNumber: 0 })] };
    for (const json of [[], ["--json"]]) {
      const args = ["lifecycle", policy(wrong), "--repository", SHOP, "--save-images", path("images.json"), ...json];
      const { code, stdout, stderr } = await cli(world, args);
      assert.deepEqual([code, stderr, world.gate.calls.length], [1, "", 0]);
      assert.match(stdout, /rulePriority.*countNumber/s);
    }
    assert.deepEqual(readdirSync(files.folder), ["policy.json"]);
  });

  it("shows what goes of a repository: every page of it, with indexes, signatures and what is archived", async () => {
    const { world, pushed } = await shopWorld();
    const args = ["lifecycle", policy(FOUND), "--repository", SHOP];
    const { code, stdout, stderr } = await cli(world, args);
    assert.deepEqual([code, stderr], [2, ""]);
    assert.match(stdout, /Repository shop\/checkout/);
    assert.match(stdout, /release-1/);

    const json = await cli(world, [...args, "--json"]);
    assert.deepEqual([json.code, json.stderr], [2, ""]);
    const verdicts = verdictsOf(json);
    assert.equal(Object.keys(verdicts).length, 11);
    assert.deepEqual(
      pushed.releases.map((digest) => verdicts[digest]),
      ["expire taken", "expire taken", "keep newest", "keep newest", "keep newest"],
    );
    assert.deepEqual(
      pushed.children.map((digest) => verdicts[digest]),
      ["keep index", "keep index"],
    );
    assert.equal(verdicts[pushed.untagged], "expire taken");
    for (const each of [pushed.index, pushed.signature, pushed.archived]) {
      assert.equal(verdicts[each], "keep unselected");
    }
    const { repository, source } = resultOf(json);
    assert.deepEqual(
      [source, repository?.name, repository?.account, repository?.region, repository?.unread],
      [path("policy.json"), SHOP, ACCOUNT, REGION, []],
    );
  });

  it("lets a repository whose tags never move free its policy of what it finds where they do", async () => {
    const world = new World();
    createRepository(scopeOf(world), { name: SHOP, imageTagMutability: "IMMUTABLE" });
    const found = await cli(world, ["lifecycle", policy(FOUND), "--repository", SHOP, "--json"]);
    assert.deepEqual(
      resultOf(found).findings.filter(({ id }) => id === "untagged-in-use"),
      [],
    );
  });

  it("reads offline with --images what --save-images kept, as of the time at which it was read", async () => {
    const { world } = await shopWorld();
    const file = policy(FOUND);
    const images = files.write("images.json", "an older one");
    const online = ["lifecycle", file, "--repository", SHOP, "--save-images", images, "--json"];
    const before = await cli(world, online);
    assert.deepEqual([before.code, before.stderr], [2, ""]);
    assert.deepEqual(readdirSync(files.folder).sort(), ["images.json", "policy.json"]);
    await world.clock.advance(100 * DAY);
    const calls = world.gate.calls.length;
    const after = await cli(world, ["lifecycle", file, "--images", images, "--json"], { env: {} });
    assert.deepEqual([after.code, after.stderr, world.gate.calls.length], [2, "", calls]);
    assert.equal(after.stdout, before.stdout);
  });

  it("shows which index could not be read, and judges what it could", async () => {
    const { world, pushed } = await shopWorld();
    world.gate.faults = ({ operation }) =>
      operation === "BatchGetImage" ? { before: new AwsError("AccessDeniedException", "no") } : undefined;
    const args = ["lifecycle", policy(FOUND), "--repository", SHOP];
    const { code, stdout, stderr } = await cli(world, args);
    assert.deepEqual([code, stderr], [2, ""]);
    assert.match(stdout, new RegExp(`${pushed.index}: ecr:BatchGetImage: AccessDeniedException`));
    const json = await cli(world, [...args, "--json"]);
    assert.deepEqual(resultOf(json).repository?.unread, [`${pushed.index}: ecr:BatchGetImage: AccessDeniedException`]);
    assert.equal(verdictsOf(json)[pushed.children[0] ?? ""], "expire taken");
  });

  it("waits where AWS throttles", async () => {
    const { world } = await shopWorld();
    world.gate.faults = ({ service }, n) =>
      service === "ecr" && n % 3 !== 0 ? { before: new AwsError("ThrottlingException", "slow down") } : undefined;
    const { code, stdout } = await cli(world, ["lifecycle", policy(FOUND), "--repository", SHOP, "--json"]);
    assert.equal(code, 2);
    assert.equal(Object.keys(JSON.parse(stdout).repository.verdicts).length, 11);
  });

  for (const [operation, error, message] of [
    [
      "DescribeRepositories",
      "RepositoryNotFoundException",
      /no repository "shop\/checkout" in account 111111111111, eu-central-1 .*: give its name alone.*--region and --profile/,
    ],
    [
      "DescribeRepositories",
      "InvalidParameterException",
      /give its name alone, such as shop\/checkout, without registry/,
    ],
    [
      "DescribeImages",
      "AccessDeniedException",
      /cannot be read \(ecr:DescribeImages: AccessDeniedException\): allow .*ecr:DescribeImages.* to the caller/,
    ],
    ["DescribeImages", "ThrottlingException", /\(ecr:DescribeImages: ThrottlingException\): .*; try again later/],
    ["DescribeImages", "ServerException", /\(ecr:DescribeImages: ServerException\): check the network/],
    ["DescribeImages", "ValidationException", /\(ecr:DescribeImages: ValidationException\): try again/],
  ] as const) {
    it(`exits with 1 and says what to do where ${operation} ends with ${error}; nothing is saved`, async () => {
      const { world } = await shopWorld();
      world.gate.faults = (call) =>
        call.operation === operation ? { before: new AwsError(error, SECRET) } : undefined;
      const args = ["lifecycle", policy(FOUND), "--repository", SHOP, "--save-images", path("images.json")];
      const { code, stdout, stderr } = await cli(world, args);
      assert.deepEqual([code, stdout], [1, ""]);
      assert.match(stderr, message);
      assert.match(stderr, /^ecs-retention: [^\n]+\n$/);
      assert.ok(!stderr.includes(SECRET));
      assert.deepEqual(readdirSync(files.folder), ["policy.json"]);
    });
  }

  it("says what to do where there is no Region, or the policy cannot be read", async () => {
    const nowhere = await cli(new World(), ["lifecycle", policy(FOUND), "--repository", SHOP], { env: {} });
    assert.deepEqual([nowhere.code, nowhere.stdout], [1, ""]);
    assert.match(nowhere.stderr, /no AWS Region: give --region/);
    const missing = await cli(new World(), ["lifecycle", path("none.json")]);
    assert.deepEqual([missing.code, missing.stdout], [1, ""]);
    assert.match(
      missing.stderr,
      /none\.json: got no readable file \(ENOENT\), expected an ECR lifecycle policy; check/,
    );
  });

  it("hands --profile to the SDK, and asks in the Region of --region", async () => {
    const { world } = await shopWorld();
    const env: Record<string, string | undefined> = {};
    const args = ["lifecycle", policy(FOUND), "--repository", SHOP, "--region", REGION, "--profile", "shop", "--json"];
    const { code } = await cli(world, args, { env });
    assert.deepEqual([code, env.AWS_PROFILE], [2, "shop"]);
  });

  for (const [what, text] of [
    ["is no JSON", `TOKEN=${SECRET}`],
    ["is a text", JSON.stringify(SECRET)],
    ["is a list", JSON.stringify([SECRET])],
    ["is something else", { [SECRET]: SECRET, version: SECRET }],
    ["has another version", { version: 2, images: [SECRET] }],
  ] as const) {
    it(`prints nothing of a file that is named by mistake and ${what}`, async () => {
      const world = new World();
      const wrong = files.write("wrong.json", text as object | string);
      const images = await cli(world, ["lifecycle", policy(FOUND), "--images", wrong]);
      assert.deepEqual([images.code, images.stdout, world.gate.calls.length], [1, "", 0]);
      assert.match(images.stderr, /wrong\.json: got .*, expected the images of a repository, as --save-images writes/);
      assert.ok(!images.stderr.includes(SECRET), images.stderr);
      const named = await cli(world, ["lifecycle", wrong]);
      assert.equal(named.code, 1);
      assert.ok(!`${named.stdout}${named.stderr}`.includes(SECRET), named.stdout + named.stderr);
    });
  }

  it("names what is wrong in an images file that somebody edited, and ten problems at most", async () => {
    const { world } = await shopWorld();
    const images = path("images.json");
    await cli(world, ["lifecycle", policy(FOUND), "--repository", SHOP, "--save-images", images]);
    const kept = JSON.parse(readFileSync(images, "utf8"));
    const errorsOf = async (edited: object) => {
      const file = files.write("edited.json", { ...kept, ...edited });
      const { code, stdout, stderr } = await cli(world, ["lifecycle", policy(FOUND), "--images", file]);
      assert.deepEqual([code, stdout], [1, ""]);
      return stderr;
    };
    const [first, ...others] = kept.images as object[];
    const seconds = { ...first, pushedAt: 1_770_000_000, colour: "blue" };
    const wrong = await errorsOf({ images: [seconds, ...others], mutability: { setting: "FIXED", exclusions: [] } });
    assert.match(
      wrong,
      /edited\.json: images\[0\]\.pushedAt: got 1770000000, expected a time in milliseconds since 1970;/,
    );
    assert.match(wrong, /edited\.json: images\[0\]\.colour: got an unknown property/);
    assert.match(wrong, /edited\.json: mutability\.setting: got "FIXED", expected "MUTABLE", "IMMUTABLE",/);
    assert.match(
      await errorsOf({ images: [first, first] }),
      /images\[1\]\.digest: got that of images\[0\], expected each/,
    );
    const many = await errorsOf({ images: [first, ...Array(30).fill({})] });
    assert.equal(many.match(/edited\.json: images/g)?.length, 10);
    assert.match(many, /edited\.json: \d+ more like these/);
  });

  it("leaves an images file as it was, and no other behind, where the new one cannot be written", async () => {
    const { world } = await shopWorld();
    const args = ["lifecycle", policy(FOUND), "--repository", SHOP, "--save-images"];
    const nowhere = await cli(world, [...args, path("none/images.json")]);
    assert.deepEqual([nowhere.code, nowhere.stdout], [1, ""]);
    assert.match(
      nowhere.stderr,
      /--save-images .*none\/images\.json cannot be written \(ENOENT\): name a file in a folder/,
    );
    const within = await cli(world, [...args, path("policy.json/images.json")]);
    assert.match(within.stderr, /cannot be written \(ENOTDIR\)/);
    mkdirSync(path("taken"));
    const taken = await cli(world, [...args, path("taken")]);
    assert.match(taken.stderr, /taken cannot be written \(a folder or a device\)/);
    assert.deepEqual(readdirSync(files.folder).sort(), ["policy.json", "taken"]);
  });

  it("shows on a terminal how far it is, and wipes it at the end", async () => {
    const { world } = await shopWorld();
    const { stderr } = await cli(world, ["lifecycle", policy(FOUND), "--repository", SHOP], { terminal: true });
    assert.match(stderr, /Reading images 3 ….*Reading images 11 ….*Reading manifests of indexes 0 of 1 …/s);
    assert.ok(stderr.endsWith("\r\u001b[2K"), stderr);
  });
});
