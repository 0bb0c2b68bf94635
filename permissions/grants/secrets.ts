import type { Secret } from "../containers";
import { arn, literal, type Scope } from "../statement";
import type { FieldGrants, Grant } from "./grant";

/** Reads the Secrets Manager secrets and SSM parameters that ECS injects, into the container or its log driver. */
export const secretsGrants: FieldGrants = {
  field: "secrets",
  grants: ({ secrets = [], logConfiguration }, scope) =>
    [...secrets, ...(logConfiguration?.secretOptions ?? [])].flatMap((secret) => grantOf(secret, scope)),
};

function grantOf({ valueFrom }: Secret, scope: Scope): Grant[] {
  if (!valueFrom) return [];
  const [, , service] = valueFrom.split(":");
  const grant = (sid: string, action: string, name: string): Grant[] => [
    { sid, actions: [action], resource: literal(name) },
  ];
  if (valueFrom.startsWith("arn:") && service === "secretsmanager") {
    // arn:partition:secretsmanager:region:account:secret:name, then json-key, stage and version, which IAM does not know.
    return grant("ReadSecrets", "secretsmanager:GetSecretValue", valueFrom.split(":").slice(0, 7).join(":"));
  }
  const parameter = valueFrom.startsWith("arn:")
    ? valueFrom
    : arn("ssm", scope, `parameter/${valueFrom.replace(/^\//, "")}`);
  return grant("ReadParameters", "ssm:GetParameters", parameter);
}
