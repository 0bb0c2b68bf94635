import { parseArgs } from "node:util";
import { apply } from "./apply";
import { plan } from "./plan";
import { BusyError, EX_BLOCKED, EX_USAGE, SetupError, type Shell, UsageError } from "./shell";

const HELP = `Usage: ecs-retention [plan] --policy FILE... [--store LOCATION] [--json]
       ecs-retention apply --policy FILE... --store LOCATION [--yes] [--json]

Shows which revisions of a service's task definition its retention policy keeps, deregisters and
deletes, and why; \`apply\` then removes them, with your own AWS credentials. Nothing has to be deployed.

Commands
  plan             read the account and show every verdict; changes nothing in AWS (also without a command).
                   With --store it also remembers what is in use, as the function's report runs do; without,
                   rules that need that memory are not applied, and the report names them
  apply            the same, then ask, then remove by policies in mode "enforce" or "retire". Goes on until all is
                   done; what is in use is read again every five minutes, and what came into use meanwhile is spared

Options
  --policy FILE... retention policies as JSON, one a file: {"family": "checkout"} is a complete one
  --store LOCATION s3://BUCKET or a folder, for uses, limits, journal, archive and reports. Where a cleanup function
                   is deployed: its bucket, else the two do not know of each other
  --settings FILE  {"acknowledgedGaps": [...], "ignoredSources": [...]} as JSON, as on the cleanup function
  --json           print the run's report as JSON instead of tables
  --yes            apply without asking
  --region R       else AWS_REGION, AWS_DEFAULT_REGION or the profile's
  --profile P      else AWS_PROFILE or the credentials of the environment
  -h, --help       this text

Exit codes
  plan             0 nothing would go   2 something would go    3 a gap or a stop blocks removals   1 error
  apply            0 all done           3 blocked, stopped, postponed or declined   1 error, or a removal failed
  both             3 another run holds the store   64 wrong usage, also apply without --store, or without a terminal
                   and without --yes   130 interrupted
`;

export interface Options {
  policies: string[];
  store?: string;
  settings?: string;
  json: boolean;
  yes: boolean;
  region?: string;
  profile?: string;
}

const COMMANDS = { plan, apply };

function parse(args: string[]): { name: keyof typeof COMMANDS; options: Options } | "help" {
  const [first = "plan", ...others] = args;
  const named = args.length > 0 && !first.startsWith("-");
  if (named && !Object.hasOwn(COMMANDS, first)) {
    throw new UsageError(`got command "${first}", expected plan or apply`);
  }
  const name = named ? (first as keyof typeof COMMANDS) : "plan";
  const { values, positionals } = parseArgs({
    args: named ? others : args,
    allowPositionals: true,
    options: {
      policy: { type: "string", multiple: true },
      store: { type: "string" },
      settings: { type: "string" },
      json: { type: "boolean", default: false },
      yes: { type: "boolean", default: false },
      region: { type: "string" },
      profile: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const { policy = [], help, ...options } = values;
  if (help) return "help";
  // Also `--policy a.json b.json`, as a shell makes of `--policy *.json`.
  const policies = [...new Set([...policy, ...positionals])];
  if (policies.length === 0) throw new UsageError("got no policy, expected --policy FILE...");
  if (name === "plan" && options.yes) throw new UsageError("got --yes for plan, which changes nothing: use apply");
  return { name, options: { ...options, policies } };
}

/**
 * Runs the command line tool.
 *
 * @param args Without the program's own name.
 * @returns The exit code.
 */
export async function command(args: string[], shell: Shell): Promise<number> {
  try {
    const parsed = parse(args);
    if (parsed === "help") {
      shell.stdout.write(HELP);
      return 0;
    }
    return await COMMANDS[parsed.name](parsed.options, shell);
  } catch (error) {
    const { name, message, code } = error as Error & { code?: unknown };
    const usage = error instanceof UsageError || String(code).startsWith("ERR_PARSE_ARGS");
    const busy = error instanceof BusyError;
    const known = usage || busy || error instanceof SetupError;
    // Node's advice on positional arguments leads away from what was mistyped.
    const text = known ? message.replace(/\. To specify a positional.*/s, "") : `${name}: ${message}`;
    const hint = usage ? "\nTry ecs-retention --help" : "";
    shell.stderr.write(`ecs-retention: ${text}${hint}\n`);
    return usage ? EX_USAGE : busy ? EX_BLOCKED : 1;
  }
}
