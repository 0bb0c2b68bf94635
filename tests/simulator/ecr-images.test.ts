import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  BatchDeleteImageCommand,
  BatchGetImageCommand,
  DescribeImagesCommand,
  type DescribeImagesFilter,
  type ECRClient,
  type ImageIdentifier,
  ListImagesCommand,
  PutImageCommand,
  type PutImageCommandInput,
  paginateDescribeImages,
  UpdateImageStorageClassCommand,
} from "@aws-sdk/client-ecr";
import { World } from "../../simulator";
import { listImages, pullImage, pushImage, pushIndex, pushReferrer } from "../../simulator/services/ecr-images";
import { createRepository } from "../../simulator/services/ecr-repositories";
import { connectTo } from "../../simulator/wire/middleware";

const ACCOUNT = "111111111111";
const REGION = "eu-central-1";
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe("simulated images of ECR", () => {
  const repositoryName = "shop/checkout";
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const manifestOf = (size: number) => JSON.stringify({ mediaType, layers: [{ size }] });
  let world: World;
  let ecr: ECRClient;

  beforeEach(() => {
    world = new World({ startsAt: Date.UTC(2026, 2, 1) });
    ecr = connectTo(world, world.admin(ACCOUNT), REGION).ecr();
    createRepository(scope(), { name: repositoryName });
  });

  const scope = () => world.scope(ACCOUNT, REGION);
  const at = (ms: number) => new Date(Date.UTC(2026, 2, 1) + ms);
  const push = (tags: string[] = [], content?: string) => pushImage(scope(), repositoryName, { tags, content });
  const put = (input: Partial<PutImageCommandInput>, repository = repositoryName) =>
    ecr.send(new PutImageCommand({ repositoryName: repository, imageManifest: undefined, ...input }));
  const remove = (...imageIds: ImageIdentifier[]) =>
    ecr.send(new BatchDeleteImageCommand({ repositoryName, imageIds }));
  const get = (...imageIds: ImageIdentifier[]) => ecr.send(new BatchGetImageCommand({ repositoryName, imageIds }));
  const setStorage = (targetStorageClass: "ARCHIVE" | "STANDARD", imageDigest: string) =>
    ecr.send(new UpdateImageStorageClassCommand({ repositoryName, imageId: { imageDigest }, targetStorageClass }));
  const details = async (filter: DescribeImagesFilter = { imageStatus: "ANY" }) =>
    (await ecr.send(new DescribeImagesCommand({ repositoryName, filter }))).imageDetails ?? [];
  const only = async () => {
    const [image, another] = await details();
    assert.ok(image && !another);
    return image;
  };
  const tags = async () =>
    Object.fromEntries((await details()).map(({ imageDigest = "", imageTags = [] }) => [imageDigest, imageTags]));

  describe("pushing", () => {
    it("names an image by the hash of its manifest's bytes", async () => {
      const { image } = await put({ imageManifest: manifestOf(7), imageTag: "1.0" });
      const imageDigest = `sha256:${createHash("sha256").update(manifestOf(7)).digest("hex")}`;
      assert.deepEqual(image?.imageId, { imageDigest, imageTag: "1.0" });
      assert.deepEqual(await only(), {
        registryId: ACCOUNT,
        repositoryName,
        imageDigest,
        imageTags: ["1.0"],
        imageSizeInBytes: 7,
        imagePushedAt: at(0),
        imageManifestMediaType: mediaType,
        artifactMediaType: undefined,
        lastRecordedPullTime: undefined,
        subjectManifestDigest: undefined,
        imageStatus: "ACTIVE",
        lastArchivedAt: undefined,
        lastActivatedAt: undefined,
      });
    });

    it("refuses a manifest whose digest is another one, that is none, or whose media type nobody tells", async () => {
      const imageDigest = `sha256:${"0".repeat(64)}`;
      await assert.rejects(put({ imageManifest: manifestOf(1), imageDigest }), {
        name: "ImageDigestDoesNotMatchException",
      });
      for (const imageManifest of ["{", "null", "7", "{}"]) {
        await assert.rejects(put({ imageManifest }), { name: "InvalidParameterException" }, imageManifest);
      }
      const { image } = await put({ imageManifest: "{}", imageManifestMediaType: mediaType });
      assert.equal(image?.imageManifestMediaType, mediaType);
    });

    it("refuses a tag that none may be", async () => {
      for (const imageTag of ["", ".a", "-a", "a b", "a/b", "a".repeat(301)]) {
        await assert.rejects(put({ imageManifest: manifestOf(1), imageTag }), { name: "InvalidParameterException" });
      }
      await put({ imageManifest: manifestOf(1), imageTag: `_${"a".repeat(299)}` });
    });

    it("adds a tag to an image that is there, which stays as old as it was", async () => {
      push(["1.0"], "a");
      await world.clock.advance(DAY);
      push(["latest"], "a");
      const { imageTags, imagePushedAt } = await only();
      assert.deepEqual([imageTags, imagePushedAt], [["1.0", "latest"], at(0)]);
    });

    it("refuses what changes nothing", async () => {
      await put({ imageManifest: manifestOf(1), imageTag: "1.0" });
      const refused = { name: "ImageAlreadyExistsException" };
      await assert.rejects(put({ imageManifest: manifestOf(1), imageTag: "1.0" }), refused);
      await assert.rejects(put({ imageManifest: manifestOf(1) }), refused);
    });

    it("takes a tag away from the image that had it, which stays", async () => {
      const old = push(["latest"]);
      const young = push(["latest"]);
      assert.deepEqual(await tags(), { [old]: [], [young]: ["latest"] });
    });

    it("refuses an index of an image that is not there", async () => {
      const child = push();
      const manifests = [{ digest: child }, { digest: `sha256:${"f".repeat(64)}` }];
      const imageManifest = JSON.stringify({ mediaType: "application/vnd.oci.image.index.v1+json", manifests });
      await assert.rejects(put({ imageManifest }), { name: "ReferencedImagesNotFoundException", message: /f{64}/ });
    });

    it("gives an index the size of its largest image", async () => {
      const small = push([], "a");
      const large = push([], "a".repeat(1000));
      const index = pushIndex(scope(), repositoryName, { children: [small, large] });
      const sizes = new Map((await details()).map((each) => [each.imageDigest, each.imageSizeInBytes]));
      assert.ok((sizes.get(large) ?? 0) >= 1000);
      assert.equal(sizes.get(index), sizes.get(large));
    });

    it("tells which image a signature belongs to", async () => {
      const subject = push(["1.0"]);
      const signature = pushReferrer(scope(), repositoryName, { subject });
      const found = (await details()).find(({ imageDigest }) => imageDigest === signature);
      assert.equal(found?.subjectManifestDigest, subject);
      assert.equal(found.artifactMediaType, "application/vnd.cncf.notary.signature");
    });
  });

  describe("immutable tags", () => {
    const moves = async (settings: object, tag: string) => {
      createRepository(scope(), { name: "other", ...settings });
      await put({ imageManifest: manifestOf(1), imageTag: tag }, "other");
      return put({ imageManifest: manifestOf(2), imageTag: tag }, "other").then(
        () => true,
        (error: Error) => {
          assert.equal(error.name, "ImageTagAlreadyExistsException");
          return false;
        },
      );
    };
    const cases: [moves: boolean, setting: string, exclusionFilters: string[], tag: string][] = [
      [true, "MUTABLE", [], "latest"],
      [false, "IMMUTABLE", [], "latest"],
      [true, "IMMUTABLE_WITH_EXCLUSION", ["dev-*", "latest"], "latest"],
      [true, "IMMUTABLE_WITH_EXCLUSION", ["dev-*"], "dev-"],
      [false, "IMMUTABLE_WITH_EXCLUSION", ["dev-*"], "a-dev-1"],
      [false, "IMMUTABLE_WITH_EXCLUSION", ["1.0"], "1x0"],
      [false, "MUTABLE_WITH_EXCLUSION", ["v*.*"], "v1.2"],
      [true, "MUTABLE_WITH_EXCLUSION", ["v*.*"], "v1"],
    ];
    for (const [expected, imageTagMutability, exclusionFilters, tag] of cases) {
      const where = `${imageTagMutability} ${exclusionFilters.join(", ")}`.trim();
      it(`${expected ? "let" : "do not let"} ${tag} move where the repository is ${where}`, async () => {
        assert.equal(await moves({ imageTagMutability, exclusionFilters }, tag), expected);
      });
    }

    it("may be new ones, and a second tag of an image", async () => {
      createRepository(scope(), { name: "other", imageTagMutability: "IMMUTABLE" });
      await put({ imageManifest: manifestOf(1), imageTag: "1.0" }, "other");
      await put({ imageManifest: manifestOf(1), imageTag: "1" }, "other");
      assert.deepEqual([...(listImages(scope(), "other")[0]?.tags ?? [])], ["1.0", "1"]);
    });
  });

  describe("describing", () => {
    it("shows active images only, unless it is asked for others", async () => {
      const [active, archived, restoring] = [push(), push(), push()];
      await setStorage("ARCHIVE", archived);
      await setStorage("ARCHIVE", restoring);
      await setStorage("STANDARD", restoring);
      const seen = async (filter?: DescribeImagesFilter) =>
        (await details(filter)).map(({ imageDigest }) => imageDigest).sort();
      assert.deepEqual(await seen({}), [active]);
      assert.deepEqual(await seen({ imageStatus: "ARCHIVED" }), [archived]);
      assert.deepEqual(await seen({ imageStatus: "ACTIVATING" }), [restoring]);
      assert.deepEqual(await seen({ imageStatus: "ANY" }), [active, archived, restoring].sort());
    });

    it("tells tagged from untagged images", async () => {
      const [tagged, untagged] = [push(["1.0"]), push()];
      const list = async (tagStatus: "TAGGED" | "UNTAGGED") =>
        (await ecr.send(new ListImagesCommand({ repositoryName, filter: { tagStatus } }))).imageIds;
      assert.deepEqual(await list("TAGGED"), [{ imageDigest: tagged, imageTag: "1.0" }]);
      assert.deepEqual(await list("UNTAGGED"), [{ imageDigest: untagged }]);
    });

    it("lists an image once for each of its tags", async () => {
      const imageDigest = push(["1.0", "latest"]);
      const { imageIds } = await ecr.send(new ListImagesCommand({ repositoryName }));
      assert.deepEqual(imageIds, [
        { imageDigest, imageTag: "1.0" },
        { imageDigest, imageTag: "latest" },
      ]);
    });

    it("gives pages of 100, or of at most 1000, and every image once", async () => {
      const digests = Array.from({ length: 150 }, () => push());
      const sizes: number[] = [];
      const seen: unknown[] = [];
      for await (const { imageDetails = [] } of paginateDescribeImages({ client: ecr }, { repositoryName })) {
        sizes.push(imageDetails.length);
        seen.push(...imageDetails.map(({ imageDigest }) => imageDigest));
      }
      assert.deepEqual(sizes, [100, 50]);
      assert.deepEqual(seen.sort(), digests.sort());
      const all = await ecr.send(new DescribeImagesCommand({ repositoryName, maxResults: 1000 }));
      assert.equal(all.imageDetails?.length, 150);
      const refused = { name: "InvalidParameterException" };
      for (const maxResults of [0, 1001]) {
        await assert.rejects(ecr.send(new DescribeImagesCommand({ repositoryName, maxResults })), refused);
      }
    });

    it("finds named images, all of them or none, and takes up to 100 names and no page besides", async () => {
      const imageDigest = push(["1.0"]);
      const named = (imageIds: ImageIdentifier[], more = {}) =>
        ecr.send(new DescribeImagesCommand({ repositoryName, imageIds, ...more }));
      const { imageDetails = [] } = await named([{ imageTag: "1.0" }, { imageDigest }]);
      assert.deepEqual(
        imageDetails.map((each) => each.imageDigest),
        [imageDigest, imageDigest],
      );
      await assert.rejects(named([{ imageDigest }, { imageTag: "2.0" }]), { name: "ImageNotFoundException" });
      const refused = { name: "InvalidParameterException" };
      await assert.rejects(named([{ imageDigest }], { maxResults: 10 }), refused);
      await assert.rejects(named(Array(101).fill({ imageDigest })), refused);
    });

    it("knows no other repository", async () => {
      await assert.rejects(ecr.send(new DescribeImagesCommand({ repositoryName: "other" })), {
        name: "RepositoryNotFoundException",
      });
    });
  });

  describe("pulling", () => {
    it("is recorded, and again only after 24 hours", async () => {
      const imageDigest = push();
      const pulls = [0, DAY - 1, DAY, DAY + 1];
      const recorded = [];
      for (const [n, time] of pulls.entries()) {
        await world.clock.advance(time - (pulls[n - 1] ?? 0));
        await get({ imageDigest });
        recorded.push((await only()).lastRecordedPullTime);
      }
      assert.deepEqual(recorded, [at(0), at(0), at(DAY), at(DAY)]);
    });

    it("gives the manifest as it was pushed, by tag or by digest, once for each tag of a digest", async () => {
      const imageManifest = `${manifestOf(1)} `;
      for (const imageTag of ["1.0", "latest"]) await put({ imageManifest, imageTag });
      const { imageDigest } = await only();
      const { images: byTag } = await get({ imageTag: "1.0" });
      const image = { registryId: ACCOUNT, repositoryName, imageManifest, imageManifestMediaType: mediaType };
      assert.deepEqual(byTag, [{ ...image, imageId: { imageDigest, imageTag: "1.0" } }]);
      const { images: byDigest = [] } = await get({ imageDigest });
      assert.deepEqual(
        byDigest.map(({ imageId }) => imageId?.imageTag),
        ["1.0", "latest"],
      );
    });

    it("fails for each image that it cannot give, and gives the others", async () => {
      const [found, other] = [push(["1.0"]), push(["2.0"])];
      const archived = push();
      await setStorage("ARCHIVE", archived);
      const failing: [code: string, imageId: ImageIdentifier][] = [
        ["MissingDigestAndTag", {}],
        ["InvalidImageDigest", { imageDigest: "latest" }],
        ["ImageNotFound", { imageTag: "3.0" }],
        ["ImageNotFound", { imageDigest: `sha256:${"0".repeat(64)}` }],
        ["ImageTagDoesNotMatchDigest", { imageTag: "1.0", imageDigest: other }],
        ["ImageInaccessible", { imageDigest: archived }],
      ];
      const { images = [], failures = [] } = await get(...failing.map(([, id]) => id), { imageDigest: found });
      assert.deepEqual(
        failures.map(({ failureCode, imageId }) => [failureCode, imageId]),
        failing,
      );
      assert.deepEqual(
        images.map(({ imageId }) => imageId?.imageDigest),
        [found],
      );
      assert.throws(() => pullImage(scope(), repositoryName, archived), { name: "ImageNotFoundException" });
      const pulled = listImages(scope(), repositoryName).filter(({ lastRecordedPullTime: time }) => time !== undefined);
      assert.deepEqual(
        pulled.map(({ digest }) => digest),
        [found],
      );
    });
  });

  describe("the archive", () => {
    it("keeps an image with its tags, and gives it back 20 minutes after it is asked for", async () => {
      const digest = push(["1.0"]);
      await world.clock.advance(HOUR);
      assert.equal((await setStorage("ARCHIVE", digest)).imageStatus, "ARCHIVED");
      await world.clock.advance(HOUR);
      assert.equal((await setStorage("STANDARD", digest)).imageStatus, "ACTIVATING");
      await world.clock.advance(20 * MINUTE - 1);
      assert.equal((await only()).imageStatus, "ACTIVATING");
      await world.clock.advance(1);
      const { imageStatus, imageTags, lastArchivedAt, lastActivatedAt, imagePushedAt } = await only();
      assert.deepEqual([imageStatus, imageTags, imagePushedAt], ["ACTIVE", ["1.0"], at(0)]);
      assert.deepEqual([lastArchivedAt, lastActivatedAt], [at(HOUR), at(2 * HOUR + 20 * MINUTE)]);
    });

    it("gives an image back at once where it is pushed again", async () => {
      const digest = push(["1.0"], "a");
      await setStorage("ARCHIVE", digest);
      await world.clock.advance(HOUR);
      push(["1.0"], "a");
      const { imageStatus, lastActivatedAt, imagePushedAt } = await only();
      assert.deepEqual([imageStatus, lastActivatedAt, imagePushedAt], ["ACTIVE", at(HOUR), at(0)]);
    });

    it("forgets a restore that a push overtook", async () => {
      const digest = push([], "a");
      await setStorage("ARCHIVE", digest);
      await setStorage("STANDARD", digest);
      await world.clock.advance(MINUTE);
      push([], "a");
      await setStorage("ARCHIVE", digest);
      await setStorage("STANDARD", digest);
      await world.clock.advance(20 * MINUTE - 1);
      assert.equal((await only()).imageStatus, "ACTIVATING");
      await world.clock.advance(1);
      assert.deepEqual((await only()).lastActivatedAt, at(21 * MINUTE));
    });

    it("takes no image that is being restored, and nothing that is not there", async () => {
      const digest = push();
      await setStorage("ARCHIVE", digest);
      await setStorage("STANDARD", digest);
      await assert.rejects(setStorage("ARCHIVE", digest), { name: "ImageStorageClassUpdateNotSupportedException" });
      await assert.rejects(setStorage("ARCHIVE", `sha256:${"0".repeat(64)}`), { name: "ImageNotFoundException" });
    });

    it("changes nothing where an image is already there", async () => {
      const digest = push();
      assert.equal((await setStorage("STANDARD", digest)).imageStatus, "ACTIVE");
      await setStorage("ARCHIVE", digest);
      await world.clock.advance(HOUR);
      await setStorage("ARCHIVE", digest);
      const { lastArchivedAt, lastActivatedAt } = await only();
      assert.deepEqual([lastArchivedAt, lastActivatedAt], [at(0), undefined]);
    });
  });

  describe("deleting", () => {
    it("by tag takes the tag, and with the last one the image", async () => {
      const imageDigest = push(["1.0", "latest"]);
      assert.deepEqual((await remove({ imageTag: "latest" })).imageIds, [{ imageDigest, imageTag: "latest" }]);
      assert.deepEqual(await tags(), { [imageDigest]: ["1.0"] });
      assert.deepEqual((await remove({ imageTag: "1.0", imageDigest })).imageIds, [{ imageDigest, imageTag: "1.0" }]);
      assert.deepEqual(await tags(), {});
    });

    it("by digest takes the image with all its tags, also out of the archive", async () => {
      const imageDigest = push(["1.0", "latest"]);
      await setStorage("ARCHIVE", imageDigest);
      const { imageIds } = await remove({ imageDigest });
      assert.deepEqual(imageIds, [
        { imageDigest, imageTag: "1.0" },
        { imageDigest, imageTag: "latest" },
      ]);
      const again = push(["latest"]);
      assert.deepEqual(await tags(), { [again]: ["latest"] });
    });

    it("refuses what an index names until the index is gone, and does the rest", async () => {
      const [child, other] = [push(), push()];
      const index = pushIndex(scope(), repositoryName, { children: [child], tags: ["1.0"] });
      const { imageIds, failures = [] } = await remove(
        ...[{ imageDigest: index }, { imageDigest: child }, { imageDigest: other }, { imageTag: "2.0" }],
      );
      assert.deepEqual(imageIds, [{ imageDigest: index, imageTag: "1.0" }, { imageDigest: other }]);
      assert.deepEqual(
        failures.map(({ failureCode, imageId }) => [failureCode, imageId]),
        [
          ["ImageReferencedByManifestList", { imageDigest: child }],
          ["ImageNotFound", { imageTag: "2.0" }],
        ],
      );
      assert.deepEqual((await remove({ imageDigest: child })).failures, []);
      assert.deepEqual(await tags(), {});
    });

    it("removes a tag of an image that an index names, but not its last one", async () => {
      const child = push(["a", "b"]);
      pushIndex(scope(), repositoryName, { children: [child] });
      assert.deepEqual((await remove({ imageTag: "a" })).failures, []);
      assert.equal((await remove({ imageTag: "b" })).failures?.[0]?.failureCode, "ImageReferencedByManifestList");
    });

    it("takes 1 to 100 images in one call", async () => {
      for (const count of [0, 101]) {
        await assert.rejects(remove(...Array(count).fill({ imageTag: "a" })), { name: "InvalidParameterException" });
      }
    });
  });
});
