import { accountOf, arn, type CallScope, dnsSuffix, type Operations, type Scope } from "../operation";
import { trustsAccounts } from "./iam";

/** Key policies as JSON, by the key's ARN. Keys of which none was put trust their account, and the caller's. */
export const newKmsState = () => ({ policies: new Map<string, string>() });

/** A customer key. @returns its ARN */
export function putKey(scope: Scope, { id, policy }: { id: string; policy: string }): string {
  const key = arn(scope, "kms", `key/${id}`);
  scope.world.services.kms.policies.set(key, policy);
  return key;
}

/** A service decrypts with a customer key what it keeps: KMS is asked as the caller. */
export async function decryptThrough(
  scope: CallScope,
  service: "secretsmanager" | "ssm" | "s3",
  KeyId: string,
  EncryptionContext: Record<string, string>,
): Promise<void> {
  await scope.world.gate.onBehalf(scope, {
    service: "kms",
    operation: "Decrypt",
    input: { KeyId, EncryptionContext },
    context: { "kms:ViaService": `${service}.${scope.region}.${dnsSuffix(scope.region)}` },
  });
}

export const kmsOperations: Operations = {
  Decrypt: {
    action: "kms:Decrypt",
    resources: ({ KeyId }) => [KeyId],
    owner: ({ KeyId }) => accountOf(KeyId),
    context: ({ EncryptionContext = {} }: { EncryptionContext?: Record<string, string> }, { account }) => ({
      "kms:CallerAccount": account,
      "kms:EncryptionContextKeys": Object.keys(EncryptionContext),
      ...Object.fromEntries(
        Object.entries(EncryptionContext).map(([key, value]) => [`kms:EncryptionContext:${key}`, value]),
      ),
    }),
    // Unlike other resources, a key is out of reach even for its own account's policies unless its policy says so.
    resourcePolicy: ({ KeyId }, scope) =>
      scope.world.services.kms.policies.get(KeyId) ?? trustsAccounts(scope, accountOf(KeyId), scope.account),
    run: ({ KeyId }) => ({ KeyId, Plaintext: Buffer.alloc(32) }),
  },
};
