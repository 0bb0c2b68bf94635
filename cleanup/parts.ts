import { type Batch, DELETE_AT_ONCE } from "../aws/apply-revisions";
import { isRevisionOf } from "../aws/arn";
import { chunks } from "../aws/paging";
import type { Millis, Removal, Revision, ServiceReport, Verdict } from "../retention/types";
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
  const single: Part["waiting"] = { deregister: [], delete: [] };
  const deletable: string[] = [];
  const failed = ({ subject }: Verdict<Revision>) => Number(run.failedBefore.has(subject.arn));
  const oldestFirst = report.plan?.revisions.toReversed() ?? [];
  for (const { subject, action } of oldestFirst.sort((one, other) => failed(one) - failed(other))) {
    if (action === "keep") continue;
    const { arn } = subject;
    if (!isRevisionOf(arn, { account: run.account, region: run.region, family })) {
      const cause = `never sent: not a revision of ${family} in ${run.account}, ${run.region}`;
      report.outcomes.push({ subject: arn, action, result: "failed", at: run.now, cause });
    } else if (action === "deregister" || run.failedBefore.has(arn)) single[action].push({ action, arns: [arn] });
    else deletable.push(arn);
  }
  const tens = chunks(deletable, DELETE_AT_ONCE).map((arns): Batch => ({ action: "delete", arns }));
  return { registration, report, waiting: { deregister: single.deregister, delete: [...tens, ...single.delete] } };
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
