import { parseSecretReference, policyArn, type SecretReference } from "../secret-reference";
import { type Because, fieldGrants, type Grant, type GrantContext } from "./grant";

/** Secrets and parameters that ECS injects, into the container or its log driver, whatever that is. */
export const secretsGrants = fieldGrants<SecretReference>("secrets", {
  named: ({ secrets = [], logConfiguration }) => [
    ...secrets.map(({ valueFrom }, index) => ({ field: `secrets[${index}].valueFrom`, text: valueFrom })),
    ...(logConfiguration?.secretOptions ?? []).map(({ valueFrom }, index) => ({
      field: `logConfiguration.secretOptions[${index}].valueFrom`,
      text: valueFrom,
    })),
  ],
  parse: (text) => parseSecretReference(text, "ssm"),
  grants: secretGrants,
});

/** The secret that ECS logs in to another registry with. */
export const repositoryCredentialsGrants = fieldGrants<SecretReference>("repositoryCredentials", {
  named: ({ repositoryCredentials }) => [
    { field: "repositoryCredentials.credentialsParameter", text: repositoryCredentials?.credentialsParameter },
  ],
  parse: (text) => parseSecretReference(text, "secretsmanager"),
  grants: secretGrants,
});

/** A parameter of this path is a secret under another name, and is read with the rights of both. */
const REFERENCE_TO_SECRET = "aws/reference/secretsmanager/";

/** Reads one secret or parameter. */
export function secretGrants(reference: SecretReference, because: Because, context: GrantContext): Grant[] {
  const { service, name, at = context, version } = reference;
  const resource = policyArn(reference, context);
  if (service === "secretsmanager") {
    const conditions = version && { StringEquals: { [version.key]: version.value } };
    const actions = ["secretsmanager:GetSecretValue"];
    return [{ sid: "ReadSecrets", actions, resource, ...(conditions && { conditions }), because }];
  }
  const read = { sid: "ReadParameters", actions: ["ssm:GetParameters"], resource, because };
  if (!name.startsWith(REFERENCE_TO_SECRET)) return [read];
  const secret = policyArn({ service: "secretsmanager", name: name.slice(REFERENCE_TO_SECRET.length) }, at);
  return [read, { sid: "ReadSecrets", actions: ["secretsmanager:GetSecretValue"], resource: secret, because }];
}
