import { randomUUID } from "node:crypto";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import type { Connect } from "../aws/clients";
import { kindOf, nameOf } from "../aws/errors";
import { type Progress, run } from "../cleanup/run";
import { textReport } from "../report/report";
import { oneLine, type TableOptions, wantsColour } from "../report/table";
import { problemText } from "../retention/errors";
import type { Plan, Report } from "../retention/types";
import type { Options } from "./command";
import { loadPolicies } from "./policies";
import { type Output, SetupError, type Shell } from "./shell";

/** A shell waits longer than a function may; removals end 5 minutes after the references were read in any case. */
const LONGEST_RUN = 60 * 60_000;

async function regionOf(options: Options, shell: Shell): Promise<string> {
  const { AWS_REGION, AWS_DEFAULT_REGION } = shell.env;
  const region = options.region || AWS_REGION || AWS_DEFAULT_REGION || (await shell.profileRegion());
  if (region) return region;
  throw new SetupError("no AWS Region: give --region, set AWS_REGION, or set `region` in the AWS profile");
}

async function accountOf(connect: Connect, shell: Shell): Promise<string> {
  try {
    const { Account } = await connect.sts().send(new GetCallerIdentityCommand({}));
    if (Account) return Account;
  } catch (error) {
    throw new SetupError(setupText(error, shell));
  }
  throw new SetupError("sts:GetCallerIdentity named no account: check AWS_ENDPOINT_URL");
}

function setupText(error: unknown, { env }: Shell): string {
  const { name, message } = error as Error;
  const profile = env.AWS_PROFILE ? ` for profile ${env.AWS_PROFILE}` : "";
  if (name === "CredentialsProviderError" || name === "TokenProviderError") {
    const fix =
      "give --profile or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; after `aws sso login` if the profile uses it";
    return `no AWS credentials${profile} (${oneLine(message)}): ${fix}`;
  }
  switch (kindOf(error)) {
    case "denied":
      return `AWS did not accept the credentials${profile} (${nameOf(error)}): renew them, for example with \`aws sso login\``;
    case "unavailable": {
      const endpoint = env.AWS_ENDPOINT_URL_STS ?? env.AWS_ENDPOINT_URL;
      const fix = endpoint ? `check AWS_ENDPOINT_URL=${endpoint}` : "check the network and the name of the Region";
      return `AWS STS cannot be reached (${nameOf(error)}): ${fix}`;
    }
    default:
      return `sts:GetCallerIdentity failed (${nameOf(error)}: ${oneLine(message)}): check the credentials, the Region and the machine's clock`;
  }
}

const STEPS: Record<Progress["step"], string> = {
  revisions: "Reading revisions",
  references: "Reading what is in use",
  dates: "Reading dates",
  plans: "Planning",
  removal: "Removing",
};

/** One line on a terminal, written over and wiped at the end; nothing anywhere else. */
function progressOn(stderr: Output): { show(progress: Progress): void; clear(): void } {
  const line = (text: string) => stderr.isTTY && stderr.write(`\r\u001b[2K${text}`);
  return {
    show: ({ step, done, of }) => line(`${STEPS[step]}${of === undefined ? "" : ` ${done ?? 0} of ${of}`} …`),
    clear: () => line(""),
  };
}

/** How wide and colourful a stream may be written. */
export function drawing(output: Output, env: Shell["env"]): TableOptions {
  return { width: output.columns || 120, colour: wantsColour(output, env) };
}

/** Asks about plans of an account and Region. */
export type Confirm = (plans: Plan[], account: string, region: string) => Promise<boolean>;

/**
 * The run that the function makes, over policy files and with the caller's own credentials.
 *
 * @param confirm Asked once before the first removal; without it nothing is removed.
 * @throws SetupError where there are no credentials, there is no Region, or no policy is sound.
 */
export async function runFor(options: Options, shell: Shell, confirm?: Confirm): Promise<Report> {
  const registrations = await loadPolicies(options.policies);
  const problems = registrations.flatMap((registration) => ("problems" in registration ? registration.problems : []));
  if (registrations.every((registration) => "problems" in registration)) {
    throw new SetupError(problems.map(problemText).join("\n"));
  }
  if (options.profile) shell.env.AWS_PROFILE = options.profile;
  const region = await regionOf(options, shell);
  const connect = shell.connect({ region });
  const account = await accountOf(connect, shell);
  const progress = progressOn(shell.stderr);
  try {
    return await run({
      connect,
      clock: shell.clock,
      account,
      region,
      runId: randomUUID(),
      registrations,
      deadline: shell.clock.now() + LONGEST_RUN,
      removerFor: async () => connect.ecs(),
      onProgress: progress.show,
      ...(confirm
        ? {
            confirm: (plans) => {
              progress.clear();
              return confirm(plans, account, region);
            },
          }
        : { mode: "report" }),
    });
  } finally {
    progress.clear();
  }
}

/** The run's result on stdout, for people or for programs. */
export function print(report: Report, options: Options, shell: Shell): void {
  const text = options.json
    ? `${JSON.stringify(report, null, 2)}\n`
    : textReport(report, drawing(shell.stdout, shell.env));
  shell.stdout.write(text);
}
