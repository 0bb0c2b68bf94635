import type { ECSClient } from "@aws-sdk/client-ecs";
import { kindOf } from "../aws/errors";
import { gapOf } from "../aws/gaps";
import { type Calls, CutOffError, type ReadError } from "../aws/retry";
import { describeRevision, factOf } from "../aws/revisions";
import { findPlaintextSecrets } from "../checks/plaintext-secrets";
import type { Clock, Gap, Millis, Revision } from "../retention/types";
import type { Facts } from "./store/facts";
import { inTurn } from "./turns";

export interface DescribeOptions {
  client: ECSClient;
  calls: Calls;
  clock: Clock;
  facts: Facts;
  /** Nothing is described at this moment or later. */
  until: Millis;
  /** Called between two descriptions, after so many of them or so much time that losing them would hurt. */
  checkpoint(): Promise<void>;
  onDescribed?(done: number, of: number): void;
}

const CHECKPOINT = { descriptions: 500, ms: 30_000 };

/**
 * Describes revisions that nothing is known of and keeps what never changes about them, one of each queue in turn.
 *
 * @returns Gaps, and whether something was left for lack of time.
 */
export async function describeInTurn(
  queues: Revision[][],
  options: DescribeOptions,
): Promise<{ gaps: Gap[]; cut: boolean }> {
  const { client, calls, clock, facts, until, checkpoint, onDescribed } = options;
  const revisions = inTurn(queues);
  const gaps: Gap[] = [];
  let saved = { done: 0, at: clock.now() };
  for (const [done, { arn }] of revisions.entries()) {
    if (clock.now() >= until) return { gaps, cut: true };
    if (done - saved.done >= CHECKPOINT.descriptions || clock.now() - saved.at >= CHECKPOINT.ms) {
      await checkpoint();
      saved = { done, at: clock.now() };
    }
    try {
      const described = await describeRevision(client, calls, arn);
      if (described) facts.add(factOf(described.definition, findPlaintextSecrets(described.definition)));
      onDescribed?.(done + 1, revisions.length);
    } catch (error) {
      const { cause } = error as ReadError;
      if (cause instanceof CutOffError) return { gaps, cut: true };
      const kind = kindOf(cause);
      // Denied here is denied for every revision; what AWS refuses otherwise is about this one alone.
      const scope = kind === "denied" ? { kind: "account" as const } : { kind: "item" as const, name: arn };
      gaps.push(gapOf(error, "revisions", scope));
      if (kind !== "refused") return { gaps, cut: kind !== "denied" };
    }
  }
  return { gaps, cut: false };
}
