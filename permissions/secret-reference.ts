import type { Parsed } from "./grants/grant";
import { arn, type Scope } from "./statement";

/** A secret or parameter as a container names it. */
export interface SecretReference {
  service: "secretsmanager" | "ssm";
  /** Of an ARN. Absent: those of the tasks. */
  at?: Scope;
  /** As in the ARN of a policy: without leading slash, JSON key and version. */
  name: string;
  /** Condition key and value of the version that is asked for. */
  version?: { key: string; value: string };
}

const ARN = /^arn:(aws[a-z-]*):(secretsmanager|ssm):([a-z0-9-]+):([0-9]{12}|):(.*)$/;
// `!` stands in the names of secrets that a service manages.
const SECRET_NAME = /^[A-Za-z0-9/_+=.@!-]+$/;
/** A version or label may follow, which IAM does not know. */
const PARAMETER_NAME = /^\/?([A-Za-z0-9_.-][A-Za-z0-9_./-]*)(?::[A-Za-z0-9_.-]+)?$/;

const SECRET_ARN = "arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-AbCdEf";

/**
 * Reads what `valueFrom` or `credentialsParameter` names.
 *
 * @param bareName What a text that is no ARN names. Absent: it names nothing.
 */
export function parseSecretReference(text: string, bareName?: SecretReference["service"]): Parsed<SecretReference> {
  const [, partition = "", service, region = "", account = "", rest = ""] = ARN.exec(text) ?? [];
  const at = { partition, region, account };
  if (service === "ssm") return parameter(rest.replace(/^parameter(?=\/)/, ""), at, rest.startsWith("parameter/"));
  if (service === "secretsmanager") return secret(rest, at);
  if (bareName === "ssm" && !text.startsWith("arn:")) return parameter(text);
  if (bareName === "secretsmanager" && SECRET_NAME.test(text)) return { parsed: { service: bareName, name: text } };
  const named = bareName === "ssm" ? "a parameter" : "a secret";
  const given =
    text === "" ? "an empty text" : text.startsWith("arn:") ? "an ARN of another form" : "text that is no ARN";
  const expected = `${bareName ? `the name of ${named}, ` : ""}${SECRET_ARN} or arn:aws:ssm:REGION:ACCOUNT:parameter/NAME`;
  return { wrong: { given, expected, fix: "copy the ARN from what makes the secret or parameter" } };
}

function parameter(text: string, at?: Scope, wellFormed = true): Parsed<SecretReference> {
  const [, name] = PARAMETER_NAME.exec(text) ?? [];
  if (name && wellFormed) return { parsed: { service: "ssm", name, ...(at && { at }) } };
  const given = text === "" ? "an empty text" : `${at ? "a parameter's ARN" : "a name"} of another form`;
  const expected = "the name or ARN of a parameter (letters, digits, . _ - /)";
  return { wrong: { given, expected, fix: `correct it, or name a Secrets Manager secret by its ARN: ${SECRET_ARN}` } };
}

/** The ARN, or all of `:json-key:version-stage:version-id` behind it: the agent refuses anything between. */
function secret(text: string, at: Scope): Parsed<SecretReference> {
  const [kind, name = "", ...suffix] = text.split(":");
  const [, stage, id] = suffix;
  const expected = `${SECRET_ARN}, and behind it nothing or :json-key:version-stage:version-id`;
  const refuse = (given: string, fix: string) => ({ wrong: { given, expected, fix } });
  if (kind !== "secret" || !SECRET_NAME.test(name) || at.account === "") {
    return refuse("a secret's ARN of another form", "copy the ARN from what makes the secret");
  }
  if (suffix.length !== 0 && suffix.length !== 3) {
    return refuse(
      `a secret's ARN with ${suffix.length} of the 3 parts behind it`,
      "keep all three colons, such as ARN:json-key::",
    );
  }
  if (stage && id) return refuse("both a version stage and a version id", "leave one of them empty");
  const key = stage ? "secretsmanager:VersionStage" : "secretsmanager:VersionId";
  const value = stage || id;
  return { parsed: { service: "secretsmanager", name, at, ...(value && { version: { key, value } }) } };
}

/** The ARN that a policy names it by; `?` stand for the random characters that end every secret's ARN. */
export function policyArn({ service, name, at }: SecretReference, scope: Scope): string {
  if (service === "secretsmanager") {
    const complete = at && /-[A-Za-z0-9]{6}$/.test(name);
    return arn(service, at ?? scope, `secret:${name}${complete ? "" : "-??????"}`);
  }
  // AWS's own parameters belong to no account.
  const account = name.startsWith("aws/service/") ? "" : scope.account;
  return arn(service, at ?? { ...scope, account }, `parameter/${name}`);
}

/** Whether a resource of a policy is another one's, or a secret's whose random characters it leaves open. */
export function isPolicyArnOf(resource: string, other: string): boolean {
  const isOpen = resource.endsWith("-??????") && resource.length === other.length;
  return resource === other || (isOpen && other.startsWith(resource.slice(0, -6)));
}
