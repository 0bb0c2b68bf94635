import assert from "node:assert/strict";
import { World } from "../../simulator";
import {
  archiveImage,
  listImages,
  pullImage,
  pushImage,
  pushIndex,
  pushReferrer,
  removeImage,
  restoreImage,
} from "../../simulator/services/ecr-images";
import { deleteLifecyclePolicy, putLifecyclePolicy } from "../../simulator/services/ecr-lifecycle";
import { createRepository, deleteRepository, repositoryOf } from "../../simulator/services/ecr-repositories";

import {
  ANY,
  ARCHIVE,
  archived,
  count,
  days,
  policyOf,
  prefixed,
  type Rule,
  tagged,
  UNTAGGED,
} from "./lifecycle-rules";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NAME = "shop/checkout";

describe("simulated lifecycle policies", () => {
  let world: World;
  const scope = () => world.scope("111111111111", "eu-central-1");
  const put = (...rules: Rule[]) => putLifecyclePolicy(scope(), NAME, policyOf(...rules));
  const tags = (status: string) =>
    listImages(scope(), NAME)
      .filter((image) => image.status === status)
      .map((image) => [...image.tags].sort().join("+") || "-")
      .sort();

  beforeEach(() => {
    world = new World();
    createRepository(scope(), { name: NAME });
  });

  /** Ages in days of images, whose tags are listed, and what is left within a day of the policy. */
  const worked = (what: string, images: [tags: string, age: number][], rules: Rule[], left: string[]) =>
    it(what, async () => {
      const start = world.clock.now();
      for (const [list, age] of images.toSorted(([, a], [, b]) => b - a)) {
        await world.clock.advance(start + (20 - age) * DAY - world.clock.now());
        pushImage(scope(), NAME, { tags: list.split("+").filter(Boolean) });
      }
      await world.clock.advance(start + 20 * DAY - world.clock.now());
      put(...rules);
      await world.clock.advance(DAY);
      assert.deepEqual(tags("ACTIVE"), left);
    });

  describe("keep, of AWS's own examples,", () => {
    const three: [string, number][] = [
      ["beta-1+prod-1", 10],
      ["beta-2+prod-2", 9],
      ["beta-3", 8],
    ];
    const prod = { selection: { ...tagged("prod*"), ...count(1) } };
    const beta = { selection: { ...tagged("beta*"), ...count(1) } };
    worked("what matches an earlier rule that leaves it", three, [prod, beta], ["beta-2+prod-2", "beta-3"]);
    worked("what the first rule leaves of all that it matches", three, [beta, prod], ["beta-3"]);

    const both: [string, number][] = [
      ["alpha-1", 12],
      ["beta-1", 11],
      ["alpha-2+beta-2", 10],
      ["alpha-3", 3],
      ["beta-3", 2.5],
      ["alpha-4+beta-4", 2],
    ];
    worked(
      "what has no tag for each entry of a list",
      both,
      [{ selection: { ...prefixed("alpha", "beta"), ...days(5) } }],
      ["alpha-1", "alpha-3", "alpha-4+beta-4", "beta-1", "beta-3"],
    );
    worked(
      "only one of all, where any counts what earlier rules marked",
      [
        ["alpha-1+beta-1", 4],
        ["", 3],
        ["alpha-2", 2],
        ["git-hash", 1],
        ["", 0.9],
      ],
      [
        { selection: { ...tagged("alpha*"), ...count(1) } },
        { selection: { ...UNTAGGED, ...days(2) } },
        { selection: { ...ANY, ...count(1) } },
      ],
      ["-", "alpha-2"],
    );
  });

  it("take an image within a day once it is older than the days, and no sooner", async () => {
    pushImage(scope(), NAME, { tags: ["v1"] });
    put({ selection: { ...tagged("v*"), ...days(3) } });
    await world.clock.advance(3 * DAY);
    assert.deepEqual(tags("ACTIVE"), ["v1"]);
    await world.clock.advance(DAY);
    assert.deepEqual(tags("ACTIVE"), []);
    const { lastEvaluatedAt = 0 } = repositoryOf(scope(), NAME).lifecycle;
    assert.ok(world.clock.now() - lastEvaluatedAt <= DAY);
  });

  it("archive what nobody pulls, and delete it 90 days later", async () => {
    pushImage(scope(), NAME, { tags: ["pulled"] });
    pushImage(scope(), NAME, { tags: ["unused"] });
    await world.clock.advance(2 * DAY);
    pullImage(scope(), NAME, "pulled");
    put(
      { selection: { ...ANY, ...days(2, "sinceImagePulled") }, action: ARCHIVE },
      { selection: { ...ANY, ...archived(1) } },
    );
    await world.clock.advance(DAY);
    assert.deepEqual([tags("ACTIVE"), tags("ARCHIVED")], [["pulled"], ["unused"]]);
    await world.clock.advance(89 * DAY);
    assert.deepEqual(tags("ARCHIVED"), ["pulled", "unused"]);
    await world.clock.advance(2 * DAY);
    assert.deepEqual(tags("ARCHIVED"), ["pulled"]);
  });

  it("count a restored image from its restoration", async () => {
    pushImage(scope(), NAME, { tags: ["v1"] });
    archiveImage(scope(), NAME, "v1");
    await world.clock.advance(5 * DAY);
    restoreImage(scope(), NAME, "v1");
    put({ selection: { ...ANY, ...days(3) } });
    await world.clock.advance(3 * DAY);
    assert.deepEqual(tags("ACTIVE"), ["v1"]);
    await world.clock.advance(DAY + HOUR);
    assert.deepEqual(tags("ACTIVE"), []);
  });

  it("take the images of an index only after the index", async () => {
    const child = pushImage(scope(), NAME);
    pushIndex(scope(), NAME, { tags: ["v1"], children: [child] });
    put({ selection: { ...UNTAGGED, ...days(1) } }, { selection: { ...tagged("v*"), ...days(5) } });
    await world.clock.advance(5 * DAY);
    assert.deepEqual(tags("ACTIVE"), ["-", "v1"]);
    let left = tags("ACTIVE");
    while (left.includes("v1")) {
      await world.clock.advance(HOUR);
      left = tags("ACTIVE");
    }
    assert.deepEqual(left, ["-"]);
    await world.clock.advance(DAY);
    assert.deepEqual(tags("ACTIVE"), []);
  });

  it("take referrers within a day of their subject, also where the policy went meanwhile", async () => {
    const subject = pushImage(scope(), NAME, { tags: ["v1"] });
    const signature = pushReferrer(scope(), NAME, { subject, tags: ["signature"] });
    pushReferrer(scope(), NAME, { subject: signature, tags: ["countersignature"] });
    await world.clock.advance(2 * DAY);
    put({ selection: { ...tagged("v*"), ...days(1) }, action: ARCHIVE });
    while (tags("ACTIVE").includes("v1")) await world.clock.advance(HOUR);
    assert.deepEqual(tags("ACTIVE"), ["countersignature", "signature"]);
    deleteLifecyclePolicy(scope(), NAME);
    await world.clock.advance(2 * DAY);
    assert.deepEqual(tags("ARCHIVED"), ["countersignature", "signature", "v1"]);
  });

  describe("leave the referrer of an image that went", () => {
    beforeEach(async () => {
      const subject = pushImage(scope(), NAME, { tags: ["v1"] });
      pushReferrer(scope(), NAME, { subject, tags: ["signature"] });
      await world.clock.advance(2 * DAY);
      put({ selection: { ...tagged("v*"), ...days(1) }, action: ARCHIVE });
      while (tags("ACTIVE").includes("v1")) await world.clock.advance(MINUTE);
    });

    it("where it came back", async () => {
      restoreImage(scope(), NAME, "v1");
      await world.clock.advance(DAY);
      assert.deepEqual(tags("ACTIVE"), ["signature", "v1"]);
    });

    it("where an index came to name the referrer", async () => {
      pushIndex(scope(), NAME, { tags: ["index"], children: ["signature"] });
      await world.clock.advance(DAY);
      assert.deepEqual(tags("ACTIVE"), ["index", "signature"]);
    });

    it("where the referrer went already", async () => {
      removeImage(scope(), NAME, listImages(scope(), NAME).find((image) => image.tags.has("signature"))?.digest ?? "");
      await world.clock.advance(DAY);
      assert.deepEqual(tags("ACTIVE"), []);
    });

    it("where the repository is another one of that name", async () => {
      deleteRepository(scope(), NAME, true);
      createRepository(scope(), { name: NAME });
      pushImage(scope(), NAME, { tags: ["new"] });
      await world.clock.advance(DAY);
      assert.deepEqual(tags("ACTIVE"), ["new"]);
    });
  });

  it("do nothing any more once they are deleted", async () => {
    pushImage(scope(), NAME, { tags: ["v1"] });
    put({ selection: { ...ANY, ...days(1) } });
    deleteLifecyclePolicy(scope(), NAME);
    await world.clock.advance(30 * DAY);
    assert.deepEqual(tags("ACTIVE"), ["v1"]);
  });
});
