/** Where a policy applies: what every ARN in it is composed from. */
export interface Scope {
  /** `aws`, `aws-cn`, `aws-us-gov`, … */
  partition: string;
  region: string;
  /** 12 digits. */
  account: string;
}

/** One purpose of a policy: it is labelled, so that a review reads it in one line. */
export interface Statement {
  /** The purpose, in letters and digits. */
  sid: string;
  /** Absent: Allow. */
  effect?: "Deny";
  /** Only in trust and bucket policies. */
  principal?: "*" | Record<string, string>;
  actions: string[];
  /** Absent in trust policies. */
  resources?: string[];
  /** Operator, key, value. */
  conditions?: Record<string, Record<string, string | string[]>>;
}

/** Renders a policy document; the same statements always make the same text. */
export function policyDocument(statements: Statement[]): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: statements.map((statement) => ({
      Sid: statement.sid,
      Effect: statement.effect ?? "Allow",
      Principal: statement.principal,
      Action: statement.actions,
      Resource: statement.resources,
      Condition: statement.conditions,
    })),
  });
}

/** ARN of something in a Region of an account. */
export function arn(service: string, scope: Scope, resource: string): string {
  return `arn:${scope.partition}:${service}:${scope.region}:${scope.account}:${resource}`;
}

/** ARN of a role, from its path (`/`, `/team/`) and name. */
export function roleArn(scope: Pick<Scope, "partition" | "account">, path: string, name: string): string {
  return `arn:${scope.partition}:iam::${scope.account}:role${path}${name}`;
}

/** A name as part of an ARN in a policy, where `*`, `?` and `${` would mean more than themselves. */
export function literal(name: string): string {
  return name.replace(/[*?]|\$(?=\{)/g, (character) => `\${${character}}`);
}

/**
 * What an action or ARN of a policy takes in, as IAM reads `*` and `?`, but where they are escaped as `${*}`; `?` does not
 * take in a `*`, which may itself be a pattern's.
 */
export function wildcards(pattern: string, flags = ""): RegExp {
  const parts = pattern.match(/\$\{[*?$]\}|./gs) ?? [];
  const source = parts.map((part) =>
    part === "*" ? ".*" : part === "?" ? "[^*]" : part.replace(/[$()*+.?[\\\]^{|}]/g, "\\$&"),
  );
  return new RegExp(`^${source.join("")}$`, `s${flags}`);
}
