import assert from "node:assert/strict";
import {
  GetLifecyclePolicyPreviewCommand,
  type GetLifecyclePolicyPreviewResponse,
  type LifecyclePolicyPreviewResult,
  StartLifecyclePolicyPreviewCommand,
} from "@aws-sdk/client-ecr";
import fc from "fast-check";
import { readLifecycleText } from "../../lifecycle/document";
import { evaluateLifecycle } from "../../lifecycle/evaluate";
import { renderLifecyclePolicy } from "../../lifecycle/render";
import type { LifecyclePolicy } from "../../lifecycle/types";
import { HOUR } from "../../retention/duration";
import {
  deleteLifecyclePolicy,
  putLifecyclePolicy,
  startLifecyclePolicyPreview,
} from "../../simulator/services/ecr-lifecycle";
import { repositoryOf } from "../../simulator/services/ecr-repositories";
import { connectTo } from "../../simulator/wire/middleware";
import { policies, repositories } from "./support/arbitrary";
import { damagedDocuments } from "./support/documents";
import { accountWith, imagesOf, NAME, type Scope } from "./support/simulated";

const NOW = Date.UTC(2026, 0, 5);

describe("the evaluator and simulated ECR", () => {
  it("agree on what a preview of any policy of any repository says", async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(policies, repositories(NOW), async (policy, images) => {
        const scope = accountWith(images, NOW);
        const answer = await preview(scope, policy);
        const results = (answer.previewResults ?? []).map(described);
        const all = evaluateLifecycle(policy, imagesOf(scope), NOW);
        for (const { action, because } of all) seen.add(`${action} ${because}`);
        const taken = all.filter(({ action }) => action !== "keep");
        const expected = taken.map(({ image, action, rule }) => ({
          digest: image.digest,
          tags: image.tags.toSorted(),
          pushedAt: image.pushedAt,
          action: action === "expire" ? "EXPIRE" : "TRANSITION",
          rule,
          storageClass: image.status === "ACTIVE" ? "STANDARD" : "ARCHIVE",
        }));
        assert.deepEqual(results, expected.toSorted(byDigest));
      }),
      { numRuns: 1000 },
    );
    assert.deepEqual([...seen].sort(), [
      "archive subject",
      "archive taken",
      "expire subject",
      "expire taken",
      "keep index",
      "keep newest",
      "keep not-yet",
      "keep unselected",
    ]);
  });

  it("agree on what is there once a policy was applied, round after round", async () => {
    await fc.assert(
      fc.asyncProperty(policies, repositories(NOW), fc.nat(), async (policy, images, seed) => {
        const scope = accountWith(images, NOW, seed);
        const { clock } = scope.world;
        for (let round = 0; round < 3; round += 1) {
          const before = imagesOf(scope);
          const at = await evaluated(scope, policy);
          const verdicts = evaluateLifecycle(policy, before, at);
          // Referrers follow within a day, theirs within another.
          await clock.advance(before.length * 24 * HOUR);
          const after = imagesOf(scope).map(({ digest, tags, status }) => ({ digest, tags, status }));
          const expected = verdicts
            .filter(({ action }) => action !== "expire")
            .map(({ image: { digest, tags, status }, action }) => ({
              digest,
              tags,
              status: action === "archive" ? "ARCHIVED" : status,
            }));
          assert.deepEqual(after.toSorted(byDigest), expected.toSorted(byDigest));
        }
      }),
      { numRuns: 300 },
    );
  });

  it("refuse the same documents, and read the others alike", () => {
    const seen = { refused: 0, accepted: 0 };
    fc.assert(
      fc.property(damagedDocuments, repositories(NOW), (document, images) => {
        const text = JSON.stringify(document).padEnd(100);
        const scope = accountWith(images, NOW);
        const { policy, problems } = readLifecycleText(text, "");
        if (policy === undefined) {
          seen.refused += 1;
          const refused = { name: "InvalidParameterException" };
          assert.throws(() => startLifecyclePolicyPreview(scope, NAME, text), refused, JSON.stringify(problems));
        } else {
          seen.accepted += 1;
          const { results } = startLifecyclePolicyPreview(scope, NAME, text);
          const taken = evaluateLifecycle(policy, imagesOf(scope), NOW).filter(({ action }) => action !== "keep");
          assert.deepEqual(
            results.map(({ digest, rulePriority: rule }) => ({ digest, rule })).sort(byDigest),
            taken.map(({ image: { digest }, rule }) => ({ digest, rule })).sort(byDigest),
          );
        }
      }),
      { numRuns: 1000 },
    );
    assert.ok(seen.refused > 100 && seen.accepted > 100, JSON.stringify(seen));
  });
});

/** Puts the policy until ECR has evaluated it once. @returns when it did */
async function evaluated(scope: Scope, policy: LifecyclePolicy): Promise<number> {
  const { lifecycle } = repositoryOf(scope, NAME);
  putLifecyclePolicy(scope, NAME, renderLifecyclePolicy(policy));
  // At most one evaluation an hour, and one a day.
  for (let hour = 0; hour < 24 && lifecycle.lastEvaluatedAt === undefined; hour += 1) {
    await scope.world.clock.advance(HOUR);
  }
  const at = lifecycle.lastEvaluatedAt;
  deleteLifecyclePolicy(scope, NAME);
  assert.ok(at !== undefined, "no evaluation within a day");
  return at;
}

async function preview(scope: Scope, policy: LifecyclePolicy): Promise<GetLifecyclePolicyPreviewResponse> {
  const client = connectTo(scope.world, scope.world.admin(scope.account), scope.region).ecr();
  const lifecyclePolicyText = renderLifecyclePolicy(policy);
  await client.send(new StartLifecyclePolicyPreviewCommand({ repositoryName: NAME, lifecyclePolicyText }));
  await scope.world.clock.advance(HOUR);
  return client.send(new GetLifecyclePolicyPreviewCommand({ repositoryName: NAME }));
}

const described = (result: LifecyclePolicyPreviewResult) => ({
  digest: result.imageDigest,
  tags: result.imageTags,
  pushedAt: result.imagePushedAt?.getTime(),
  action: result.action?.type,
  rule: result.appliedRulePriority,
  storageClass: result.storageClass,
});

function byDigest(one: { digest?: string }, other: { digest?: string }): number {
  return (one.digest ?? "") < (other.digest ?? "") ? -1 : 1;
}
