import type { Millis } from "../retention/types";
import type { Actor } from "./actor";
import { Answers } from "./answers";
import { TokenBuckets } from "./buckets";
import { globalContext, Iam } from "./iam";
import {
  AwsError,
  type CallScope,
  type Context,
  type Input,
  KilledError,
  type Operation,
  type Principal,
  SimulatorError,
} from "./operation";
import type { Random } from "./random";
import { OPERATIONS } from "./services/index";
import type { World } from "./world";

export interface Call {
  principal: Principal;
  region: string;
  /** Signing name, e.g. `ecs`. */
  service: string;
  /** As in the API, e.g. `ListServices`. */
  operation: string;
  /** Input of the SDK's command. */
  input: Input;
  /** Condition keys that only the caller knows, e.g. `aws:SourceArn` of a service's call. */
  context?: Context;
}

// biome-ignore lint/suspicious/noExplicitAny: the caller knows its operation's output.
type Output = any;

export interface RecordedCall {
  at: Millis;
  principal: string;
  account: string;
  region: string;
  service: string;
  operation: string;
  action: string;
  resources: string[];
  context: Context;
  /** Absent: IAM was not asked, for the call failed before. */
  decision?: "allowed" | "denied";
  /** Of what the operation also asked about (see `Operation.asks`), what the caller may do. */
  may?: string[];
  /** Name of the error that the caller got. */
  error?: string;
  /** The answer was an earlier one. */
  stale?: true;
}

/** `kill`: the caller never gets an answer and its process ends; before: nothing happened, after: it did. */
export interface Fault {
  before?: AwsError | "kill";
  after?: AwsError | "kill";
  /** Answers as the same call was answered last, up to ten minutes ago; needs `gate.remembers`. */
  stale?: boolean;
}

/** Wrapped, so that awaiting it does not await an operation that answers later. */
interface Answered {
  answer: object | Promise<object>;
}

interface Waiting {
  call: Call;
  actor: Actor | undefined;
  resolve: (answered: Answered) => void;
  reject: (error: Error) => void;
  /** Lets time move again. */
  release: () => void;
}

/** The one door to every operation: schedule -> record -> IAM -> throttle -> fault before -> behaviour -> fault after. */
export class Gate {
  /** Every call, in the order in which they took effect; at least the last `keep`. */
  readonly calls: RecordedCall[] = [];
  /** Bounds `calls` (and memory) in long simulations. @default Infinity */
  keep = Infinity;
  /** Whether reads' answers are kept for ten minutes, so that faults can repeat them. @default false */
  remembers = false;
  /** Asked for each call that IAM allowed and AWS did not throttle; `n` counts all calls from 1. */
  faults: ((call: RecordedCall, n: number) => Fault | undefined) | undefined;
  /** Told each call once it took effect or was refused, before anything else happens. */
  observe: ((call: RecordedCall) => void) | undefined;
  readonly iam: Iam;
  readonly #world: World;
  readonly #random: Random;
  readonly #waiting: Waiting[] = [];
  readonly #buckets = new TokenBuckets();
  readonly #answers = new Answers();
  #count = 0;
  #draining = false;
  #broken: SimulatorError | undefined;

  constructor(world: World, random: Random) {
    this.#world = world;
    this.#random = random;
    this.iam = new Iam(world);
  }

  /** @throws AwsError as AWS answers; KilledError where a fault killed a caller that is no actor; SimulatorError. */
  async call(call: Call): Promise<Output> {
    const { clock } = this.#world;
    const actor = clock.currentActor;
    try {
      const { answer } = await new Promise<Answered>((resolve, reject) => {
        this.#waiting.push({ call, actor, resolve, reject, release: clock.hold() });
        void this.#drain();
      });
      return answer instanceof Promise ? await clock.wait(answer) : answer;
    } catch (error) {
      if (error instanceof KilledError) actor?.kill(error.message);
      if (actor?.killed) return new Promise(() => {});
      throw error;
    }
  }

  /** A call that one service makes of another as part of answering a caller, and as that caller. */
  onBehalf({ principal, region }: CallScope, call: Pick<Call, "service" | "operation" | "input" | "context">) {
    return this.#world.clock.apart(() => this.call({ principal, region, ...call }));
  }

  /** A call of AWS's own, whose refusal nobody hears of: the gate's record tells. */
  async attempt(call: Call): Promise<void> {
    await this.call(call).catch((error: unknown) => {
      if (!(error instanceof AwsError)) throw error;
    });
  }

  /** One call at a time; after each, everybody may run on to their next call before another is picked. */
  async #drain(): Promise<void> {
    if (this.#draining) return;
    this.#draining = true;
    await turn();
    while (this.#waiting.length > 0) {
      const [next] = this.#waiting.splice(this.#random.below(this.#waiting.length), 1);
      if (next && !next.actor?.killed) await this.#perform(next);
      next?.release();
      await turn();
    }
    this.#draining = false;
  }

  async #perform({ call, resolve, reject }: Waiting): Promise<void> {
    const { principal, region, service, operation } = call;
    const at = this.#world.clock.now();
    const who = { principal: principal.arn, account: principal.account, region };
    const record: RecordedCall = { at, ...who, service, operation, action: "", resources: [], context: {} };
    const n = ++this.#count;
    this.calls.push(record);
    if (this.calls.length > 2 * this.keep) this.calls.splice(0, this.calls.length - this.keep);
    try {
      resolve(await this.#answer(call, record, n));
    } catch (thrown) {
      const error = known(thrown as Error, record);
      record.error = error.name;
      if (error instanceof SimulatorError) this.#broken = error;
      reject(error);
    }
    this.observe?.(record);
    if (process.env.SIMULATOR_TRACE === "1") {
      const { decision = "-", error = "ok" } = record;
      const when = new Date(record.at).toISOString();
      process.stderr.write(
        `${when} ${service}:${operation} ${principal.arn} ${decision} ${error} ${record.resources}\n`,
      );
    }
  }

  async #answer(call: Call, record: RecordedCall, n: number): Promise<Answered> {
    // Once the simulator has been wrong nothing it says counts: no caller can swallow that.
    if (this.#broken) throw this.#broken;
    const operation = OPERATIONS[call.service]?.[call.operation];
    if (!operation) throw new AwsError("NotImplemented", `${call.service}:${call.operation} is not simulated`, 501);
    const { principal, region, input } = call;
    const may = new Set<string>();
    const scope: CallScope = { world: this.#world, account: principal.account, region, principal, may };
    Object.assign(record, {
      action: operation.action,
      resources: operation.resources(input, scope),
      context: { ...globalContext(call, record.at), ...operation.context?.(input, scope), ...call.context },
    });
    if (principal.expiresAt !== undefined && principal.expiresAt <= this.#world.clock.now()) {
      const name = call.service === "s3" || call.service === "sts" ? "ExpiredToken" : "ExpiredTokenException";
      throw new AwsError(
        name,
        "The security token included in the request is expired",
        call.service === "sts" ? 403 : 400,
      );
    }
    await this.#authorize(call, operation, record, scope);
    for (const need of operation.asks?.(input, scope) ?? []) {
      if ((await this.iam.refused(need, operation, input, scope, record.context)) === undefined) may.add(need.action);
    }
    record.may = [...may];
    this.#buckets.draw(operation.bucket, scope);
    const fault = this.faults?.(record, n);
    raise(fault?.before, record);
    const earlier = fault?.stale ? this.#answers.last(call, record.at) : undefined;
    if (earlier) record.stale = true;
    const answer = earlier ?? operation.run(input, scope);
    const kept = this.remembers && !earlier && !(answer instanceof Promise);
    if (kept) this.#answers.remember(call, record.at, answer);
    raise(fault?.after, record);
    return { answer };
  }

  async #authorize(call: Call, operation: Operation, record: RecordedCall, scope: CallScope): Promise<void> {
    const { action, resources } = record;
    const refused = await this.iam.refused({ action, resources }, operation, call.input, scope, record.context);
    record.decision = refused === undefined ? "allowed" : "denied";
    if (refused !== undefined) {
      const [name, statusCode] = DENIED[call.service] ?? ["AccessDeniedException", 400];
      const text = `User: ${call.principal.arn} is not authorized to perform: ${action} on resource: ${refused}`;
      throw new AwsError(name, text, statusCode);
    }
  }
}

/** How a service names a refusal; the others say AccessDeniedException, 400. */
const DENIED: Record<string, [name: string, statusCode: number]> = {
  s3: ["AccessDenied", 403],
  sts: ["AccessDenied", 403],
  sqs: ["AccessDenied", 403],
  lambda: ["AccessDeniedException", 403],
};

function raise(fault: AwsError | "kill" | undefined, { service, operation }: RecordedCall): void {
  if (fault === "kill") throw new KilledError(`killed at ${service}:${operation}`);
  if (fault) throw fault;
}

/** What is neither AWS's answer nor a kill is a fault of the simulator or of an input that it does not understand. */
function known(error: Error, { service, operation }: RecordedCall): Error {
  if (error instanceof AwsError || error instanceof KilledError || error instanceof SimulatorError) return error;
  return new SimulatorError(`${service}:${operation} failed inside the simulator: ${error.message}`, { cause: error });
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
