import type { ECSClient } from "@aws-sdk/client-ecs";
import { REMOVAL_OPERATIONS, remove } from "../aws/apply-revisions";
import { kindOf } from "../aws/errors";
import { type Calls, CutOffError, ReadError } from "../aws/retry";
import { type Described, describeRevision } from "../aws/revisions";
import { nameOf } from "../retention/ledger";
import type { Clock, Millis, Outcome, Postponement, Removal, Revision, Store } from "../retention/types";
import { CALL_GUARDS, type CallContext, type Refusal } from "./guards";
import { type Call, endPart, type Part, settle } from "./parts";
import { archiveRevision } from "./store/archive";
import type { Facts } from "./store/facts";
import type { Lease } from "./store/lease";

export interface RemovalOptions {
  /** Describes; removing is done with each service's own. */
  client: ECSClient;
  calls: Calls;
  clock: Clock;
  account: string;
  region: string;
  store: Store;
  lease: Pick<Lease, "holds">;
  facts: Facts;
  /** No call that removes starts at this moment or later. */
  removeUntil: Millis;
  /** `undefined`: it cannot be had, and the part was ended. */
  clientOf(part: Part): Promise<ECSClient | undefined>;
  /** Told after each call how many revisions it was about. */
  onRemoved?(part: Part, count: number): void;
}

/** What the calls of one batch did. */
export interface Removed {
  outcomes: Outcome[];
  /** How many count against each part's limit: done, or perhaps done. */
  counts: Map<Part, number>;
  /** No time was left for another call: what is in use must be read again. */
  late?: true;
  /** Why nothing more is removed in this run. */
  stop?: { by: Postponement; cause: string };
}

/** After this many calls in a row whose effect is unknown, a service is left to the next run. */
const UNKNOWN_IN_A_ROW = 3;

/**
 * Makes the calls of one batch, each kind at its own pace. Every revision is described again, and before a deletion its
 * JSON archived, while the call's turn is awaited; then the guards are asked. What there is no time for stays waiting.
 *
 * @throws LeaseLostError, StoreConflictError where somebody else may write by now.
 */
export async function removeBatch(queues: Record<Removal, Call[]>, options: RemovalOptions): Promise<Removed> {
  const { calls, clock, clientOf, onRemoved } = options;
  const done: Removed = { outcomes: [], counts: new Map() };
  const end = (part: Part, outcome: Omit<Outcome, "action">) => {
    const settled = settle(part, outcome);
    if (settled) done.outcomes.push(settled);
  };
  for (let call = nextCall(queues, calls); call; call = nextCall(queues, calls)) {
    const { part, action } = call;
    if (clock.now() + calls.pace.wait(REMOVAL_OPERATIONS[action]) >= options.removeUntil) {
      return { ...done, late: true };
    }
    const client = await clientOf(part);
    if (!client) continue;

    const ready = await Promise.all(call.subjects.map((subject) => prepare(subject, action, options)));
    await clock.sleep(calls.pace.wait(REMOVAL_OPERATIONS[action]));
    const now = clock.now();
    const sent = new Map<string, Ready>();
    for (const each of ready) {
      const subject = each.subject.arn;
      if (each.stop) return { ...done, stop: each.stop };
      const refusal =
        each.refusal ?? refusalOf({ ...options, ...each, now, action, arn: subject, policy: part.policy });
      if (!refusal) sent.set(subject, each);
      // It stays waiting: what follows was read just as long ago.
      else if (refusal.result === "postponed") return { ...done, late: true };
      else end(part, { subject, at: now, ...refusal });
    }
    if (sent.size > 0) {
      const { results, ends } = await remove(client, calls, action, [...sent.keys()]);
      const at = clock.now();
      for (const { subject, result, cause, deregisteredAt } of results) {
        // Throttled: it stays waiting for whatever stops the run.
        if (result === "postponed") continue;
        const archived = result === "done" && sent.get(subject)?.archived;
        end(part, { subject, result, at, ...(cause && { cause }), ...(archived && { archived }) });
        if (result === "done" || ends?.what === "unknown") done.counts.set(part, (done.counts.get(part) ?? 0) + 1);
        if (deregisteredAt !== undefined) learn(options.facts, sent.get(subject), deregisteredAt);
      }
      if (ends?.what === "run")
        return { ...done, stop: { by: "pace", cause: `${ends.cause}: others need these calls now` } };
      if (ends?.what === "service") endPart(part, "refused", `${ends.cause}: deploy the service again`, at);
      part.unknownInARow = ends?.what === "unknown" ? part.unknownInARow + 1 : 0;
      if (part.unknownInARow === UNKNOWN_IN_A_ROW) {
        endPart(part, "pace", `${ends?.cause}, ${UNKNOWN_IN_A_ROW} times in a row: run again`, at);
      }
    }
    onRemoved?.(part, call.subjects.length);
  }
  return done;
}

/** The call whose token is there first; deregistering, which is slower, where both are. */
function nextCall(queues: Record<Removal, Call[]>, calls: Calls): Call | undefined {
  const wait = (action: Removal) =>
    queues[action].length > 0 ? calls.pace.wait(REMOVAL_OPERATIONS[action]) : Number.POSITIVE_INFINITY;
  const call = queues[wait("deregister") <= wait("delete") ? "deregister" : "delete"].shift();
  if (!call) return undefined;
  // A part may have ended, or an outcome may be there, since the batch was opened.
  const subjects = call.subjects.filter(({ arn }) => call.part.waiting.has(arn));
  return subjects.length > 0 ? { ...call, subjects } : nextCall(queues, calls);
}

/** What is known of a revision just before its removal. */
interface Ready extends Pick<CallContext, "found" | "archived" | "archiveError"> {
  subject: Revision;
  /** Why it is not removed, beyond what the guards ask. */
  refusal?: Refusal;
  stop?: Removed["stop"];
}

async function prepare(subject: Revision, action: Removal, options: RemovalOptions): Promise<Ready> {
  const { client, calls, store } = options;
  let described: Described | undefined;
  try {
    described = await describeRevision(client, calls, subject.arn, ["TAGS"]);
  } catch (error) {
    if (!(error instanceof ReadError)) throw error;
    if (error.cause instanceof CutOffError) return { subject, refusal: { result: "postponed", cause: error.message } };
    if (kindOf(error.cause) === "throttled") return { subject, stop: { by: "pace", cause: error.message } };
    return { subject, refusal: { result: "failed", cause: error.message } };
  }
  if (!described) return { subject };
  const { definition, tags } = described;
  const found = {
    ...(definition.status && { status: definition.status }),
    tags: Object.fromEntries(tags.map(({ key = "", value = "" }) => [key, value])),
  };
  if (action !== "delete") return { subject, found };
  try {
    return { subject, found, archived: await archiveRevision(store, options, definition, tags) };
  } catch (error) {
    if (!(error instanceof ReadError)) throw error;
    return { subject, found, archiveError: error.message };
  }
}

function refusalOf(context: CallContext): Refusal | undefined {
  for (const guard of CALL_GUARDS) {
    const refusal = guard.stops(context);
    if (refusal) return refusal;
  }
  return undefined;
}

/** What our own call told: nobody has to describe the revision for its date any more. */
function learn(facts: Facts, ready: Ready | undefined, deregisteredAt: Millis): void {
  const known = ready && facts.of(nameOf(ready.subject));
  if (known) facts.add({ ...known, deregisteredAt });
}
