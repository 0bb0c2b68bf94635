import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import type { Connect } from "../aws/clients";
import type { ConnectEcr } from "../aws/ecr-client";
import { kindOf, nameOf } from "../aws/errors";
import { oneLine } from "../report/table";
import { SetupError, type Shell } from "./shell";

/** Whose account and which Region, as options of every command. */
export interface CallerOptions {
  region?: string;
  profile?: string;
}

/** Clients with the caller's credentials. @throws SetupError where there is no Region */
export async function connectFor(
  options: CallerOptions,
  shell: Shell,
): Promise<{ connect: ConnectEcr; region: string }> {
  // The profile may be what names the Region.
  if (options.profile) shell.env.AWS_PROFILE = options.profile;
  const region = await regionOf(options, shell);
  return { connect: shell.connect({ region }), region };
}

async function regionOf(options: CallerOptions, shell: Shell): Promise<string> {
  const { AWS_REGION, AWS_DEFAULT_REGION } = shell.env;
  const region = options.region || AWS_REGION || AWS_DEFAULT_REGION || (await shell.profileRegion());
  if (region) return region;
  throw new SetupError("no AWS Region: give --region, set AWS_REGION, or set `region` in the AWS profile");
}

export async function accountOf(connect: Connect, shell: Shell): Promise<string> {
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
