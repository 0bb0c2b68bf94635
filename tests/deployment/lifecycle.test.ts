import assert from "node:assert/strict";
import { join } from "node:path";
import { readLifecycleText } from "../../lifecycle/document";
import { evaluateLifecycle } from "../../lifecycle/evaluate";
import type { LifecycleVerdict } from "../../lifecycle/verdict";
import { DAY } from "../../retention/duration";
import type { Image } from "../../retention/images/image";
import { World } from "../../simulator";
import { type Deployment, deploy, destroy } from "../../simulator/provider/deploy";
import {
  archiveImage,
  pullImage,
  pushImage,
  pushIndex,
  pushReferrer,
  restoreImage,
} from "../../simulator/services/ecr-images";
import { lifecyclePolicyOf } from "../../simulator/services/ecr-lifecycle";
import { repositoryOf } from "../../simulator/services/ecr-repositories";
import { imagesOf, type Scope } from "../lifecycle/support/simulated";

const STACK = { project: "shop", stack: "prod", account: "111122223333", region: "eu-west-1" };
const PROGRAM = join(__dirname, "programs/repositories.ts");
const WRITTEN = {
  rules: [
    { tagPrefixes: ["v"], keepImages: 999, action: "expire", description: "what is released" },
    { tagPatterns: ["pr-*"], keepFor: "14d", action: "expire" },
    { tagPatterns: ["branch-*"], keepImages: 5, action: "archive" },
    { tagStatus: "untagged", keepFor: "30d", action: "expire" },
    { tagStatus: "any", keepArchivedFor: "90d", action: "expire" },
  ],
};

describe("a stack that owns repositories", function () {
  this.timeout(120_000);

  it("keeps all that can be pulled under the policy that nobody wrote, however long", async () => {
    const { scope } = await deployed({ plain: {} });
    const archived = new Map<string, number>();
    const gone = new Map<string, number>();
    await live(scope, "shop/plain", 18 * 30, (day, before, after) => {
      for (const { digest, status } of before.filter(({ digest }) => !after.some((image) => image.digest === digest))) {
        assert.equal(status, "ARCHIVED", digest);
        gone.set(digest, day);
      }
      for (const { digest, status } of after) {
        if (status === "ARCHIVED" && !archived.has(digest)) archived.set(digest, day);
      }
    });
    assert.ok(gone.size > 0);
    for (const [digest, day] of gone) {
      const days = day - (archived.get(digest) ?? Number.NaN);
      assert.ok(days >= 365 && days <= 367, `${digest} went ${days} days after it was archived`);
    }
  });

  it("lets ECR take, day by day, what the evaluator says of the policy that it wrote, and nothing else", async () => {
    const { scope } = await deployed({ app: WRITTEN });
    const { policy } = readLifecycleText(lifecyclePolicyOf(scope, "shop/app"), "policy");
    assert.ok(policy);
    const seen = new Set<string>();
    let verdicts: LifecycleVerdict[] = [];
    await live(
      scope,
      "shop/app",
      180,
      (day, _before, after) => {
        const now = scope.world.clock.now();
        for (const { image, action, because, rule, at = Number.POSITIVE_INFINITY } of verdicts) {
          const left = after.find(({ digest }) => digest === image.digest);
          const went = left === undefined ? "expire" : isArchived(left) && !isArchived(image) ? "archive" : "keep";
          const what = `day ${day}, ${image.tags.join() || image.digest}: ${action} ${because}, went: ${went}`;
          seen.add(`${went} ${because} ${rule}`);
          if (because === "taken") assert.equal(went, action, what);
          else if (went !== "keep") assert.ok(at < now || followed(image, after), what);
        }
      },
      () => {
        verdicts = evaluateLifecycle(policy, imagesOf(scope, "shop/app"), scope.world.clock.now());
      },
    );
    for (const what of [
      "expire not-yet 2",
      "archive taken 3",
      "archive subject 3",
      "expire not-yet 4",
      "expire taken 5",
      "keep newest 1",
      "keep newest 3",
      "keep not-yet 2",
      "keep index 4",
    ]) {
      assert.ok(seen.has(what), `${what}: never seen, but ${[...seen].sort().join("; ")}`);
    }
  });

  it("changes nothing when it is deployed again, and takes its policies along when it goes", async () => {
    const { scope, deploy } = await deployed({ plain: {}, app: WRITTEN });
    assert.deepEqual(changes(await deploy({ plain: {}, app: WRITTEN })), []);
    const [first, ...others] = WRITTEN.rules;
    const shorter = { rules: [{ ...first, keepImages: 100 }, ...others] };
    assert.deepEqual(changes(await deploy({ plain: {}, app: shorter })), ["update app-lifecycle-policy"]);
    assert.match(lifecyclePolicyOf(scope, "shop/app"), /"countNumber":100\b/);
    assert.deepEqual(changes(await deploy({ app: shorter })), ["delete plain-lifecycle-policy", "delete plain"]);
    destroy(scope.world, STACK);
    assert.throws(() => repositoryOf(scope, "shop/app"), { name: "RepositoryNotFoundException" });
  });

  it("is told of every rule that AWS would refuse before anything is made", async () => {
    const world = new World({ seed: 3 });
    const broken = { rules: [{ tagStatus: "any", keepUnpulledFor: "90d", action: "expire" }, ...WRITTEN.rules] };
    await assert.rejects(deployInto(world)({ app: broken }), /lifecyclePolicy\.rules\[0\]/);
    assert.throws(() => repositoryOf(world.scope(STACK.account, STACK.region), "shop/app"));
  });
});

const deployInto = (world: World) => (policies: object) =>
  deploy(world, { ...STACK, program: PROGRAM, config: { "shop:policies": JSON.stringify(policies) } });

async function deployed(policies: object) {
  const world = new World({ seed: 3 });
  await deployInto(world)(policies);
  return { scope: world.scope(STACK.account, STACK.region), deploy: deployInto(world) };
}

const changes = ({ steps }: Deployment) =>
  steps
    .filter(({ op, urn }) => op !== "same" && urn.includes("aws:"))
    .map(({ op, urn }) => `${op} ${urn.split("::").at(-1)}`);

/** Days of a repository: releases, branches, pull requests, a tag that moves, platforms, signatures, archive and back. */
async function live(
  scope: Scope,
  repository: string,
  days: number,
  look: (day: number, before: Image[], after: Image[]) => void,
  morning: () => void = () => {},
): Promise<void> {
  for (let day = 0; day < days; day += 1) {
    const push = (...tags: string[]) => pushImage(scope, repository, { tags });
    if (day % 7 === 0) {
      const children = [push(), push()];
      pushReferrer(scope, repository, { subject: pushIndex(scope, repository, { tags: [`v${day}`], children }) });
    }
    if (day % 11 === 0) {
      const children = [push(), push()];
      pushIndex(scope, repository, { tags: [`pr-${day}-platforms`], children });
    }
    if (day % 2 === 0) push(`pr-${day}`);
    if (day % 3 === 0) pushReferrer(scope, repository, { subject: push(`branch-${day}`) });
    if (day % 5 === 0) push("latest");
    if (day % 13 === 0) pullImage(scope, repository, "latest");
    if (day % 30 === 10) archiveImage(scope, repository, push());
    if (day % 30 === 20) {
      const digest = push(`kept-${day}`);
      archiveImage(scope, repository, digest);
      restoreImage(scope, repository, digest);
    }
    morning();
    const before = imagesOf(scope, repository);
    await scope.world.clock.advance(DAY);
    look(day, before, imagesOf(scope, repository));
  }
}

/** A signature goes within another day of what it signs. */
const followed = ({ subject }: Image, images: Image[]) =>
  subject !== undefined && images.every((image) => image.digest !== subject || isArchived(image));

const isArchived = ({ status }: Image) => status === "ARCHIVED";
