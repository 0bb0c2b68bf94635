import { type ContainerCheck, type Hit, ofEach, shownName } from "./check";
import type { ContainerPart } from "./definition";
import { findPlaintextSecrets } from "./plaintext-secrets";
import { filledIn, isMissing, membersOf, records } from "./values";

const SECRETS = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html";
const FORM = "arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-6chars:json-key:version-stage:version-id";

export const plaintextSecret: ContainerCheck = {
  id: "plaintext-secret",
  severity: "danger",
  question: "Is every secret referred to, and none written out?",
  why: "whoever may describe a task definition reads it, for as long as the revision is there",
  fix: "store it in Secrets Manager or Parameter Store, refer to it in secrets, and change it",
  link: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html",
  check: (definition) => findPlaintextSecrets(definition).map((where) => ({ where, what: "holds a secret in clear" })),
};

export const secretReference: ContainerCheck = {
  id: "secret-reference",
  severity: "danger",
  question: "Does valueFrom name a secret or a parameter in a form that ECS reads?",
  why: "ECS reads it when a task starts, and no task starts whose reference it cannot read",
  fix: `write ${FORM} (all three or none of what follows the name, empty where unused), the ARN of a parameter, or a parameter's name in the same Region`,
  link: SECRETS,
  check: ofEach((container) =>
    referencesOf(container).flatMap(({ valueFrom, where }) => {
      const what = isMissing(valueFrom) ? "is not set" : problemOf(filledIn(valueFrom));
      return what ? [{ where, what }] : [];
    }),
  ),
};

export const secretNameTaken: ContainerCheck = {
  id: "secret-name-taken",
  severity: "danger",
  question: "Is the name of each secret given once, and to no environment variable?",
  why: "ECS refuses to register a container with a secret of a name that is taken",
  fix: "remove one of the two",
  link: SECRETS,
  check: ofEach(({ environment, secrets }) => {
    const taken = new Set<unknown>(records(environment).map(({ name }) => name));
    return again(records(secrets), "secrets", taken, "is the name of another secret or environment variable");
  }),
};

export const environmentNameAgain: ContainerCheck = {
  id: "environment-name-again",
  severity: "advice",
  question: "Is each environment variable set once?",
  why: "one of the values is lost, and nothing says which",
  fix: "remove one of the two",
  link: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/taskdef-envfiles.html",
  check: ofEach(({ environment }) => again(records(environment), "environment", new Set(), "is set more than once")),
};

export const environmentFile: ContainerCheck = {
  id: "environment-file",
  severity: "danger",
  question: "Is each environment file an object of S3 whose name ends in .env?",
  why: "ECS reads no other file, and the task does not start",
  fix: 'name the object by its ARN, arn:aws:s3:::BUCKET/KEY.env, with type "s3"',
  link: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/use-environment-file.html",
  check: ofEach(({ environmentFiles }) =>
    records(environmentFiles).flatMap(({ type, value }, index): Hit[] => {
      const where = `environmentFiles[${index}]`;
      const arn = filledIn(value);
      if (typeof type === "string" && type !== "s3") return [{ where: `${where}.type`, what: "is not s3" }];
      if (arn === undefined || arn === "") return [];
      if (!/^arn:[\w-]+:s3:::[^/]+\/./.test(arn)) return [{ where: `${where}.value`, what: "is no ARN of an object" }];
      return arn.endsWith(".env") ? [] : [{ where: `${where}.value`, what: "does not end in .env" }];
    }),
  ),
};

/** Every valueFrom of a container that ECS resolves. */
function referencesOf({ secrets, logConfiguration }: ContainerPart): { valueFrom: unknown; where: string }[] {
  const lists = { secrets, "logConfiguration.secretOptions": membersOf(logConfiguration).secretOptions };
  return Object.entries(lists).flatMap(([field, list]) =>
    records(list).map(({ valueFrom }, index) => ({ valueFrom, where: `${field}[${index}].valueFrom` })),
  );
}

function problemOf(valueFrom: string | undefined): string | undefined {
  if (valueFrom === undefined) return undefined;
  if (!valueFrom.startsWith("arn:")) return parameterNameProblem(valueFrom);
  const [, , service = "", region = "", account = "", type = "", ...rest] = valueFrom.split(":");
  if (service !== "secretsmanager" && service !== "ssm")
    return "is an ARN of neither Secrets Manager nor Parameter Store";
  if (region === "") return "is an ARN without a Region";
  // AWS's own parameters belong to no account; a word such as ACCOUNT_ID is a template's.
  const isOfAws = service === "ssm" && account === "" && type.startsWith("parameter/aws/");
  if (/^\d*$/.test(account) && account.length !== 12 && !isOfAws) return "is an ARN without an account of 12 digits";
  return service === "ssm" ? parameterProblem(type, rest) : secretProblem(type, rest);
}

function secretProblem(type: string, [name = "", ...rest]: string[]): string | undefined {
  if (type !== "secret" || name === "") return "is an ARN of Secrets Manager that names no secret";
  if (rest.length === 0) return undefined;
  if (rest.length !== 3) return `has ${rest.length} parts after the name, where ECS reads all three or none`;
  const [, stage, id] = rest;
  return stage && id ? "has a version stage and a version id, which exclude each other" : undefined;
}

function parameterProblem(type: string, rest: string[]): string | undefined {
  if (rest.length > 1) return "has parts after the name, which Parameter Store does not know";
  return /^parameter(?:\/[\w.-]+)+$/.test(type) ? undefined : "is an ARN that names no parameter";
}

function parameterNameProblem(text: string): string | undefined {
  // A version or label may follow.
  const [name = "", ...rest] = text.split(":");
  if (rest.length > 1) return "has parts after the name, which only the ARN of a secret can have";
  if (!/^[\w./-]+$/.test(name)) return "is neither an ARN nor a name that a parameter can have";
  const isPath = name.includes("/");
  const isWhole = !isPath || /^(?:\/[\w.-]+)+$/.test(name);
  return isWhole ? undefined : "is a path that does not begin with a slash, or has an empty part";
}

function again(pairs: Record<string, unknown>[], field: string, taken: Set<unknown>, what: string): Hit[] {
  return pairs.flatMap(({ name }, index) => {
    if (isMissing(name) || !taken.has(name)) {
      taken.add(name);
      return [];
    }
    const shown = shownName(name);
    return [{ where: `${field}[${index}].name`, what: shown === undefined ? what : `${shown} ${what}` }];
  });
}
