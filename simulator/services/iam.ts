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
  /** ARN of the permissions boundary. */
  boundary?: string;
  description?: string;
  /** Seconds. */
  maxSessionDuration: number;
  tags: Record<string, string>;
  createdAt: Millis;
}

/** Here a boundary alone: what the product makes has inline policies. */
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

/** As AWS does, refuses while it has policies. */
export function deleteRole(scope: Scope, name: string): void {
  const role = roleOf(scope, name);
  if (role.inline.size > 0)
    throw new AwsError("DeleteConflict", "Cannot delete entity, must delete policies first.", 409);
  iam(scope).roles.delete(name);
}

export function putRolePolicy(scope: Scope, role: string, name: string, policy: string): void {
  roleOf(scope, role).inline.set(name, document(policy));
}

export function deleteRolePolicy(scope: Scope, role: string, name: string): void {
  roleOf(scope, role).inline.delete(name);
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

/** What a role may do: its policies' JSON by name, and its boundary's. */
export function rolePolicies(
  scope: Scope,
  role: Role,
): { identity: [name: string, json: string][]; boundary?: string } {
  return { identity: [...role.inline], boundary: role.boundary && boundaryDocument(scope, role.boundary) };
}

function boundaryDocument(scope: Scope, policyArn: string): string {
  const account = policyArn.split(":")[4] ?? "";
  return iam({ ...scope, account }).policies.get(policyArn)?.document ?? DENY_ALL;
}

const DENY_ALL = JSON.stringify({ Version: "2012-10-17", Statement: { Effect: "Deny", Action: "*", Resource: "*" } });

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
