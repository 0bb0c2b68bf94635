import type { Millis } from "../../retention/types";
import { AwsError, accountOf, arn, type Context, type Operations, type Principal, type Scope } from "../operation";
import { type Role, roleByArn } from "./iam";

export const newStsState = () => ({
  /** Users and sessions by access key. */
  principals: new Map<string, Principal>(),
});

/** How long the credentials of an expired session are still told from those that never were. */
const FORGOTTEN_AFTER = 24 * 3_600_000;

/** Credentials of a role, without asking whether its trust policy allows it: that is the gate's part. */
export function openSession(
  scope: Scope,
  role: Role,
  session: { name: string; expiresAt?: Millis },
): Principal & { sessionToken: string } {
  const account = accountOf(role.arn);
  const accessKeyId = `ASIA${scope.world.random.text(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")}`;
  const principal = {
    arn: arn(scope, "sts", `assumed-role/${role.name}/${session.name}`, account).replace(`:${scope.region}:`, "::"),
    account,
    roleArn: role.arn,
    accessKeyId,
    secretAccessKey: `secret-of-${accessKeyId}`,
    sessionToken: `token-of-${accessKeyId}`,
    expiresAt: session.expiresAt,
  };
  const { principals } = scope.world.services.sts;
  principals.set(accessKeyId, principal);
  for (const [key, { expiresAt = Infinity }] of principals) {
    if (expiresAt + FORGOTTEN_AFTER < scope.world.clock.now()) principals.delete(key);
  }
  return principal;
}

/**
 * An AWS service assumes a role, as Lambda does for a function or EventBridge Scheduler for a schedule: the role's trust
 * policy decides, through the gate.
 *
 * @param service e.g. `lambda.amazonaws.com`
 * @param context e.g. `aws:SourceArn`, `aws:SourceAccount`
 */
export async function assumeAsService(
  scope: Scope,
  service: string,
  input: { roleArn: string; sessionName: string; durationSeconds?: number; context?: Context },
): Promise<Principal> {
  const key = `service:${service}:${scope.account}`;
  const principal = { arn: service, account: scope.account, accessKeyId: key, secretAccessKey: "" };
  const output = (await scope.world.gate.call({
    principal,
    region: scope.region,
    service: "sts",
    operation: "AssumeRole",
    input: { RoleArn: input.roleArn, RoleSessionName: input.sessionName, DurationSeconds: input.durationSeconds },
    context: input.context,
  })) as { Credentials: { AccessKeyId: string } };
  return scope.world.principalOf(output.Credentials.AccessKeyId) as Principal;
}

/** Seconds: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const MIN_DURATION = 900;
const DEFAULT_DURATION = 3600;

export const stsOperations: Operations = {
  AssumeRole: {
    action: "sts:AssumeRole",
    resources: (input) => [input.RoleArn],
    owner: (input) => accountOf(String(input.RoleArn)) || undefined,
    context: (input) => ({
      "sts:RoleSessionName": input.RoleSessionName,
      ...(input.ExternalId === undefined ? {} : { "sts:ExternalId": input.ExternalId }),
    }),
    resourcePolicy: (input, scope) => roleByArn(scope, input.RoleArn)?.trust ?? TRUSTS_NOBODY,
    run: (input, scope) => {
      const role = roleByArn(scope, input.RoleArn) as Role;
      const seconds = input.DurationSeconds ?? DEFAULT_DURATION;
      if (seconds < MIN_DURATION || seconds > role.maxSessionDuration) {
        const limit =
          seconds < MIN_DURATION ? `at least ${MIN_DURATION}` : "within the MaxSessionDuration set for this role";
        throw new AwsError("ValidationError", `The requested DurationSeconds ${seconds} has to be ${limit}`);
      }
      if (scope.principal.roleArn && seconds > 3600) {
        throw new AwsError(
          "ValidationError",
          "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
        );
      }
      const expiresAt = scope.world.clock.now() + seconds * 1000;
      const session = openSession(scope, role, { name: input.RoleSessionName, expiresAt });
      return {
        Credentials: {
          AccessKeyId: session.accessKeyId,
          SecretAccessKey: session.secretAccessKey,
          SessionToken: session.sessionToken,
          Expiration: new Date(expiresAt),
        },
        AssumedRoleUser: { AssumedRoleId: `${role.id}:${input.RoleSessionName}`, Arn: session.arn },
      };
    },
  },
  GetCallerIdentity: {
    action: "sts:GetCallerIdentity",
    resources: () => ["*"],
    run: (_input, { principal }) => ({
      Account: principal.account,
      Arn: principal.arn,
      UserId: principal.accessKeyId,
    }),
  },
};

/** A role that does not exist is refused like one that does not trust the caller. */
const TRUSTS_NOBODY = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Deny", Principal: "*", Action: "sts:AssumeRole" }],
});
