import { createHash } from "node:crypto";
import type { LifecycleFinding } from "../../lifecycle/checks/check";
import type { LifecycleRule } from "../../lifecycle/types";
import type { LifecycleVerdict } from "../../lifecycle/verdict";
import type { AcceptedLifecycle } from "../../report/lifecycle";
import type { LifecycleRepository } from "../../report/lifecycle-images";
import type { Image } from "../../retention/images/image";
import { DAY, NOW } from "./fixtures";

function digest(n: number): string {
  return `sha256:${createHash("sha256").update(`${n}`).digest("hex")}`;
}

/** Pushed `n` days ago, never pulled, of 100 MB. */
export function image(n: number, more: Partial<Image> = {}): Image {
  return {
    digest: digest(n),
    tags: [],
    pushedAt: NOW - n * DAY,
    status: "ACTIVE",
    bytes: 100_000_000,
    children: [],
    ...more,
  };
}

export function keep(n: number, verdict: Partial<LifecycleVerdict>, more: Partial<Image> = {}): LifecycleVerdict {
  return { image: image(n, more), action: "keep", because: "unselected", shieldedFrom: [], ...verdict };
}

export function taken(n: number, verdict: Partial<LifecycleVerdict>, more: Partial<Image> = {}): LifecycleVerdict {
  return { image: image(n, more), action: "expire", because: "taken", shieldedFrom: [], ...verdict };
}

export const RULES: LifecycleRule[] = [
  {
    rulePriority: 1,
    description: "releases go back a year",
    selection: {
      tagStatus: "tagged",
      tagPatternList: ["v*"],
      countType: "imageCountMoreThan",
      countNumber: 50,
      storageClass: "standard",
    },
    action: "transition",
  },
  {
    rulePriority: 2,
    selection: { tagStatus: "any", countType: "sinceImagePushed", countNumber: 30, storageClass: "standard" },
    action: "expire",
  },
  {
    rulePriority: 3,
    selection: { tagStatus: "any", countType: "sinceImageTransitioned", countNumber: 365, storageClass: "archive" },
    action: "expire",
  },
];

export function finding(rule: number, more: Partial<LifecycleFinding> = {}): LifecycleFinding {
  return {
    id: "age-in-use",
    kind: "in-use",
    rule,
    what: "expires images pushed more than 30 days ago",
    why: "what was not deployed for longer than that runs an image that is older",
    fix: "let the rule select only tags that nothing deployed has",
    link: "https://example.com/incident",
    ...more,
  };
}

/** A repository in which something of everything happens. */
export function repository(more: Partial<LifecycleRepository> = {}): LifecycleRepository {
  const old = { status: "ARCHIVED", archivedAt: NOW - 400 * DAY } as const;
  return {
    name: "shop/checkout",
    account: "123456789012",
    region: "eu-central-1",
    readAt: NOW,
    mutability: { setting: "MUTABLE_WITH_EXCLUSION", exclusions: ["v*"] },
    verdicts: [
      keep(1, { rule: 2, because: "not-yet", at: NOW + 29 * DAY }, { tags: ["main"], pulledAt: NOW - DAY }),
      keep(2, { rule: 1, because: "newest" }, { tags: ["v3", "stable"] }),
      keep(3, { rule: 2, because: "not-yet", at: NOW + 29 * DAY }),
      keep(40, { rule: 1, because: "newest", shieldedFrom: [2] }, { tags: ["v2"] }),
      taken(41, { rule: 2 }, { tags: ["pr-7", "sha-0f9a1b2"], pulledAt: NOW - 20 * DAY }),
      taken(42, { rule: 2, because: "subject", with: [digest(41)] }, { subject: digest(41), bytes: 4_512 }),
      taken(43, { rule: 2 }, { children: [digest(44), digest(45)], bytes: 0 }),
      keep(44, { rule: 2, because: "index", with: [digest(43)] }),
      keep(45, { rule: 2, because: "index", with: [digest(43)] }),
      taken(200, { rule: 1, action: "archive" }, { tags: ["v1"], bytes: 1_234_567_890 }),
      taken(500, { rule: 3 }, { tags: ["v0"], ...old }),
      keep(501, { rule: 3, because: "not-yet", at: NOW + 265 * DAY }, { ...old, archivedAt: NOW - 100 * DAY }),
    ],
    unread: [],
    ...more,
  };
}

export function accepted(more: Partial<AcceptedLifecycle> = {}): AcceptedLifecycle {
  return { version: 1, source: "lifecycle.json", policy: { rules: RULES }, findings: [], ...more };
}
