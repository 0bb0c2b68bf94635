import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { oneLine } from "../report/table";
import type { CallerOptions } from "./account";
import { apply } from "./apply";
import { type CheckOptions, check } from "./check";
import { HELP } from "./help";
import { type LifecycleOptions, lifecycle } from "./lifecycle";
import { plan } from "./plan";
import { BusyError, EX_BLOCKED, EX_USAGE, SetupError, type Shell, UsageError } from "./shell";

/** Options of plan and apply. */
export interface Options extends CallerOptions {
  policies: string[];
  store?: string;
  settings?: string;
  json: boolean;
  yes: boolean;
}

const JSON_OUTPUT = { json: { type: "boolean", default: false } } as const;
const COMMON = {
  ...JSON_OUTPUT,
  region: { type: "string" },
  profile: { type: "string" },
} as const;
const RUN = {
  policy: { type: "string", multiple: true },
  store: { type: "string" },
  settings: { type: "string" },
  yes: { type: "boolean", default: false },
} as const;
const LIFECYCLE = {
  repository: { type: "string" },
  images: { type: "string" },
  "save-images": { type: "string" },
  "shared-with": { type: "string", multiple: true },
} as const;
const CHECK = {
  accept: { type: "string" },
  severity: { type: "string", default: "advice" },
} as const;

/** What each does with the arguments after its name. */
const COMMANDS = {
  plan(args: string[], shell: Shell): Promise<number> {
    const options = runOptions(args);
    if (options.yes) throw new UsageError("got --yes for plan, which changes nothing: use apply");
    return plan(options, shell);
  },
  apply: (args: string[], shell: Shell) => apply(runOptions(args), shell),
  lifecycle: (args: string[], shell: Shell) => lifecycle(lifecycleOptions(args), shell),
  check: (args: string[], shell: Shell) => check(checkOptions(args), shell),
};

function runOptions(args: string[]): Options {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { ...RUN, ...COMMON } });
  const { policy = [], ...options } = values;
  // Also `--policy a.json b.json`, as a shell makes of `--policy *.json`.
  const policies = [...new Set([...policy, ...positionals])];
  if (policies.length === 0) throw new UsageError("got no policy, expected --policy FILE...");
  return { ...options, policies };
}

function lifecycleOptions(args: string[]): LifecycleOptions {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { ...LIFECYCLE, ...COMMON } });
  const { "save-images": saveImages, "shared-with": sharedWith = [], ...options } = values;
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) {
    throw new UsageError(`got ${positionals.length} files, expected one with a lifecycle policy: lifecycle FILE`);
  }
  for (const [name, value] of Object.entries(values)) {
    // What a shell makes of a variable that is not set.
    if ([value].flat().includes(""))
      throw new UsageError(`got nothing for --${name}: name what it is to be, or leave it out`);
  }
  if (options.repository !== undefined && options.images !== undefined) {
    throw new UsageError("got --repository and --images, expected one: --images is there to ask nothing of AWS");
  }
  if (saveImages !== undefined && options.repository === undefined) {
    throw new UsageError("got --save-images without --repository: give the repository whose images are to be kept");
  }
  if (saveImages !== undefined && resolve(saveImages) === resolve(file)) {
    throw new UsageError("got the policy's own file for --save-images, which would overwrite it: name another");
  }
  return { ...options, file, sharedWith, ...(saveImages !== undefined && { saveImages }) };
}

function checkOptions(args: string[]): CheckOptions {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { ...CHECK, ...JSON_OUTPUT } });
  const { severity, ...options } = values;
  if (severity !== "danger" && severity !== "advice") {
    throw new UsageError(`got --severity ${severity}, expected danger or advice`);
  }
  const files = [...new Set(positionals)];
  if (files.length === 0) throw new UsageError("got no file, expected those of task definitions: check FILE...");
  return { ...options, severity, files };
}

/**
 * Runs the command line tool.
 *
 * @param args Without the program's own name.
 * @returns The exit code.
 */
export async function command(args: string[], shell: Shell): Promise<number> {
  try {
    if (args.some((each) => each === "--help" || each === "-h")) {
      shell.stdout.write(HELP);
      return 0;
    }
    const [first = "plan", ...others] = args;
    if (first.startsWith("-")) return await COMMANDS.plan(args, shell);
    if (!Object.hasOwn(COMMANDS, first)) {
      throw new UsageError(`got command "${first}", expected plan, apply, lifecycle or check`);
    }
    return await COMMANDS[first as keyof typeof COMMANDS](others, shell);
  } catch (error) {
    const { name, message, code } = error as Error & { code?: unknown };
    const usage = error instanceof UsageError || String(code).startsWith("ERR_PARSE_ARGS");
    const busy = error instanceof BusyError;
    const known = usage || busy || error instanceof SetupError;
    // Node's advice on positional arguments leads away from what was mistyped.
    const text = known ? message.replace(/\. To specify a positional.*/s, "") : `${name}: ${message}`;
    const lines = [...text.split("\n").map(oneLine), ...(usage ? ["Try ecs-retention --help"] : [])];
    shell.stderr.write(`ecs-retention: ${lines.join("\n")}\n`);
    return usage ? EX_USAGE : busy ? EX_BLOCKED : 1;
  }
}
