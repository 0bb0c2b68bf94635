import assert from "node:assert/strict";
import {
  DeleteLifecyclePolicyCommand,
  type ECRClient,
  GetLifecyclePolicyCommand,
  GetLifecyclePolicyPreviewCommand,
  PutLifecyclePolicyCommand,
  StartLifecyclePolicyPreviewCommand,
} from "@aws-sdk/client-ecr";
import { World } from "../../simulator";
import { listImages, pushImage } from "../../simulator/services/ecr-images";
import { createRepository } from "../../simulator/services/ecr-repositories";
import { connectTo } from "../../simulator/wire/middleware";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const repositoryName = "shop/checkout";

const policyOf = (countNumber: number, action: object = { type: "expire" }) =>
  JSON.stringify({
    rules: [
      {
        rulePriority: 7,
        description: "of a policy for tests of the previews of policies",
        selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber },
        action,
      },
    ],
  });

describe("simulated operations on lifecycle policies", () => {
  let world: World;
  let ecr: ECRClient;
  const scope = () => world.scope("111111111111", "eu-central-1");
  const start = (lifecyclePolicyText?: string) =>
    ecr.send(new StartLifecyclePolicyPreviewCommand({ repositoryName, lifecyclePolicyText }));
  const get = (input: object = {}) => ecr.send(new GetLifecyclePolicyPreviewCommand({ repositoryName, ...input }));
  const put = (lifecyclePolicyText: string) =>
    ecr.send(new PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText }));
  const push = async (number: number) => {
    for (let n = 1; n <= number; n += 1) {
      pushImage(scope(), repositoryName, { tags: n % 2 ? [`v${n}`] : [] });
      await world.clock.advance(1);
    }
  };

  beforeEach(() => {
    world = new World();
    ecr = connectTo(world, world.admin("111111111111"), "eu-central-1").ecr();
    createRepository(scope(), { name: repositoryName });
  });

  it("give back the policy as it was put, and when it was last evaluated", async () => {
    const absent = { name: "LifecyclePolicyNotFoundException" };
    const get = () => ecr.send(new GetLifecyclePolicyCommand({ repositoryName }));
    await assert.rejects(get(), absent);
    const text = `  ${policyOf(1)}\n`;
    assert.equal((await put(text)).lifecyclePolicyText, text);
    assert.equal((await get()).lastEvaluatedAt, undefined);
    await world.clock.advance(DAY);
    const { lifecyclePolicyText, lastEvaluatedAt, registryId } = await get();
    assert.deepEqual([lifecyclePolicyText, registryId], [text, "111111111111"]);
    assert.ok(lastEvaluatedAt);
    const deleted = await ecr.send(new DeleteLifecyclePolicyCommand({ repositoryName }));
    assert.equal(deleted.lifecyclePolicyText, text);
    await assert.rejects(get(), absent);
    await assert.rejects(ecr.send(new DeleteLifecyclePolicyCommand({ repositoryName })), absent);
  });

  it("know no repository that is not there", async () => {
    const elsewhere = new GetLifecyclePolicyCommand({ repositoryName: "shop/other" });
    await assert.rejects(ecr.send(elsewhere), { name: "RepositoryNotFoundException" });
  });

  it("refuse a policy that AWS refuses, and keep the one that is there", async () => {
    await put(policyOf(3));
    await assert.rejects(put(policyOf(0)), { name: "InvalidParameterException" });
    await assert.rejects(start(policyOf(0)), { name: "InvalidParameterException" });
    const { lifecyclePolicyText } = await ecr.send(new GetLifecyclePolicyCommand({ repositoryName }));
    assert.equal(lifecyclePolicyText, policyOf(3));
  });

  it("preview a policy while nothing happens to the images", async () => {
    await push(3);
    const [oldest] = listImages(scope(), repositoryName);
    assert.equal((await start(policyOf(2))).status, "IN_PROGRESS");
    assert.deepEqual([(await get()).status, (await get()).previewResults], ["IN_PROGRESS", undefined]);
    await world.clock.advance(MINUTE);
    const { status, previewResults, summary, lifecyclePolicyText } = await get();
    assert.deepEqual([status, lifecyclePolicyText], ["COMPLETE", policyOf(2)]);
    assert.deepEqual(previewResults, [
      {
        imageTags: ["v1"],
        imageDigest: oldest?.digest,
        imagePushedAt: new Date(oldest?.pushedAt ?? 0),
        action: { type: "EXPIRE" },
        appliedRulePriority: 7,
        storageClass: "STANDARD",
      },
    ]);
    assert.deepEqual(summary, { expiringImageTotalCount: 1 });
    await world.clock.advance(10 * DAY);
    assert.equal(listImages(scope(), repositoryName).length, 3);
  });

  it("preview one policy at a time, by default the repository's own", async () => {
    await assert.rejects(get(), { name: "LifecyclePolicyPreviewNotFoundException" });
    await assert.rejects(start(), { name: "LifecyclePolicyNotFoundException" });
    await put(policyOf(5));
    assert.equal((await start()).lifecyclePolicyText, policyOf(5));
    await assert.rejects(start(policyOf(2)), { name: "LifecyclePolicyPreviewInProgressException" });
    await world.clock.advance(MINUTE);
    assert.equal((await start(policyOf(2))).lifecyclePolicyText, policyOf(2));
  });

  it("page through at most 100 results, and sum up all", async () => {
    await push(250);
    await start(policyOf(10, { type: "transition", targetStorageClass: "archive" }));
    await world.clock.advance(MINUTE);
    const digests = new Set<string | undefined>();
    const sizes: (number | undefined)[] = [];
    let nextToken: string | undefined;
    do {
      const page = await get({ nextToken, maxResults: nextToken ? 100 : undefined });
      sizes.push(page.previewResults?.length);
      for (const { imageDigest, action } of page.previewResults ?? []) {
        digests.add(imageDigest);
        assert.deepEqual(action, { type: "TRANSITION", targetStorageClass: "ARCHIVE" });
      }
      assert.deepEqual(page.summary, {
        expiringImageTotalCount: 0,
        transitioningImageTotalCounts: [{ targetStorageClass: "ARCHIVE", imageTotalCount: 240 }],
      });
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    assert.deepEqual([sizes, digests.size], [[100, 100, 40], 240]);
  });

  it("give the results of chosen images only", async () => {
    await push(5);
    await start(policyOf(1));
    await world.clock.advance(MINUTE);
    const tagsOf = async (input: object) => (await get(input)).previewResults?.map(({ imageTags }) => imageTags).sort();
    assert.deepEqual(await tagsOf({ filter: { tagStatus: "TAGGED" } }), [["v1"], ["v3"]]);
    assert.deepEqual(await tagsOf({ filter: { tagStatus: "UNTAGGED" } }), [[], []]);
    assert.deepEqual(await tagsOf({ imageIds: [{ imageTag: "v3" }, { imageTag: "v5" }] }), [["v3"]]);
    const [first] = listImages(scope(), repositoryName);
    assert.deepEqual(await tagsOf({ imageIds: [{ imageDigest: first?.digest }] }), [["v1"]]);
    const both = { imageIds: [{ imageTag: "v3" }], maxResults: 5 };
    await assert.rejects(get(both), { name: "InvalidParameterException" });
  });
});
