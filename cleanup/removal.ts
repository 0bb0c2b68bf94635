import type { ECSClient } from "@aws-sdk/client-ecs";
import { applyBatch, REMOVAL_OPERATIONS } from "../aws/apply-revisions";
import type { Calls } from "../aws/retry";
import type { Clock, Millis, Removal } from "../retention/types";
import { type Part, postpone } from "./parts";
import type { GoodRegistration } from "./registrations";

export interface RemovalOptions {
  calls: Calls;
  clock: Clock;
  /** No call that removes starts at this moment or later. */
  removeUntil: Millis;
  removerFor(registration: GoodRegistration): Promise<ECSClient>;
  /** Told after each call how many revisions it was about. */
  onRemoved?(part: Part, count: number): void;
}

const LATE = "no time left: what is in use must be read again before more is removed";

/** After this many calls in a row whose effect is unknown, a service is left to the next run. */
const UNKNOWN_IN_A_ROW = 3;

/**
 * Carries the plans out, one call at a time: each kind of call at its own pace, and of each kind the services in turn, so
 * that none starves another. What was not tried is `postponed` with the cause.
 */
export async function removeInTurn(parts: Part[], options: RemovalOptions): Promise<void> {
  const { calls, clock, removeUntil } = options;
  const stopAll = (cause: string) => parts.forEach((part) => void postpone(part, cause, clock.now()));
  const isLate = (wait = 0) => clock.now() + wait >= removeUntil;
  const queues = { deregister: [...parts], delete: [...parts] };
  const clients = new Map<Part, ECSClient>();
  const unknown = new Map<Part, number>();

  for (let turn = nextTurn(queues, calls); turn; turn = nextTurn(queues, calls)) {
    const { action, part } = turn;
    const wait = calls.pace.wait(REMOVAL_OPERATIONS[action]);
    if (isLate(wait)) return stopAll(LATE);
    await clock.sleep(wait);
    // Asked again after each wait: a machine may have slept meanwhile.
    if (isLate()) return stopAll(LATE);
    const client = clients.get(part) ?? (await openRemover(part, options));
    if (isLate()) return stopAll(LATE);
    if (!client) continue;
    clients.set(part, client);
    const batch = part.waiting[action].shift();
    if (!batch) continue;
    const { results, ends } = await applyBatch(client, calls, batch);
    const at = clock.now();
    part.report.outcomes.push(...results.map((result) => ({ ...result, action, at })));
    options.onRemoved?.(part, results.length);
    const inARow = ends?.what === "unknown" ? (unknown.get(part) ?? 0) + 1 : 0;
    unknown.set(part, inARow);
    if (ends?.what === "run") return stopAll(`${ends.cause}: others need these calls now`);
    if (ends?.what === "service") endPart(part, `${ends.cause}: deploy the service again`, at);
    if (inARow === UNKNOWN_IN_A_ROW) endPart(part, `${ends?.cause}, ${inARow} times in a row: run again`, at);
  }
}

/** The kind of call whose token is there first, and the service whose turn it is; that service goes to the end. */
function nextTurn(queues: Record<Removal, Part[]>, calls: Calls): { action: Removal; part: Part } | undefined {
  let next: { action: Removal; wait: number } | undefined;
  for (const action of ["deregister", "delete"] as const) {
    queues[action] = queues[action].filter((part) => part.waiting[action].length > 0);
    const wait = calls.pace.wait(REMOVAL_OPERATIONS[action]);
    if (queues[action].length > 0 && (!next || wait < next.wait)) next = { action, wait };
  }
  const part = next && queues[next.action].shift();
  if (!next || !part) return undefined;
  queues[next.action].push(part);
  return { action: next.action, part };
}

/** A role that cannot be had ends its service's part alone. */
async function openRemover(part: Part, { clock, removerFor }: RemovalOptions): Promise<ECSClient | undefined> {
  try {
    return await removerFor(part.registration);
  } catch (error) {
    endPart(part, (error as Error).message, clock.now());
    return undefined;
  }
}

function endPart(part: Part, cause: string, at: Millis): void {
  const given = part.registration.registration.cleanupRoleArn ?? "the caller's own credentials";
  const expected = "a role that this run can assume and remove with";
  part.report.problems.push({ path: "cleanupRoleArn", given, expected, fix: cause });
  postpone(part, cause, at);
}
