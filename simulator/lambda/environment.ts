import { AsyncLocalStorage } from "node:async_hooks";
import { type ChildProcess, spawn } from "node:child_process";
import { statSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { Millis } from "../../retention/types";
import { type Principal, type Scope, SimulatorError } from "../operation";
import type { LambdaFunction } from "../services/lambda";
import { type Door, listen, serve, type Within } from "../wire/http";
import { Output } from "./output";

export interface Invocation {
  requestId: string;
  /** JSON of the event. */
  payload: string;
  deadline: Millis;
}

/** How an invocation ended; with an error, its payload is what Lambda says of it. */
export interface Ended {
  payload: string;
  error?: "Unhandled";
}

/** What the process wants next. */
type Message =
  | { kind: "next"; reply: ServerResponse }
  | { kind: "sleep"; until: Millis; reply: ServerResponse }
  | { kind: "response" | "error" | "init error"; payload: string; reply: ServerResponse }
  | { kind: "exit"; how: string };

/**
 * One execution environment: a process that runs the deployed code, with an AWS endpoint and a Runtime API of its own.
 * It serves one invocation after the other and keeps its module state until it crashes or is closed.
 */
export class Environment {
  alive = true;
  /** Whoever takes it says so. */
  busy = false;
  readonly output: Output;
  readonly #scope: Scope;
  readonly #process: ChildProcess;
  readonly #doors: Door[];
  readonly #exited: Promise<void>;
  readonly #messages: Message[] = [];
  #notify: (() => void) | undefined;
  /** Of the invocation that runs: see `invoke`. */
  within: Within = (work) => work();

  static async start(
    scope: Scope,
    target: LambdaFunction,
    principal: Principal,
    logStream: string,
  ): Promise<Environment> {
    if (!statSync(target.code, { throwIfNoEntry: false })?.isDirectory()) {
      throw new SimulatorError(`Code of function ${target.name}: got ${target.code}, expected a folder that exists`);
    }
    let environment: Environment | undefined;
    const endpoint = await serve(scope.world, (work) => (environment ? environment.within(work) : work()));
    const api = await listen((request, reply) => void environment?.hear(request, reply));
    const variables = environmentVariables(scope, target, principal, logStream);
    const child = spawn(process.execPath, [join(__dirname, "runtime.mjs")], {
      cwd: target.code,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...variables, AWS_ENDPOINT_URL: endpoint.url, AWS_LAMBDA_RUNTIME_API: new URL(api.url).host },
    });
    environment = new Environment(scope, child, [endpoint, api]);
    return environment;
  }

  private constructor(scope: Scope, child: ChildProcess, doors: Door[]) {
    this.#scope = scope;
    this.#process = child;
    this.#doors = doors;
    this.output = new Output(scope.world.clock, [child.stdout as Readable, child.stderr as Readable]);
    // "close" comes once both pipes have ended.
    this.#exited = new Promise((resolve) => {
      child.once("close", (code, signal) => {
        this.alive = false;
        this.#push({ kind: "exit", how: signal ? `signal: ${signal}` : `exit status ${code}` });
        resolve();
      });
    });
  }

  /** Acts for the current actor of the world's clock: the process's sleeps and calls are the actor's. */
  async invoke({ requestId, payload, deadline }: Invocation, target: LambdaFunction): Promise<Ended> {
    const { clock } = this.#scope.world;
    this.within = AsyncLocalStorage.snapshot();
    for (;;) {
      const message = await this.#next();
      switch (message.kind) {
        case "next":
          message.reply.writeHead(200, {
            "lambda-runtime-aws-request-id": requestId,
            "lambda-runtime-deadline-ms": deadline,
            "lambda-runtime-invoked-function-arn": target.arn,
            "simulator-now": clock.now(),
          });
          message.reply.end(payload);
          break;
        case "sleep":
          await this.output.marked();
          await clock.sleep(Math.min(message.until, deadline) - clock.now());
          if (clock.now() >= deadline) {
            await this.close();
            const said = `Task timed out after ${target.timeout.toFixed(2)} seconds`;
            return failed("Sandbox.Timedout", `RequestId: ${requestId} Error: ${said}`);
          }
          message.reply.end(JSON.stringify({ now: clock.now() }));
          break;
        case "exit":
          await this.close();
          return crashed(requestId, message.how);
        default:
          await this.output.marked();
          if (message.kind === "init error") await this.close();
          // As if it had been answered and had asked for the next one.
          this.#push({ kind: "next", reply: message.reply });
          this.busy = false;
          return { payload: message.payload, ...(message.kind !== "response" && { error: "Unhandled" }) };
      }
    }
  }

  async close(): Promise<void> {
    this.alive = false;
    this.#process.kill("SIGKILL");
    await this.#exited;
    await Promise.all(this.#doors.map((door) => door.close()));
  }

  /** The Runtime API, and the one request that is not AWS's: to sleep. */
  async hear(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    const body = await text(request);
    const what = request.url?.split("/").at(-1);
    if (what === "next") {
      this.#push({ kind: "next", reply });
    } else if (what === "sleep") {
      this.#push({ kind: "sleep", until: JSON.parse(body).until, reply });
    } else {
      const kind = what === "response" ? "response" : request.url?.endsWith("/init/error") ? "init error" : "error";
      this.#push({ kind, payload: body, reply });
    }
  }

  #push(message: Message): void {
    this.#messages.push(message);
    this.#notify?.();
  }

  async #next(): Promise<Message> {
    while (this.#messages.length === 0) {
      await new Promise<void>((resolve) => {
        this.#notify = resolve;
      });
    }
    return this.#messages.shift() as Message;
  }
}

export function failed(errorType: string, errorMessage: string): Ended {
  return { payload: JSON.stringify({ errorType, errorMessage }), error: "Unhandled" };
}

export function crashed(requestId: string, how: string): Ended {
  return failed("Runtime.ExitError", `RequestId: ${requestId} Error: Runtime exited with error: ${how}`);
}

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
function environmentVariables(scope: Scope, target: LambdaFunction, principal: Principal, logStream: string) {
  return {
    ...target.environment,
    AWS_REGION: scope.region,
    AWS_DEFAULT_REGION: scope.region,
    AWS_ACCESS_KEY_ID: principal.accessKeyId,
    AWS_SECRET_ACCESS_KEY: principal.secretAccessKey,
    AWS_SESSION_TOKEN: principal.sessionToken,
    AWS_EXECUTION_ENV: `AWS_Lambda_${target.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: target.name,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(target.memorySize),
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_GROUP_NAME: target.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: logStream,
    LAMBDA_TASK_ROOT: target.code,
    _HANDLER: target.handler,
    TZ: ":UTC",
    SIMULATOR_NOW: String(scope.world.clock.now()),
  };
}
