import assert from "node:assert/strict";
import { evaluateLifecycle } from "../../lifecycle/evaluate";
import { readLifecycleSettings } from "../../lifecycle/settings";
import type { LifecyclePolicy } from "../../lifecycle/types";
import type { LifecycleVerdict } from "../../lifecycle/verdict";
import { DAY, parseDuration } from "../../retention/duration";
import type { Image } from "../../retention/images/image";
import type { Millis } from "../../retention/types";
import { loadCases } from "../cases/load";

const NOW = Date.UTC(2026, 5, 1);

interface LifecycleCase {
  name: string;
  /** Where AWS says so, or somebody measured it. */
  link: string;
  /** As components take them. */
  rules: object[];
  images: ListedImage[];
}

interface ListedImage {
  /** Its digest without `sha256:`. */
  image: string;
  tags?: string[];
  /** Ages: a duration, and milliseconds more or less, `10d-1`. */
  pushed: string;
  pulled?: string;
  archived?: string;
  restored?: string;
  /** Default: ARCHIVED where it was not restored after it was archived, else ACTIVE. */
  status?: Image["status"];
  children?: string[];
  subject?: string;
  /** `action because rule`, then `with` images, when `at` is from now, and the rules it is `shielded from`. */
  verdict: string;
}

const digestOf = (name: string) => `sha256:${name}`;
const nameOf = (digest: string) => digest.slice("sha256:".length);

function dateOf(age: string): Millis {
  const [, sign, duration, more] = /^(-?)(\d+[a-z])([+-]\d+)?$/.exec(age) ?? [];
  const millis = parseDuration(duration);
  assert.ok(millis !== undefined, `${age} is no age`);
  return NOW - (sign === "-" ? -millis : millis) - Number(more ?? 0);
}

function toImage({ image, tags = [], pushed, children = [], ...rest }: ListedImage): Image {
  const pulledAt = rest.pulled && dateOf(rest.pulled);
  const archivedAt = rest.archived && dateOf(rest.archived);
  const activatedAt = rest.restored && dateOf(rest.restored);
  const status = archivedAt && archivedAt > (activatedAt || 0) ? "ARCHIVED" : "ACTIVE";
  return {
    digest: digestOf(image),
    tags,
    pushedAt: dateOf(pushed),
    ...(pulledAt && { pulledAt }),
    status: rest.status ?? status,
    ...(archivedAt && { archivedAt }),
    ...(activatedAt && { activatedAt }),
    bytes: 1,
    children: children.map(digestOf),
    ...(rest.subject && { subject: digestOf(rest.subject) }),
  };
}

function toText({ action, because, rule, with: others, at, shieldedFrom }: LifecycleVerdict): string {
  const words: string[] = [action, because];
  if (rule !== undefined) words.push(String(rule));
  if (others) words.push("with", others.map(nameOf).join());
  if (at !== undefined) words.push("in", `${Math.floor((at - NOW) / DAY)}d+${(at - NOW) % DAY}`);
  if (shieldedFrom.length > 0) words.push("shielded from", shieldedFrom.join());
  return words.join(" ");
}

function policyOf(rules: object[]): LifecyclePolicy {
  const { policy, problems } = readLifecycleSettings({ rules });
  assert.ok(policy, JSON.stringify(problems));
  return policy;
}

describe("what ECR makes of images by a lifecycle policy", () => {
  for (const { subject, cases } of loadCases<LifecycleCase>("lifecycle")) {
    describe(subject, () => {
      for (const { name, link, rules, images } of cases) {
        it(name, () => {
          assert.match(link, /^https:\/\/(docs\.aws\.amazon\.com|github\.com)\//);
          const verdicts = evaluateLifecycle(policyOf(rules), images.map(toImage), NOW);
          assert.deepEqual(
            Object.fromEntries(verdicts.map((verdict) => [nameOf(verdict.image.digest), toText(verdict)])),
            Object.fromEntries(images.map(({ image, verdict }) => [image, verdict])),
          );
        });
      }
    });
  }

  it("is told newest first, by the times that AWS goes by", () => {
    const images = [
      { image: "A", pushed: "3d", verdict: "" },
      { image: "B", pushed: "9d", archived: "5d", restored: "1d", verdict: "" },
      { image: "C", pushed: "3d", verdict: "" },
      { image: "D", pushed: "2d", pulled: "0d", verdict: "" },
    ];
    const verdicts = evaluateLifecycle({ rules: [] }, images.map(toImage), NOW);
    assert.deepEqual(
      verdicts.map(({ image }) => nameOf(image.digest)),
      ["B", "D", "C", "A"],
    );
  });

  it("has no date where no date is late enough", () => {
    const selection = { tagStatus: "any", countType: "sinceImagePushed", storageClass: "standard" } as const;
    const policy: LifecyclePolicy = {
      rules: [{ rulePriority: 1, selection: { ...selection, countNumber: 1e9 }, action: "expire" }],
    };
    const verdicts = evaluateLifecycle(policy, [toImage({ image: "A", pushed: "900d", verdict: "" })], NOW);
    assert.deepEqual(verdicts.map(toText), ["keep not-yet 1"]);
  });

  it("takes seconds at most for the 100,000 images and 50 rules that AWS allows", function () {
    this.timeout(30_000);
    const images = Array.from({ length: 100_000 }, (_, index) =>
      toImage({
        image: String((index * 7919) % 100_000),
        tags: index % 3 === 0 ? [] : [`prod-${index}`, `v1.${index}`],
        pushed: `${index % 500}d`,
        ...(index % 50 === 0 && { children: [String(index + 1)] }),
        ...(index % 40 === 1 && { subject: String(index + 5) }),
        verdict: "",
      }),
    );
    const rules = Array.from({ length: 49 }, (_, index) => ({
      tagPatterns: [`*p*o*d*-${index}`],
      keepImages: 10,
      action: "expire",
    }));
    const policy = policyOf([...rules, { tagStatus: "any", keepFor: "30d", action: "expire" }]);
    const before = process.cpuUsage();
    assert.equal(evaluateLifecycle(policy, images, NOW).length, 100_000);
    assert.ok(process.cpuUsage(before).user / 1e6 < 10);
  });
});
