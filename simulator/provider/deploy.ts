import { fork } from "node:child_process";
import { statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { World } from "../world";
import type { FromProgram, ProgramOptions, Request, ToProgram } from "./program";
import { type StackState, type Step, StepError, shownEntry } from "./stack";
import { Update } from "./update";
import { hasSecret, shown, type Values } from "./values";

export interface StackOptions {
  /** @default "organization", as a backend without organizations has it */
  organization?: string;
  project: string;
  stack: string;
  account: string;
  region: string;
}

export interface DeployOptions extends StackOptions {
  /** File or folder of a Pulumi program of this checkout; its folder is the working directory. */
  program: string;
  /** By key, e.g. `quickstart:image`. */
  config?: Record<string, string | { secret: string }>;
}

/** Secrets are `[secret]` in all of it. */
export interface Deployment {
  resources: ReturnType<typeof shownEntry>[];
  outputs: Values;
  steps: Step[];
}

/** A deployment ended early. What it had done until then is in the stack's state, and nothing was deleted after. */
export class DeploymentError extends Error {
  override readonly name = "DeploymentError";
  /** Of the resource that failed. */
  readonly urn: string | undefined;
  readonly deployment: Deployment;

  constructor(message: string, deployment: Deployment, cause?: unknown) {
    super(message, { cause });
    this.urn = cause instanceof StepError ? cause.urn : undefined;
    this.deployment = deployment;
  }
}

const ROOT = resolve(__dirname, "../..");
/** By full name. */
const STACKS = new WeakMap<World, Map<string, StackState>>();

/** State of a stack, which lives as long as its world: empty before its first deployment. */
export function stackOf(world: World, options: Omit<StackOptions, "account" | "region">): StackState {
  const { organization = "organization", project, stack } = options;
  const stacks = STACKS.get(world) ?? new Map<string, StackState>();
  STACKS.set(world, stacks);
  const name = `${organization}/${project}/${stack}`;
  const state = stacks.get(name) ?? { organization, project, stack, resources: [], outputs: {} };
  stacks.set(name, state);
  return state;
}

/**
 * Runs a Pulumi program in a child process on Pulumi's test runtime and applies what it registers to the world:
 * creates, updates, replaces, and in the end deletes what it no longer registers. Not the real engine.
 *
 * @throws DeploymentError where the program or a resource fails
 */
export async function deploy(world: World, options: DeployOptions): Promise<Deployment> {
  const program = resolve(options.program);
  const folder = statSync(program).isDirectory() ? program : dirname(program);
  const state = stackOf(world, options);
  const update = new Update(world, state, { ...options, folder });
  return finished(update, await runProgram(world, state, update, { ...options, program }, folder));
}

/** Deletes everything of a stack, last made first. */
export function destroy(world: World, options: StackOptions): Deployment {
  return finished(new Update(world, stackOf(world, options), { ...options, folder: ROOT }));
}

/** Deletes what has to go, unless the deployment failed before. */
function finished(update: Update, failure?: Error): Deployment {
  let failed = failure;
  try {
    if (!failed) update.finish();
  } catch (error) {
    failed = error as Error;
  }
  const { steps, outputs } = update;
  const deployment = { resources: update.resources.map(shownEntry), outputs: shown(outputs), steps };
  if (failed) throw new DeploymentError(failed.message, deployment, failed);
  return deployment;
}

function answer(world: World, update: Update, request: Request): ToProgram["answer"] {
  switch (request.call) {
    case "register": {
      const { urn, id, outputs } = update.register(request.goal);
      return { urn, id, outputs };
    }
    case "outputs":
      update.registerOutputs(request.urn, request.outputs);
      return { urn: request.urn, id: "", outputs: {} };
    case "invoke":
      return { urn: "", id: "", outputs: update.invoke(request.token, request.args, request.provider) };
    case "reference":
      return { urn: `urn:reference:${request.stack}`, id: request.stack, outputs: referenced(world, request.stack) };
  }
}

/** Outputs of another stack of the world. */
function referenced(world: World, name: string): Values {
  const state = STACKS.get(world)?.get(name);
  if (!state) throw new Error(`unknown stack "${name}": expected organization/project/stack of a deployed stack`);
  const secretOutputNames = Object.keys(state.outputs).filter((key) => hasSecret(state.outputs[key]));
  return { name, outputs: state.outputs, secretOutputNames };
}

async function runProgram(
  world: World,
  state: StackState,
  update: Update,
  options: DeployOptions,
  folder: string,
): Promise<Error | undefined> {
  const config = Object.entries(options.config ?? {});
  const { organization, project, stack } = state;
  const toProgram: ProgramOptions = {
    program: options.program,
    organization,
    project,
    stack,
    config: {
      "aws:region": options.region,
      ...Object.fromEntries(config.map(([key, value]) => [key, typeof value === "string" ? value : value.secret])),
    },
    secretKeys: config.filter(([, value]) => typeof value !== "string").map(([key]) => key),
  };
  const child = fork(join(__dirname, "program.ts"), [], {
    cwd: folder,
    // Pulumi's packages are loaded before tsx, which would slow down each of their hundreds of files.
    execArgv: ["@pulumi/pulumi", "@pulumi/aws", "tsx/cjs"].flatMap((name) => ["--require", require.resolve(name)]),
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NODE_COMPILE_CACHE: join(ROOT, ".cache/node"),
      TSX_TSCONFIG_PATH: join(ROOT, "tsconfig.json"),
    },
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let said = "";
  child.stderr?.on("data", (text) => {
    said += text;
  });
  child.send(toProgram);
  return new Promise((end) => {
    const stop = (error?: Error) => {
      child.removeAllListeners("message").kill("SIGKILL");
      end(error);
    };
    child.on("message", (message: FromProgram) => {
      if ("done" in message) return stop();
      if ("failed" in message) return stop(new Error(message.failed));
      try {
        child.send({ number: message.number, answer: answer(world, update, message.request) });
      } catch (error) {
        stop(error as Error);
      }
    });
    child.on("error", stop);
    child.on("close", (code) =>
      end(new Error(`the program's process ended with code ${code} before its work was done\n${said}`)),
    );
  });
}
