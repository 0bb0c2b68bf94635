import assert from "node:assert/strict";
import {
  BatchDeleteImageCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  ImageTagAlreadyExistsException,
  type ImageTagMutability,
  PutImageCommand,
  PutImageTagMutabilityCommand,
  PutLifecyclePolicyCommand,
  paginateDescribeRepositories,
} from "@aws-sdk/client-ecr";
import { type Principal, World } from "../../simulator";
import { AwsStandIn, type Resource } from "../../simulator/provider/provider";
import type { Values } from "../../simulator/provider/values";
import { pushImage } from "../../simulator/services/ecr-images";
import { createRepository } from "../../simulator/services/ecr-repositories";
import { createRole, putRolePolicy } from "../../simulator/services/iam";
import { openSession } from "../../simulator/services/sts";
import { serve } from "../../simulator/wire/http";
import { connectTo } from "../../simulator/wire/middleware";

const ACCOUNT = "111111111111";
const OTHER = "222222222222";
const REGION = "eu-central-1";
const mediaType = "application/vnd.oci.image.manifest.v1+json";
const imageManifest = JSON.stringify({ mediaType });

describe("simulated repositories of ECR", () => {
  let world: World;
  let ecr: ECRClient;

  beforeEach(() => {
    world = new World({ startsAt: Date.UTC(2026, 2, 1) });
    ecr = connectTo(world, world.admin(ACCOUNT), REGION).ecr();
  });

  const scope = () => world.scope(ACCOUNT, REGION);
  const create = (name: string, tags = {}) => createRepository(scope(), { name, tags });
  const described = async (...repositoryNames: string[]) =>
    (await ecr.send(new DescribeRepositoriesCommand({ repositoryNames }))).repositories ?? [];
  const setMutability = (imageTagMutability: ImageTagMutability, ...filters: string[]) =>
    ecr.send(
      new PutImageTagMutabilityCommand({
        repositoryName: "shop",
        imageTagMutability,
        imageTagMutabilityExclusionFilters: filters.map((filter) => ({ filterType: "WILDCARD", filter })),
      }),
    );

  it("are described by name, or page by page", async () => {
    for (let n = 0; n < 120; n += 1) create(`app-${n}`);
    const [repository] = await described("app-7");
    assert.deepEqual(repository, {
      repositoryArn: `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/app-7`,
      registryId: ACCOUNT,
      repositoryName: "app-7",
      repositoryUri: `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/app-7`,
      createdAt: new Date("2026-03-01"),
      imageTagMutability: "MUTABLE",
      imageScanningConfiguration: { scanOnPush: false },
      encryptionConfiguration: { encryptionType: "AES256" },
    });
    const sizes: number[] = [];
    for await (const { repositories = [] } of paginateDescribeRepositories({ client: ecr }, {})) {
      sizes.push(repositories.length);
    }
    assert.deepEqual(sizes, [100, 20]);
    await assert.rejects(described("app-7", "app-120"), { name: "RepositoryNotFoundException" });
  });

  it("say which tags may move", async () => {
    create("shop");
    await setMutability("IMMUTABLE_WITH_EXCLUSION", "dev-*");
    const [repository] = await described("shop");
    assert.equal(repository?.imageTagMutability, "IMMUTABLE_WITH_EXCLUSION");
    assert.deepEqual(repository.imageTagMutabilityExclusionFilters, [{ filterType: "WILDCARD", filter: "dev-*" }]);
    await setMutability("MUTABLE");
    assert.equal((await described("shop"))[0]?.imageTagMutabilityExclusionFilters, undefined);
  });

  it("take 1 to 5 exclusions of tags' characters, where the setting has any", async () => {
    create("shop");
    const wrong: [ImageTagMutability, ...string[]][] = [
      ["IMMUTABLE", "dev-*"],
      ["MUTABLE_WITH_EXCLUSION"],
      ["MUTABLE_WITH_EXCLUSION", "a", "b", "c", "d", "e", "f"],
      ["MUTABLE_WITH_EXCLUSION", "v?"],
      ["MUTABLE_WITH_EXCLUSION", "a".repeat(129)],
    ];
    for (const each of wrong) {
      await assert.rejects(setMutability(...each), { name: "InvalidParameterException" }, each.join(" "));
    }
    await setMutability("MUTABLE_WITH_EXCLUSION", "a", "b", "c", "d", "*".repeat(128));
  });

  describe("under IAM", () => {
    const acting = (...Statement: object[]): Principal => {
      const role = createRole(scope(), { name: "role", trust: '{"Statement":[]}' });
      putRolePolicy(scope(), "role", "inline", JSON.stringify({ Version: "2012-10-17", Statement }));
      return openSession(scope(), role, { name: "s" });
    };
    const send = (principal: Principal, operation: string, input: object) =>
      world.gate.call({ principal, region: REGION, service: "ecr", operation, input });
    const denied = { name: "AccessDeniedException" };

    it("are what every operation on them and their images is asked about", async () => {
      create("shop");
      const caller = acting({ Effect: "Allow", Action: "ecr:*", Resource: "arn:aws:ecr:*:*:repository/other" });
      const imageId = { imageTag: "a" };
      const inputs: Record<string, object> = {
        DescribeRepositories: { repositoryNames: ["shop"] },
        PutImageTagMutability: { imageTagMutability: "MUTABLE" },
        DescribeImages: {},
        ListImages: {},
        BatchGetImage: { imageIds: [imageId] },
        PutImage: { imageManifest },
        BatchDeleteImage: { imageIds: [imageId] },
        UpdateImageStorageClass: { imageId, targetStorageClass: "ARCHIVE" },
        PutLifecyclePolicy: { lifecyclePolicyText: "{}" },
        GetLifecyclePolicy: {},
        DeleteLifecyclePolicy: {},
        StartLifecyclePolicyPreview: {},
        GetLifecyclePolicyPreview: {},
      };
      for (const [operation, input] of Object.entries(inputs)) {
        await assert.rejects(send(caller, operation, { repositoryName: "shop", ...input }), denied, operation);
        assert.deepEqual(world.gate.calls.at(-1)?.resources, [`arn:aws:ecr:${REGION}:${ACCOUNT}:repository/shop`]);
        assert.equal(world.gate.calls.at(-1)?.action, `ecr:${operation}`);
      }
    });

    it("can be allowed by their tags, under both names of the key", async () => {
      for (const key of ["aws:ResourceTag/team", "ecr:ResourceTag/team"]) {
        world = new World();
        create("mine", { team: "shop" });
        create("theirs", { team: "search" });
        const Condition = { StringEquals: { [key]: "shop" } };
        const caller = acting({ Effect: "Allow", Action: "ecr:*", Resource: "*", Condition });
        await send(caller, "DescribeImages", { repositoryName: "mine" });
        await send(caller, "DescribeRepositories", { repositoryNames: ["mine"] });
        await assert.rejects(send(caller, "GetLifecyclePolicy", { repositoryName: "mine" }), {
          name: "LifecyclePolicyNotFoundException",
        });
        await assert.rejects(send(caller, "DescribeImages", { repositoryName: "theirs" }), denied, key);
        await assert.rejects(send(caller, "DescribeImages", { repositoryName: "none" }), denied, key);
      }
    });

    it("are listed only by who may list any", async () => {
      const narrow = acting({ Effect: "Allow", Action: "ecr:*", Resource: "arn:aws:ecr:*:*:repository/shop" });
      await assert.rejects(send(narrow, "DescribeRepositories", {}), denied);
      assert.deepEqual((await send(world.admin(ACCOUNT), "DescribeRepositories", {})).repositories, []);
    });

    it("of another account are out of reach, for they have no policy", async () => {
      createRepository(world.scope(OTHER, REGION), { name: "shop" });
      const input = { registryId: OTHER, repositoryName: "shop" };
      await assert.rejects(send(world.admin(ACCOUNT), "DescribeImages", input), denied);
    });
  });

  it("answer over HTTP with dates, numbers and the SDK's own exceptions", async () => {
    const door = await serve(world);
    try {
      createRepository(scope(), { name: "shop", imageTagMutability: "IMMUTABLE" });
      const http = new ECRClient({
        ...{ region: REGION, endpoint: door.url, maxAttempts: 1, credentials: world.admin(ACCOUNT) },
      });
      const shop = { repositoryName: "shop" };
      const { image } = await http.send(new PutImageCommand({ ...shop, imageManifest, imageTag: "1.0" }));
      const { imageDetails } = await http.send(new DescribeImagesCommand(shop));
      assert.deepEqual(imageDetails, [
        {
          registryId: ACCOUNT,
          repositoryName: "shop",
          imageDigest: image?.imageId?.imageDigest,
          imageTags: ["1.0"],
          imageSizeInBytes: 0,
          imagePushedAt: new Date("2026-03-01"),
          imageManifestMediaType: mediaType,
          imageStatus: "ACTIVE",
        },
      ]);
      const other = `${imageManifest} `;
      await assert.rejects(
        http.send(new PutImageCommand({ ...shop, imageManifest: other, imageTag: "1.0" })),
        ImageTagAlreadyExistsException,
      );
      const { failures } = await http.send(new BatchDeleteImageCommand({ ...shop, imageIds: [{ imageTag: "2.0" }] }));
      assert.equal(failures?.[0]?.failureCode, "ImageNotFound");
    } finally {
      await door.close();
    }
  });

  describe("of a stack", () => {
    const REPOSITORY = "aws:ecr/repository:Repository";
    const POLICY = "aws:ecr/lifecyclePolicy:LifecyclePolicy";
    const policy = (countNumber: number) =>
      JSON.stringify({
        rules: [
          {
            rulePriority: 1,
            selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber },
            action: { type: "expire" },
          },
        ],
      });
    let aws: AwsStandIn;
    beforeEach(() => {
      aws = new AwsStandIn(world, { account: ACCOUNT, region: REGION });
    });
    const make = (type: string, inputs: Values) => aws.create(type, aws.check(type, "x", inputs));
    const change = (type: string, olds: Resource, inputs: Values) =>
      aws.update(type, olds.id, olds, aws.check(type, "x", inputs, olds.inputs));
    const filter = { filter: "dev-*", filterType: "WILDCARD" };

    it("get its settings of tags, and change them in place", async () => {
      const made = make(REPOSITORY, { name: "shop" });
      assert.equal((await described("shop"))[0]?.imageTagMutability, "MUTABLE");
      const inputs = {
        name: "shop",
        imageTagMutability: "IMMUTABLE_WITH_EXCLUSION",
        imageTagMutabilityExclusionFilters: [filter],
      };
      assert.deepEqual(aws.diff(REPOSITORY, made.inputs, aws.check(REPOSITORY, "x", inputs, made.inputs)).replaces, []);
      const changed = change(REPOSITORY, made, inputs);
      assert.deepEqual((await described("shop"))[0]?.imageTagMutabilityExclusionFilters, [filter]);
      await setMutability("MUTABLE");
      assert.equal(aws.read(REPOSITORY, "shop", changed.inputs, changed.outputs)?.inputs.imageTagMutability, "MUTABLE");
    });

    it("go with their images only where forceDelete was deployed", () => {
      const made = make(REPOSITORY, { name: "shop" });
      pushImage(scope(), "shop");
      const remove = ({ outputs }: Resource) => aws.delete(REPOSITORY, "shop", outputs);
      assert.throws(() => remove(made), { name: "RepositoryNotEmptyException" });
      const forced = change(REPOSITORY, made, { name: "shop", forceDelete: true });
      remove(forced);
      assert.equal(aws.read(REPOSITORY, "shop", forced.inputs, forced.outputs), undefined);
    });

    it("get a lifecycle policy that is compared by meaning and goes on its own", async () => {
      make(REPOSITORY, { name: "shop" });
      const made = make(POLICY, { repository: "shop", policy: policy(1) });
      assert.deepEqual([made.id, made.outputs.registryId, made.outputs.repository], ["shop", ACCOUNT, "shop"]);
      const sameMeaning = { repository: "shop", policy: JSON.stringify(JSON.parse(policy(1)), null, 2) };
      assert.deepEqual(aws.diff(POLICY, made.inputs, sameMeaning).diffs, []);
      assert.deepEqual(aws.diff(POLICY, made.inputs, { ...made.inputs, repository: "other" }).replaces, ["repository"]);
      const changed = change(POLICY, made, { repository: "shop", policy: policy(2) });
      const read = () => aws.read(POLICY, "shop", changed.inputs, changed.outputs);
      assert.equal(read()?.inputs.policy, policy(2));
      const byHand = { repositoryName: "shop", lifecyclePolicyText: policy(3) };
      await ecr.send(new PutLifecyclePolicyCommand(byHand));
      assert.equal(read()?.inputs.policy, policy(3));
      aws.delete(POLICY, "shop", changed.outputs);
      assert.equal(read(), undefined);
      assert.equal((await described("shop")).length, 1);
    });

    it("refuse a lifecycle policy that AWS refuses", () => {
      make(REPOSITORY, { name: "shop" });
      const refused = { name: "InvalidParameterException" };
      assert.throws(() => make(POLICY, { repository: "shop", policy: policy(0) }), refused);
    });
  });
});
