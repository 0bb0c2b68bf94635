import { AwsError, type Fault, type RecordedCall } from "../../simulator";
import type { Random } from "../../simulator/random";

/** What meets a call, and how many calls of the same operation after it. */
export interface Meeting {
  fault: Fault;
  /** Calls of the same operation that fail with it. */
  times: number;
  says: string;
}

const error = (name: string, status: number) => new AwsError(name, "injected by the simulation", status);

/** How AWS refuses or fails for a while. */
const REFUSALS: { name: string; status: number; s3?: boolean }[] = [
  { name: "ThrottlingException", status: 400, s3: false },
  { name: "ServerException", status: 500, s3: false },
  { name: "AccessDeniedException", status: 400, s3: false },
  { name: "SlowDown", status: 503, s3: true },
  { name: "InternalError", status: 500, s3: true },
  { name: "ConditionalRequestConflict", status: 409, s3: true },
  { name: "PreconditionFailed", status: 412, s3: true },
  { name: "AccessDenied", status: 403, s3: true },
];

/** Makes the faults of a history: each by its kind, for whichever call it meets. */
export const FAULTS = {
  /** Once or for some calls, also for the page that should follow. */
  fail(call: RecordedCall, random: Random): Meeting {
    const fitting = REFUSALS.filter(({ s3 }) => s3 === (call.service === "s3"));
    const { name, status } = fitting[random.below(fitting.length)] ?? { name: "ServerException", status: 500 };
    const times = random.next() < 0.6 ? 1 : 1 + random.below(12);
    const says = `${call.service}:${call.operation} fails with ${name}${times > 1 ? ` ${times} times` : ""}`;
    return { fault: { before: error(name, status) }, times, says };
  },
  /** It has its effect, and nobody is told. */
  "lose-answer"(call: RecordedCall, random: Random): Meeting {
    const lost = random.next() < 0.5 ? error("TimeoutError", 500) : error("InternalError", 500);
    return { fault: { after: lost }, times: 1, says: `the answer to ${call.service}:${call.operation} is lost` };
  },
  /** As the same read was answered before, up to ten minutes ago. */
  "answer-as-before"(call: RecordedCall, random: Random): Meeting {
    const says = `${call.service}:${call.operation} answers as before`;
    return { fault: { stale: true }, times: 1 + random.below(20), says };
  },
  kill(call: RecordedCall, random: Random): Meeting {
    const when = random.next() < 0.5 ? "before" : "after";
    return { fault: { [when]: "kill" }, times: 1, says: `killed ${when} ${call.service}:${call.operation}` };
  },
} satisfies Record<string, (call: RecordedCall, random: Random) => Meeting>;

export const DENIED = error("AccessDeniedException", 400);
