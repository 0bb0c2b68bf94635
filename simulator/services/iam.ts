import type { Millis } from "../../retention/types";
import { AwsError, arn, type Scope } from "../operation";

export interface Role {
  name: string;
  /** `/` or `/…/`. */
  path: string;
  arn: string;
  id: string;
  /** JSON of the trust policy. */
  trust: string;
  /** JSON of inline policies, by name. */
  inline: Map<string, string>;
  /** ARNs of attached managed policies. */
  attached: Set<string>;
  /** ARN of the permissions boundary. */
  boundary?: string;
  description?: string;
  /** Seconds. */
  maxSessionDuration: number;
  tags: Record<string, string>;
  createdAt: Millis;
}

export interface ManagedPolicy {
  name: string;
  arn: string;
  document: string;
}

export const newIamState = () => ({
  /** By name: a role's name is unique in its account whatever its path. */
  roles: new Map<string, Role>(),
  /** By ARN. */
  policies: new Map<string, ManagedPolicy>(),
});

type NewRole = Pick<Role, "name" | "trust"> &
  Partial<Pick<Role, "path" | "boundary" | "description" | "maxSessionDuration" | "tags">>;

export function createRole(scope: Scope, input: NewRole): Role {
  const { roles } = iam(scope);
  if (roles.has(input.name)) {
    throw new AwsError("EntityAlreadyExists", `Role with name ${input.name} already exists.`, 409);
  }
  const path = input.path ?? "/";
  const role: Role = {
    maxSessionDuration: 3600,
    tags: {},
    ...input,
    path,
    trust: document(input.trust),
    arn: arn(scope, "iam", `role${path}${input.name}`),
    id: `AROA${scope.world.random.text(17, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")}`,
    inline: new Map(),
    attached: new Set(),
    createdAt: scope.world.clock.now(),
  };
  roles.set(role.name, role);
  return role;
}

export function roleOf(scope: Scope, name: string): Role {
  const role = iam(scope).roles.get(name);
  if (!role) throw new AwsError("NoSuchEntity", `The role with name ${name} cannot be found.`, 404);
  return role;
}

/** By ARN, in whichever account it names. */
export function roleByArn(scope: Scope, roleArn: string): Role | undefined {
  const account = roleArn.split(":")[4] ?? "";
  const role = iam({ ...scope, account }).roles.get(roleArn.split("/").at(-1) ?? "");
  return role?.arn === roleArn ? role : undefined;
}

export function updateTrust(scope: Scope, name: string, trust: string): void {
  roleOf(scope, name).trust = document(trust);
}

/** As AWS does, refuses while policies hang on it. */
export function deleteRole(scope: Scope, name: string): void {
  const role = roleOf(scope, name);
  if (role.inline.size + role.attached.size > 0) {
    const what = role.inline.size > 0 ? "delete policies first" : "detach all policies first";
    throw new AwsError("DeleteConflict", `Cannot delete entity, must ${what}.`, 409);
  }
  iam(scope).roles.delete(name);
}

export function putRolePolicy(scope: Scope, role: string, name: string, policy: string): void {
  roleOf(scope, role).inline.set(name, document(policy));
}

export function deleteRolePolicy(scope: Scope, role: string, name: string): void {
  roleOf(scope, role).inline.delete(name);
}

export function attachRolePolicy(scope: Scope, role: string, policyArn: string): void {
  if (!policyDocument(scope, policyArn)) {
    throw new AwsError("NoSuchEntity", `Policy ${policyArn} does not exist or is not attachable.`, 404);
  }
  roleOf(scope, role).attached.add(policyArn);
}

export function createPolicy(scope: Scope, input: Omit<ManagedPolicy, "arn">): ManagedPolicy {
  const { policies } = iam(scope);
  const policy = { ...input, document: document(input.document), arn: arn(scope, "iam", `policy/${input.name}`) };
  if (policies.has(policy.arn)) {
    throw new AwsError("EntityAlreadyExists", `A policy called ${input.name} already exists.`, 409);
  }
  policies.set(policy.arn, policy);
  return policy;
}

/** JSON of a managed policy; of AWS's own ones, those that programs here attach. */
function policyDocument(scope: Scope, policyArn: string): string | undefined {
  const account = policyArn.split(":")[4] ?? "";
  return account === "aws" ? AWS_POLICIES[policyArn] : iam({ ...scope, account }).policies.get(policyArn)?.document;
}

/** What a role may do: its policies' JSON by name, and its boundary's. */
export function rolePolicies(
  scope: Scope,
  role: Role,
): { identity: [name: string, json: string][]; boundary?: string } {
  const attached = [...role.attached].map((each): [string, string] => [each, policyDocument(scope, each) ?? ""]);
  return {
    identity: [...role.inline, ...attached.filter(([, json]) => json)],
    boundary: role.boundary && (policyDocument(scope, role.boundary) ?? DENY_ALL),
  };
}

const DENY_ALL = JSON.stringify({ Version: "2012-10-17", Statement: { Effect: "Deny", Action: "*", Resource: "*" } });

const allow = (...Action: string[]) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource: "*" }] });

/** https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html */
const AWS_POLICIES: Record<string, string> = {
  "arn:aws:iam::aws:policy/AdministratorAccess": allow("*"),
  "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole": allow(
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
  ),
  "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy": allow(
    "ecr:GetAuthorizationToken",
    "ecr:BatchCheckLayerAvailability",
    "ecr:GetDownloadUrlForLayer",
    "ecr:BatchGetImage",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
  ),
};

function iam(scope: Scope) {
  return scope.world.services.iam.of(scope.account);
}

/** A policy has to be JSON with a statement; what else is wrong with it shows when it is first evaluated. */
function document(json: string): string {
  try {
    if (typeof JSON.parse(json).Statement === "object") return json;
  } catch {
    // Falls through to the refusal.
  }
  throw new AwsError("MalformedPolicyDocument", `Syntax errors in policy: ${json.slice(0, 200)}`);
}
