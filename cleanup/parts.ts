import { DELETE_AT_ONCE } from "../aws/apply-revisions";
import type {
  Because,
  Millis,
  Outcome,
  Plan,
  Postponement,
  Removal,
  RetentionPolicy,
  Revision,
  ServiceReport,
} from "../retention/types";
import type { GoodRegistration } from "./registrations";
import { inTurn } from "./turns";

/** What is left to remove for one service, and the report that its outcomes go to. */
export interface Part {
  registration: GoodRegistration;
  policy: RetentionPolicy;
  report: ServiceReport;
  /** By ARN, in the order in which they go; whatever has its outcome is no longer in it. */
  waiting: Map<string, Waiting>;
  /** Removing calls whose effect is not known. */
  unknownInARow: number;
}

interface Waiting {
  subject: Revision;
  action: Removal;
  /** Its removal failed the last time: it goes after all others in a call of its own, so that it holds up none. */
  alone: boolean;
}

/** What a plan asks to remove: deletions before deregistrations, oldest first, what failed the last time at the end. */
export function partOf(
  registration: GoodRegistration,
  report: ServiceReport,
  plan: Plan,
  failedBefore: ReadonlySet<string>,
): Part {
  const removals = plan.revisions
    .toReversed()
    .flatMap(({ subject, action }): Waiting[] =>
      action === "keep" ? [] : [{ subject, action, alone: failedBefore.has(subject.arn) }],
    );
  const rank = ({ action, alone }: Waiting) => (alone ? 2 : 0) + (action === "delete" ? 0 : 1);
  const inOrder = removals.toSorted((one, other) => rank(one) - rank(other));
  const waiting = new Map(inOrder.map((removal) => [removal.subject.arn, removal]));
  return { registration, policy: registration.registration.policy, report, waiting, unknownInARow: 0 };
}

/** A removal has its outcome: it is reported, and waits no longer. */
export function settle(part: Part, outcome: Omit<Outcome, "action">): Outcome | undefined {
  const { action } = part.waiting.get(outcome.subject) ?? {};
  if (!action) return undefined;
  part.waiting.delete(outcome.subject);
  const settled = { ...outcome, action };
  part.report.outcomes.push(settled);
  return settled;
}

/** Nothing more is removed of this part in this run, or nothing but the first `allowed`. */
export function postpone(part: Part, postponedBy: Postponement, cause: string, at: Millis, allowed = 0): void {
  for (const subject of [...part.waiting.keys()].slice(allowed)) {
    settle(part, { subject, result: "postponed", at, cause, postponedBy });
  }
}

/** A part that cannot go on, and what people should do about it. */
export function endPart(part: Part, postponedBy: Postponement, cause: string, at: Millis): void {
  const given = part.registration.registration.cleanupRoleArn ?? "the caller's own credentials";
  const expected = "a role that this run can assume and remove with";
  part.report.problems.push({ path: "cleanupRoleArn", given, expected, fix: cause });
  postpone(part, postponedBy, cause, at);
}

/** What a later plan finds needed is spared; what that plan cannot tell any more waits for the next run. */
export function heed(part: Part, plan: Plan): void {
  const verdicts = new Map(plan.revisions.map((verdict) => [verdict.subject.arn, verdict]));
  for (const [subject, { action }] of [...part.waiting]) {
    const now = verdicts.get(subject);
    if (now?.action === action) continue;
    if (now?.because.rule === "unread") {
      const cause = now.because.note ?? "it could not be read again";
      settle(part, { subject, result: "postponed", at: plan.at, cause, postponedBy: "time" });
    } else {
      settle(part, { subject, result: "spared", at: plan.at, ...whySpared(now?.because) });
    }
  }
}

function whySpared(because: Because | undefined): Pick<Outcome, "cause" | "references"> {
  if (!because) return { cause: "it is not there any more" };
  const references = because.references.length > 0 && { references: because.references };
  return { cause: `a later read of this run: ${because.rule}`, ...references };
}

/** One removing call to be: one revision to deregister, or up to ten to delete. */
export interface Call {
  part: Part;
  action: Removal;
  subjects: Revision[];
}

/**
 * The next calls of each kind, at most so many: the parts in turn, so that none starves another.
 *
 * @param most How many calls of each kind there is time for.
 */
export function nextCalls(parts: Part[], most: Record<Removal, number>): Record<Removal, Call[]> {
  return {
    delete: callsInTurn(parts, "delete", most.delete),
    deregister: callsInTurn(parts, "deregister", most.deregister),
  };
}

function callsInTurn(parts: Part[], action: Removal, most: number): Call[] {
  const size = action === "delete" ? DELETE_AT_ONCE : 1;
  return inTurn(parts.map((part) => callsOf(part, action, size))).slice(0, most);
}

function callsOf(part: Part, action: Removal, size: number): Call[] {
  const calls: Call[] = [];
  let open: Call | undefined;
  for (const { subject, action: wanted, alone } of part.waiting.values()) {
    if (wanted !== action) continue;
    if (!open || alone || open.subjects.length === size) {
      open = { part, action, subjects: [] };
      calls.push(open);
    }
    open.subjects.push(subject);
  }
  return calls;
}
