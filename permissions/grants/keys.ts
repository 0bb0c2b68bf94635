import { isPolicyArnOf } from "../secret-reference";
import type { Statement } from "../statement";
import type { Grant, GrantContext, GrantSettings } from "./grant";

interface Encrypted {
  sid: string;
  /** As IAM and KMS call the service. */
  service: string;
  keys: keyof GrantSettings["keys"];
  context: string;
  /** What may stand in the encryption context of such a resource. */
  values(resource: string): string[];
}

/** What the action of a grant reads that a customer key may encrypt. */
const ENCRYPTED: Record<string, Encrypted> = {
  "secretsmanager:GetSecretValue": {
    sid: "DecryptSecrets",
    service: "secretsmanager",
    keys: "secretsManager",
    context: "SecretARN",
    values: (secret) => [secret],
  },
  "ssm:GetParameters": {
    sid: "DecryptParameters",
    service: "ssm",
    keys: "systemsManager",
    context: "PARAMETER_ARN",
    // AWS's own parameters, and those that stand for a secret, are not encrypted themselves.
    values: (parameter) => (parameter.includes(":parameter/aws/") ? [] : [parameter]),
  },
  "s3:GetObject": {
    sid: "DecryptFiles",
    service: "s3",
    keys: "s3",
    context: "aws:s3:arn",
    // With a bucket key the context is the bucket. https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
    values: (object) => [object, object.slice(0, object.indexOf("/"))],
  },
};

const DNS_SUFFIXES: Record<string, string> = {
  "aws-cn": "amazonaws.com.cn",
  "aws-eusc": "amazonaws.eu",
  "aws-iso": "c2s.ic.gov",
  "aws-iso-b": "sc2s.sgov.gov",
  "aws-iso-e": "cloud.adc-e.uk",
  "aws-iso-f": "csp.hci.ic.gov",
};

/** Decrypts what the other grants read, for them alone, through the service that keeps it. */
export function keyGrants(grants: Grant[], context: GrantContext): Grant[] {
  const named = new Set(grants.map(({ resource }) => resource));
  return grants.flatMap(({ actions, resource: given, because }) => {
    // A secret that is named both ways is one: by the name that holds the other.
    const resource = [...named].find((other) => other !== given && isPolicyArnOf(other, given)) ?? given;
    return actions.flatMap((action) => {
      const encrypted = ENCRYPTED[action];
      const values = encrypted?.values(resource) ?? [];
      if (!encrypted || values.length === 0) return [];
      return context.keys[encrypted.keys]
        .filter((key) => near(key, resource))
        .map((key) => ({
          sid: encrypted.sid,
          actions: ["kms:Decrypt"],
          resource: key,
          conditions: conditions(encrypted, key, values),
          because,
        }));
    });
  });
}

/** A key works in its own Region alone; a bucket's ARN does not tell its Region. */
function near(key: string, resource: string): boolean {
  const [, partition, , region] = key.split(":");
  const [, ofPartition, , ofRegion] = resource.split(":");
  return partition === ofPartition && (ofRegion === "" || region === ofRegion);
}

function conditions({ service, context }: Encrypted, key: string, values: string[]): Statement["conditions"] {
  const [, partition = "", , region] = key.split(":");
  const through = { "kms:ViaService": `${service}.${region}.${DNS_SUFFIXES[partition] ?? "amazonaws.com"}` };
  const only = { [`kms:EncryptionContext:${context}`]: values.length === 1 ? (values[0] as string) : values };
  return values.some((value) => value.endsWith("-??????"))
    ? { StringEquals: through, StringLike: only }
    : { StringEquals: { ...through, ...only } };
}
