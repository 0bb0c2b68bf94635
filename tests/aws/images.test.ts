import assert from "node:assert/strict";
import type { ImageDetail } from "@aws-sdk/client-ecr";
import { type ImageProgress, readImages, readRepository } from "../../aws/images";
import { calls } from "../../aws/retry";
import type { Image } from "../../retention/images/image";
import { AwsError, type World } from "../../simulator";
import {
  archiveImage,
  listImages,
  pullImage,
  pushImage,
  pushIndex,
  pushReferrer,
  restoreImage,
} from "../../simulator/services/ecr-images";
import { createRepository } from "../../simulator/services/ecr-repositories";
import { answering, callsOf, connectAdmin, DAY, failing, HOUR, newWorld, scopeOf } from "../cleanup/support";

const SHOP = "shop/checkout";

function shop(world = newWorld()): World {
  createRepository(scopeOf(world), { name: SHOP });
  return world;
}

function read(world: World, connect = connectAdmin(world), onProgress?: (progress: ImageProgress) => void) {
  const { clock } = world;
  return clock.actor(() => readImages(connect.ecr(), calls(clock, clock.now() + HOUR), SHOP, onProgress));
}

function byDigest(images: Image[]): Record<string, Image> {
  return Object.fromEntries(images.map((image) => [image.digest, image]));
}

describe("readRepository", () => {
  const readIn = (world: World, connect = connectAdmin(world), name = SHOP) =>
    world.clock.actor(() => readRepository(connect.ecr(), calls(world.clock, world.clock.now() + HOUR), name));

  it("tells whether tags may move, and for which of them the opposite holds", async () => {
    assert.deepEqual(await readIn(shop()), { mutability: { setting: "MUTABLE", exclusions: [] } });
    const world = newWorld();
    createRepository(scopeOf(world), {
      name: SHOP,
      imageTagMutability: "IMMUTABLE_WITH_EXCLUSION",
      exclusionFilters: ["latest", "dev-*"],
    });
    const { mutability } = await readIn(world);
    assert.deepEqual(mutability, { setting: "IMMUTABLE_WITH_EXCLUSION", exclusions: ["latest", "dev-*"] });
  });

  it("fails where there is none of that name, and where the answer tells nothing", async () => {
    const world = shop();
    await assert.rejects(readIn(world, undefined, "shop/basket"), {
      message: "ecr:DescribeRepositories: RepositoryNotFoundException",
    });
    const odd = answering(connectAdmin(world), "DescribeRepositories", () => ({ repositories: [] }));
    await assert.rejects(readIn(world, odd), { message: "ecr:DescribeRepositories: UnexpectedAnswer" });
  });
});

describe("readImages", () => {
  it("reads every page, and of each image all its tags and when it was pushed and pulled", async () => {
    const world = shop();
    const pushed: string[] = [];
    for (let each = 1; each <= 8; each++) {
      pushed.push(pushImage(scopeOf(world), SHOP, { tags: each === 3 ? [] : [`v${each}`, `build-${each}`] }));
      await world.clock.advance(DAY);
    }
    pullImage(scopeOf(world), SHOP, "v2");
    const pulledAt = world.clock.now();
    const { images, unread } = await read(world);
    assert.deepEqual(unread, []);
    assert.deepEqual(images.map(({ digest }) => digest).sort(), pushed.sort());
    assert.ok(callsOf(world, "DescribeImages").length >= 3);
    const tagged = (tag: string) => images.find(({ tags }) => tags.includes(tag)) ?? assert.fail(tag);
    assert.deepEqual([...tagged("v4").tags].sort(), ["build-4", "v4"]);
    assert.equal(tagged("v4").pushedAt, tagged("v1").pushedAt + 3 * DAY);
    assert.deepEqual([tagged("v2").pulledAt, "pulledAt" in tagged("v4")], [pulledAt, false]);
    assert.equal(images.filter(({ tags }) => tags.length === 0).length, 1);
    const sizes = new Map(listImages(scopeOf(world), SHOP).map((image) => [image.digest, image.sizeInBytes]));
    assert.ok(images.every(({ digest, bytes }) => bytes > 0 && bytes === sizes.get(digest)));
  });

  it("reads archived images, those that are being restored, and when they were", async () => {
    const world = shop();
    const [kept, archived, restoring, restored] = ["a", "b", "c", "d"].map((content) =>
      pushImage(scopeOf(world), SHOP, { content, tags: [content] }),
    ) as [string, string, string, string];
    for (const each of [archived, restoring, restored]) archiveImage(scopeOf(world), SHOP, each);
    const archivedAt = world.clock.now();
    await world.clock.advance(DAY);
    restoreImage(scopeOf(world), SHOP, restored);
    await world.clock.advance(HOUR);
    restoreImage(scopeOf(world), SHOP, restoring);
    const { images } = await read(world);
    const found = byDigest(images);
    assert.deepEqual(
      [kept, archived, restoring, restored].map((digest) => found[digest]?.status),
      ["ACTIVE", "ARCHIVED", "ACTIVATING", "ACTIVE"],
    );
    assert.equal(found[archived]?.archivedAt, archivedAt);
    assert.ok((found[restored]?.activatedAt ?? 0) > archivedAt);
    assert.deepEqual(["archivedAt" in (found[kept] ?? {}), "activatedAt" in (found[kept] ?? {})], [false, false]);
  });

  it("reads what an index names and whose signature an image is, and no manifest but those of indexes", async () => {
    const world = shop();
    const children = ["amd64", "arm64"].map((content) => pushImage(scopeOf(world), SHOP, { content }));
    const index = pushIndex(scopeOf(world), SHOP, { tags: ["v1"], children });
    const signature = pushReferrer(scopeOf(world), SHOP, { subject: index });
    const alone = pushImage(scopeOf(world), SHOP, { tags: ["v2"] });
    const { images, unread } = await read(world);
    const found = byDigest(images);
    assert.deepEqual([unread, found[index]?.children.sort()], [[], children.sort()]);
    assert.equal(found[signature]?.subject, index);
    for (const digest of [...children, signature, alone]) assert.deepEqual(found[digest]?.children, []);
    const pulled = listImages(scopeOf(world), SHOP).filter((image) => image.lastRecordedPullTime !== undefined);
    assert.deepEqual(
      pulled.map(({ digest }) => digest),
      [index],
    );
  });

  it("asks for no manifest where there is no index that can be pulled", async () => {
    const world = shop();
    const child = pushImage(scopeOf(world), SHOP);
    archiveImage(scopeOf(world), SHOP, pushIndex(scopeOf(world), SHOP, { children: [child] }));
    const { images, unread } = await read(world);
    assert.deepEqual([images.length, unread, callsOf(world, "BatchGetImage").length], [2, [], 0]);
  });

  it("asks for a hundred indexes at once", async () => {
    const world = shop(newWorld(0));
    const children = [pushImage(scopeOf(world), SHOP)];
    for (let each = 0; each < 250; each++) {
      const more = pushImage(scopeOf(world), SHOP, { content: `${each}` });
      pushIndex(scopeOf(world), SHOP, { children: [...children, more] });
    }
    const progress: string[] = [];
    const { images } = await read(world, undefined, ({ step, done, of }) => progress.push(`${step} ${done} ${of}`));
    assert.equal(images.filter((image) => image.children.length === 2).length, 250);
    assert.equal(callsOf(world, "BatchGetImage").length, 3);
    assert.deepEqual(progress, ["images 501 undefined", "manifests 0 250", "manifests 100 250", "manifests 200 250"]);
  });

  it("goes on without the children of an index whose manifest it may not read, and says so", async () => {
    const world = shop();
    const index = pushIndex(scopeOf(world), SHOP, { children: [pushImage(scopeOf(world), SHOP)] });
    failing(world, "BatchGetImage", { before: new AwsError("AccessDeniedException", "no") });
    const { images, unread } = await read(world);
    assert.deepEqual(unread, [`${index}: ecr:BatchGetImage: AccessDeniedException`]);
    assert.deepEqual([images.length, byDigest(images)[index]?.children], [2, []]);
  });

  const manifest = (manifests: unknown) => JSON.stringify({ schemaVersion: 2, manifests });
  for (const [what, answer, why] of [
    [
      "a failure",
      (imageId: object) => ({ images: [], failures: [{ imageId, failureCode: "ImageNotFound" }] }),
      "ImageNotFound",
    ],
    ["nothing of it", () => ({}), "missing in the answer"],
    ["no manifest", (imageId: object) => ({ images: [{ imageId }] }), "its manifest is not that of an index"],
    [
      "a manifest that is no JSON",
      (imageId: object) => ({ images: [{ imageId, imageManifest: "<xml>" }] }),
      "its manifest is not that of an index",
    ],
    [
      "the manifest of an image",
      (imageId: object) => ({ images: [{ imageId, imageManifest: '{"schemaVersion":2,"layers":[]}' }] }),
      "its manifest is not that of an index",
    ],
    [
      "an index that names no digest",
      (imageId: object) => ({ images: [{ imageId, imageManifest: manifest([{ digest: "latest" }]) }] }),
      "its manifest is not that of an index",
    ],
  ] as const) {
    it(`names an index as unread where the answer holds ${what}, and reads the others`, async () => {
      const world = shop();
      const child = pushImage(scopeOf(world), SHOP);
      const bad = pushIndex(scopeOf(world), SHOP, { children: [child] });
      const good = pushIndex(scopeOf(world), SHOP, { children: [child, pushImage(scopeOf(world), SHOP)] });
      const odd = answering(connectAdmin(world), "BatchGetImage", ({ images }) => {
        const instead: { images?: object[] } = answer({ imageDigest: bad });
        const others = (images as { imageId: { imageDigest: string } }[]).filter(
          ({ imageId }) => imageId.imageDigest !== bad,
        );
        return { ...instead, images: [...(instead.images ?? []), ...others] };
      });
      const { images, unread } = await read(world, odd);
      assert.deepEqual(
        unread.map((each) => each.replace("ecr:BatchGetImage: ", "")),
        [`${bad}: ${why}`],
      );
      assert.deepEqual([byDigest(images)[bad]?.children, byDigest(images)[good]?.children.length], [[], 2]);
    });
  }

  it("takes an index without manifests as one that names nothing", async () => {
    const world = shop();
    pushIndex(scopeOf(world), SHOP, { children: [] });
    assert.deepEqual((await read(world)).unread, []);
  });

  it("asks again while it is throttled, on the clock that it is given", async () => {
    const world = shop();
    pushIndex(scopeOf(world), SHOP, { children: [pushImage(scopeOf(world), SHOP)] });
    const before = world.clock.now();
    for (const operation of ["DescribeImages", "BatchGetImage"]) {
      failing(world, operation, { before: new AwsError("ThrottlingException", "slow down") }, (nth) => nth <= 3);
      const { images, unread } = await read(world);
      assert.deepEqual([images.length, unread], [2, []]);
    }
    assert.ok(world.clock.now() - before >= 7000);
  });

  it("counts an image once that is on two pages, as it was last", async () => {
    const world = shop();
    const digest = pushImage(scopeOf(world), SHOP, { tags: ["v1"] });
    const odd = answering(connectAdmin(world), "DescribeImages", (output, nth) => {
      const details = (output.imageDetails as ImageDetail[]).map((each) => ({ ...each, imageTags: [`v${nth}`] }));
      return nth === 1
        ? { imageDetails: details, nextToken: Buffer.from("a").toString("base64url") }
        : { imageDetails: details };
    });
    const { images } = await read(world, odd);
    assert.deepEqual(
      images.map((image) => [image.digest, image.tags]),
      [[digest, ["v2"]]],
    );
  });

  for (const [what, change] of [
    ["an image without a digest", { imageDigest: undefined }],
    ["an image that was never pushed", { imagePushedAt: undefined }],
    ["an image of a status that nobody knows", { imageStatus: "FROZEN" }],
  ] as const) {
    it(`fails rather than to judge by ${what}`, async () => {
      const world = shop();
      pushImage(scopeOf(world), SHOP);
      const odd = answering(connectAdmin(world), "DescribeImages", ({ imageDetails }) => ({
        imageDetails: (imageDetails as object[]).map((each) => ({ ...each, ...change })),
      }));
      await assert.rejects(read(world, odd), { message: "ecr:DescribeImages: UnexpectedAnswer" });
    });
  }

  it("fails where a page cannot be read, however many were", async () => {
    const world = shop();
    for (let each = 0; each < 8; each++) pushImage(scopeOf(world), SHOP);
    failing(world, "DescribeImages", { before: new AwsError("AccessDeniedException", "no") }, (nth) => nth === 3);
    await assert.rejects(read(world), { message: "ecr:DescribeImages: AccessDeniedException" });
  });
});
