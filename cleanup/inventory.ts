import type { ECSClient } from "@aws-sdk/client-ecs";
import { gapIn } from "../aws/gaps";
import { readReferences } from "../aws/references/index";
import type { Calls } from "../aws/retry";
import { listRevisions } from "../aws/revisions";
import { notCoveredGaps } from "../retention/reference-sources";
import { indexInventory } from "../retention/revisions/inventory";
import type { Clock, Inventory, Millis, RetentionPolicy } from "../retention/types";
import { readDates } from "./dates";

export interface ReadOptions {
  client: ECSClient;
  calls: Calls;
  clock: Clock;
  account: string;
  region: string;
  /** In the order in which they take turns. */
  policies: RetentionPolicy[];
  failedBefore: ReadonlySet<string>;
  /** When the run's last removal may start at the latest, whatever was read when. */
  end: Millis;
  onStep?(step: "revisions" | "references" | "dates"): void;
}

/** No removal starts later than this after the read of references began. */
const REFERENCES_HOLD: Millis = 5 * 60_000;

/** Everything that the plans of a run stand on, and until when removals may rely on it. */
export async function readInventory(options: ReadOptions): Promise<{ inventory: Inventory; removeUntil: Millis }> {
  const { client, calls, clock, account, region, policies, onStep } = options;
  onStep?.("revisions");
  const listed = await listRevisions(client, calls, new Set(policies.map(({ family }) => family)));
  onStep?.("references");
  const readAt = clock.now();
  const removeUntil = Math.min(readAt + REFERENCES_HOLD, options.end);
  const { references, gaps } = await readReferences(client, calls);
  if (clock.now() >= removeUntil) {
    const detail = "what is in use took longer to read than removals may rely on it";
    gaps.push(gapIn("all", detail, "references", { kind: "account" }, "truncated"));
  }
  const undated: Inventory = {
    account,
    region,
    readAt,
    revisions: listed.revisions,
    references,
    gaps: [...listed.gaps, ...gaps, ...notCoveredGaps()],
  };
  onStep?.("dates");
  const dates = await readDates({ ...options, inventory: indexInventory(undated), removeUntil });
  const revisions = listed.revisions.map((revision) => dates.described.get(revision.arn) ?? revision);
  return { inventory: { ...undated, revisions, gaps: [...undated.gaps, ...dates.gaps] }, removeUntil };
}
