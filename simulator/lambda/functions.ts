import { AwsError, KilledError, type Principal, type Scope, SimulatorError } from "../operation";
import type { LambdaFunction } from "../services/lambda";
import type { LogEvent } from "../services/logs";
import { sendAsService } from "../services/sqs";
import { assumeAsService } from "../services/sts";
import type { World } from "../world";
import { crashed, type Ended, Environment, failed } from "./environment";

/** An environment with what was true when it started. */
interface Warm {
  environment: Environment;
  principal: Principal;
  logStream: string;
  /** Code and configuration: a change makes new environments. */
  made: string;
}

/** Seconds between the attempts of an asynchronous invocation: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const RETRY_AFTER = 60;
const DEFAULT_RETRIES = 2;
const DEFAULT_MAX_AGE = 6 * 60 * 60;

/** Runs the functions of a world in processes of their own. */
export class Functions {
  readonly #world: World;
  /** By ARN. */
  readonly #warm = new Map<string, Warm[]>();
  readonly #running = new Map<string, number>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Resolves with the end of one invocation; whoever waits for it sleeps meanwhile. */
  invoke(target: LambdaFunction, payload: string, requestId = this.#requestId()): Promise<Ended> {
    return this.#world.clock.wait(this.#invoke(target, payload, requestId));
  }

  /** An asynchronous invocation: tried again after errors, then handed to the on-failure destination. */
  async invokeLater(target: LambdaFunction, payload: string): Promise<void> {
    const { clock } = this.#world;
    const requestId = this.#requestId();
    const until = clock.now() + (target.eventInvoke?.maximumEventAgeInSeconds ?? DEFAULT_MAX_AGE) * 1000;
    const retries = target.eventInvoke?.maximumRetryAttempts ?? DEFAULT_RETRIES;
    for (let attempt = 1; ; ) {
      const ended = await this.#attempt(target, payload, requestId);
      if (!ended.error) return;
      // A throttled attempt does not count: only the event's age ends it.
      const exhausted = !ended.throttled && attempt > retries;
      const next = clock.now() + attempt * RETRY_AFTER * 1000;
      if (exhausted || next > until) {
        const condition = exhausted ? "RetriesExhausted" : "EventAgeExceeded";
        return await this.#giveUp(target, { requestId, payload, attempt, condition, ended });
      }
      attempt += ended.throttled ? 0 : 1;
      await clock.sleep(next - clock.now());
    }
  }

  /** Ends every process. */
  async close(): Promise<void> {
    const all = [...this.#warm.values()].flat();
    this.#warm.clear();
    await Promise.all(all.map(({ environment }) => environment.close()));
  }

  async #invoke(target: LambdaFunction, payload: string, requestId: string): Promise<Ended> {
    const { clock } = this.#world;
    const running = this.#running.get(target.arn) ?? 0;
    if (running >= (target.reservedConcurrentExecutions ?? Number.POSITIVE_INFINITY)) {
      throw new AwsError("TooManyRequestsException", "Rate Exceeded.", 429);
    }
    this.#running.set(target.arn, running + 1);
    let warm: Warm | undefined;
    const start = clock.now();
    const ended = await clock
      .actor(async () => {
        warm = await this.#take(target);
        const deadline = clock.now() + target.timeout * 1000;
        return await warm.environment.invoke({ requestId, payload, deadline }, target);
      })
      .catch(async (error) => {
        if (!(error instanceof KilledError)) throw error;
        await warm?.environment.close();
        return crashed(requestId, "signal: killed");
      })
      .finally(() => this.#running.set(target.arn, (this.#running.get(target.arn) ?? 1) - 1));
    if (warm) {
      const logEvents: LogEvent[] = [
        { timestamp: start, message: `START RequestId: ${requestId} Version: $LATEST` },
        ...warm.environment.output.take(),
        ...(ended.error ? [{ timestamp: clock.now(), message: `ERROR RequestId: ${requestId} ${ended.payload}` }] : []),
        { timestamp: clock.now(), message: `END RequestId: ${requestId}` },
        { timestamp: clock.now(), message: `REPORT RequestId: ${requestId} Duration: ${clock.now() - start} ms` },
      ];
      await this.#writeLog(target, warm, "PutLogEvents", { logEvents });
    }
    return ended;
  }

  /** What keeps an environment from starting is a failed attempt too. */
  async #attempt(target: LambdaFunction, payload: string, requestId: string): Promise<Ended & { throttled?: boolean }> {
    try {
      return await this.invoke(target, payload, requestId);
    } catch (error) {
      if (error instanceof AwsError) {
        return { ...failed(error.name, error.message), throttled: error.statusCode === 429 };
      }
      throw error;
    }
  }

  /** A warm environment that is free, or a new one. */
  async #take(target: LambdaFunction): Promise<Warm> {
    const { eventInvoke, tags, ...configuration } = target;
    const made = JSON.stringify(configuration);
    const known = (this.#warm.get(target.arn) ?? []).filter(({ environment }) => environment.alive);
    const stale = known.filter((each) => each.made !== made && !each.environment.busy);
    await Promise.all(stale.map(({ environment }) => environment.close()));
    const free = known.find((each) => each.made === made && !each.environment.busy);
    if (free) {
      free.environment.busy = true;
      return free;
    }
    const scope = scopeOf(this.#world, target);
    const principal = await session(scope, target);
    // AWS replaces an environment when its credentials run out; here it stays warm and they do not.
    principal.expiresAt = undefined;
    const day = new Date(this.#world.clock.now()).toISOString().slice(0, 10).replaceAll("-", "/");
    const logStream = `${day}/[$LATEST]${this.#world.random.text(32)}`;
    const environment = await Environment.start(scope, target, principal, logStream);
    environment.busy = true;
    const warm = { environment, principal, logStream, made };
    this.#warm.set(target.arn, [...known.filter((each) => !stale.includes(each)), warm]);
    await this.#writeLog(target, warm, "CreateLogStream");
    return warm;
  }

  /** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
  async #giveUp(
    target: LambdaFunction,
    failure: { requestId: string; payload: string; attempt: number; condition: string; ended: Ended },
  ): Promise<void> {
    const destination = target.eventInvoke?.onFailureArn;
    if (!destination) return;
    if (!destination.includes(":sqs:")) {
      throw new SimulatorError(
        `On-failure destination ${destination} of ${target.name}: only SQS queues are simulated`,
      );
    }
    const record = {
      version: "1.0",
      timestamp: new Date(this.#world.clock.now()).toISOString(),
      requestContext: {
        requestId: failure.requestId,
        functionArn: `${target.arn}:$LATEST`,
        condition: failure.condition,
        approximateInvokeCount: failure.attempt,
      },
      requestPayload: JSON.parse(failure.payload),
      responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: failure.ended.error },
      responsePayload: JSON.parse(failure.ended.payload),
    };
    const scope = scopeOf(this.#world, target);
    await sendAsService(scope, await session(scope, target), destination, JSON.stringify(record));
  }

  /** Under the function's role. */
  #writeLog(target: LambdaFunction, { principal, logStream }: Warm, operation: string, more = {}): Promise<void> {
    const input = { logGroupName: target.logGroup, logStreamName: logStream, ...more };
    const { region } = scopeOf(this.#world, target);
    return this.#world.gate.attempt({ principal, region, service: "logs", operation, input });
  }

  #requestId(): string {
    return [8, 4, 4, 4, 12].map((length) => this.#world.random.text(length)).join("-");
  }
}

function scopeOf(world: World, target: LambdaFunction): Scope {
  const [, , , region = "", account = ""] = target.arn.split(":");
  return world.scope(account, region);
}

function session(scope: Scope, target: LambdaFunction): Promise<Principal> {
  return assumeAsService(scope, "lambda.amazonaws.com", {
    roleArn: target.roleArn,
    sessionName: target.name,
    context: { "aws:SourceAccount": scope.account, "aws:SourceArn": target.arn },
  });
}
