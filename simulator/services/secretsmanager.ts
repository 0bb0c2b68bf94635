import { accountOf, arn, type CallScope, type Operations, type Scope } from "../operation";
import { trustsAccounts } from "./iam";
import { decryptThrough } from "./kms";

export interface Secret {
  name: string;
  arn: string;
  /** ARN of the customer key that encrypts it. Absent: AWS's own key, which asks nobody. */
  kmsKeyArn?: string;
  /** JSON of its resource policy. Absent: none, and for a secret of another account one that trusts the caller's. */
  policy?: string;
}

/** By ARN. */
export const newSecretsManagerState = () => ({ secrets: new Map<string, Secret>() });

const ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** A secret, whose ARN ends in six random characters. */
export function putSecret(scope: Scope, input: Omit<Secret, "arn">): Secret {
  return keep(scope, input, `${input.name}-${scope.world.random.text(6, ALPHANUMERIC)}`);
}

function keep(scope: Scope, input: Omit<Secret, "arn">, id: string): Secret {
  const secret = { ...input, arn: arn(scope, "secretsmanager", `secret:${id}`) };
  scope.world.services.secretsmanager.at(scope).secrets.set(secret.arn, secret);
  return secret;
}

/** By ARN, by ARN without the random characters, or by name. What nobody put is there without a customer key. */
function secretOf(scope: Scope, secretId: string): Secret {
  const [prefix, , , region = "", account = "", , id = ""] = secretId.split(":");
  const isArn = prefix === "arn";
  const at = isArn ? { ...scope, region, account } : scope;
  const name = isArn ? id : secretId;
  const { secrets } = scope.world.services.secretsmanager.at(at);
  const found = secrets.get(secretId) ?? [...secrets.values()].find((each) => each.name === name);
  if (found) return found;
  const [, complete] = (isArn && /^(.+)-[A-Za-z0-9]{6}$/.exec(name)) || [];
  return complete === undefined ? putSecret(at, { name }) : keep(at, { name: complete }, name);
}

const AWSCURRENT = "00000000-0000-4000-8000-000000000000";

interface Input {
  SecretId: string;
  VersionId?: string;
  VersionStage?: string;
}

export const secretsmanagerOperations: Operations = {
  GetSecretValue: {
    action: "secretsmanager:GetSecretValue",
    resources: (input: Input, scope) => [secretOf(scope, input.SecretId).arn],
    owner: (input: Input, scope) => accountOf(secretOf(scope, input.SecretId).arn),
    context: ({ SecretId, VersionId, VersionStage }: Input) => ({
      "secretsmanager:SecretId": SecretId,
      ...(VersionId && { "secretsmanager:VersionId": VersionId }),
      ...(VersionStage && { "secretsmanager:VersionStage": VersionStage }),
    }),
    resourcePolicy: (input: Input, scope) => {
      const secret = secretOf(scope, input.SecretId);
      return (
        secret.policy ?? (accountOf(secret.arn) === scope.account ? undefined : trustsAccounts(scope, scope.account))
      );
    },
    run: (input: Input, scope: CallScope) => {
      const { arn: ARN, name: Name, kmsKeyArn } = secretOf(scope, input.SecretId);
      const VersionId = input.VersionId ?? AWSCURRENT;
      const answer = { ARN, Name, VersionId, SecretString: "{}" };
      if (kmsKeyArn === undefined) return answer;
      const context = { SecretARN: ARN, SecretVersionId: VersionId };
      return decryptThrough(scope, "secretsmanager", kmsKeyArn, context).then(() => answer);
    },
  },
};
