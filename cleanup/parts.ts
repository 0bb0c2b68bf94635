import { type Batch, DELETE_AT_ONCE } from "../aws/apply-revisions";
import { isRevisionOf } from "../aws/arn";
import { chunks } from "../aws/paging";
import type { Millis, Removal, ServiceReport } from "../retention/types";
import type { GoodRegistration } from "./registrations";

/** What is left to remove for one service, and the report that its outcomes go to. */
export interface Part {
  registration: GoodRegistration;
  report: ServiceReport;
  waiting: Record<Removal, Batch[]>;
}

/**
 * What a plan asks to remove, oldest first, as calls: deregistering one by one, deleting in tens, each revision whose
 * removal failed the last time after all others in a call of its own, so that a bad one holds up no other. An ARN that is
 * not exactly one of the registration's family is never sent: AWS would let the role deregister any.
 */
export function partOf(
  registration: GoodRegistration,
  report: ServiceReport,
  run: { account: string; region: string; failedBefore: ReadonlySet<string>; now: Millis },
): Part {
  const { family } = registration.registration.policy;
  const first: Record<Removal, string[]> = { deregister: [], delete: [] };
  const last: Record<Removal, string[]> = { deregister: [], delete: [] };
  for (const { subject, action } of report.plan?.revisions.toReversed() ?? []) {
    if (action === "keep") continue;
    const { arn } = subject;
    if (isRevisionOf(arn, { account: run.account, region: run.region, family })) {
      (run.failedBefore.has(arn) ? last : first)[action].push(arn);
    } else {
      const cause = `never sent: not a revision of ${family} in ${run.account}, ${run.region}`;
      report.outcomes.push({ subject: arn, action, result: "failed", at: run.now, cause });
    }
  }
  const batches = (action: Removal, size: number) =>
    [...chunks(first[action], size), ...chunks(last[action], 1)].map((arns): Batch => ({ action, arns }));
  const waiting = { deregister: batches("deregister", 1), delete: batches("delete", DELETE_AT_ONCE) };
  return { registration, report, waiting };
}

/** How many revisions are still to be removed. */
export function countWaiting({ waiting }: Part): number {
  return [...waiting.deregister, ...waiting.delete].reduce((sum, { arns }) => sum + arns.length, 0);
}

/** Nothing more is removed of this part in this run. */
export function postpone({ waiting, report }: Part, cause: string, at: Millis): void {
  for (const { action, arns } of [...waiting.deregister.splice(0), ...waiting.delete.splice(0)]) {
    for (const subject of arns) report.outcomes.push({ subject, action, result: "postponed", at, cause });
  }
}
