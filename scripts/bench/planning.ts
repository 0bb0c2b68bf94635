import { indexInventory } from "../../retention/revisions/inventory";
import { planRevisions } from "../../retention/revisions/plan";
import type { Inventory, Revision } from "../../retention/types";
import { policyOf } from "./account";
import { type Figure, figure } from "./figure";

const FAMILIES = 1_000;
const REVISIONS = 1_000;
const NOW = Date.UTC(2026, 0, 1);
const DAY = 86_400_000;

/** 1,000,000 revisions over 1,000 services: time and memory beside JSON.parse of the same inventory. */
export function planning(): Figure[] {
  const text = JSON.stringify(largeInventory());
  const parsed = measure(() => JSON.parse(text) as Inventory);
  const planned = measure(() => {
    const indexed = indexInventory(parsed.result);
    return Array.from({ length: FAMILIES }, (_, family) => planRevisions(policyOf(`family-${family}`), indexed, NOW));
  });
  const verdicts = planned.result.reduce((sum, plan) => sum + plan.revisions.length, 0);
  if (verdicts !== FAMILIES * REVISIONS) throw new Error(`${verdicts} verdicts for ${FAMILIES * REVISIONS} revisions`);
  const name = "plan 1,000,000 revisions";
  return [
    figure(`${name}: time`, "ms", Math.round(planned.ms), Math.round(parsed.ms), "JSON.parse of the inventory"),
    figure(`${name}: heap`, "MB", Math.round(planned.mb), Math.round(parsed.mb), "the parsed inventory"),
  ];
}

function largeInventory(): Inventory {
  const revisions: Revision[] = [];
  for (let family = 0; family < FAMILIES; family += 1) {
    for (let revision = 1; revision <= REVISIONS; revision += 1) {
      const registeredAt = NOW - (REVISIONS - revision + 1) * DAY;
      revisions.push({
        arn: `arn:aws:ecs:eu-west-1:111122223333:task-definition/family-${family}:${revision}`,
        family: `family-${family}`,
        revision,
        plaintextSecrets: [],
        ...(revision % 2 === 0
          ? { status: "ACTIVE", registeredAt }
          : { status: "INACTIVE", registeredAt, deregisteredAt: registeredAt + DAY }),
      });
    }
  }
  return {
    account: "111122223333",
    region: "eu-west-1",
    readAt: NOW,
    revisions,
    references: [],
    successes: [],
    gaps: [],
  };
}

function measure<T>(work: () => T): { result: T; ms: number; mb: number } {
  globalThis.gc?.();
  const heap = process.memoryUsage().heapUsed;
  const start = performance.now();
  const result = work();
  const ms = performance.now() - start;
  globalThis.gc?.();
  return { result, ms, mb: (process.memoryUsage().heapUsed - heap) / 1_000_000 };
}
