import type { Millis } from "../../retention/types";
import { AwsError, accountOf, arn, partition, type Scope } from "../operation";

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
  /** ARNs of managed policies. */
  attached: Set<string>;
  /** ARN of the permissions boundary. */
  boundary?: string;
  description?: string;
  /** Seconds. */
  maxSessionDuration: number;
  tags: Record<string, string>;
  createdAt: Millis;
}

/** Attached to roles, or a role's boundary. */
export interface ManagedPolicy {
  name: string;
  /** `/` or `/…/`. */
  path: string;
  arn: string;
  id: string;
  document: string;
  description?: string;
  tags: Record<string, string>;
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
    id: uniqueId(scope, "AROA"),
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
  const account = accountOf(roleArn);
  const role = iam({ ...scope, account }).roles.get(roleArn.split("/").at(-1) ?? "");
  return role?.arn === roleArn ? role : undefined;
}

export function updateTrust(scope: Scope, name: string, trust: string): void {
  roleOf(scope, name).trust = document(trust);
}

/** As AWS does, refuses while it has policies. */
export function deleteRole(scope: Scope, name: string): void {
  const role = roleOf(scope, name);
  if (role.attached.size > 0) {
    throw new AwsError("DeleteConflict", "Cannot delete entity, must detach all policies first.", 409);
  }
  if (role.inline.size > 0) {
    throw new AwsError("DeleteConflict", "Cannot delete entity, must delete policies first.", 409);
  }
  iam(scope).roles.delete(name);
}

export function putRolePolicy(scope: Scope, role: string, name: string, policy: string): void {
  const { inline } = roleOf(scope, role);
  const others = [...inline].flatMap(([other, json]) => (other === name ? [] : [json]));
  requireAtMost(10_240, [...others, document(policy)], `role ${role}`);
  inline.set(name, policy);
}

export function deleteRolePolicy(scope: Scope, role: string, name: string): void {
  roleOf(scope, role).inline.delete(name);
}

type NewPolicy = Pick<ManagedPolicy, "name" | "document"> &
  Partial<Pick<ManagedPolicy, "path" | "description" | "tags">>;

export function createPolicy(scope: Scope, input: NewPolicy): ManagedPolicy {
  const { policies } = iam(scope);
  const { path = "/" } = input;
  const policyArn = arn(scope, "iam", `policy${path}${input.name}`);
  const taken = [...policies.values()].some(({ name }) => name === input.name);
  if (taken) throw new AwsError("EntityAlreadyExists", `A policy called ${input.name} already exists.`, 409);
  const policy = { tags: {}, ...input, path, arn: policyArn, id: uniqueId(scope, "ANPA") };
  setPolicyDocument(policy, input.document);
  policies.set(policy.arn, policy);
  return policy;
}

/** Its new default version; earlier ones are not kept. */
export function setPolicyDocument(policy: ManagedPolicy, json: string): void {
  requireAtMost(6144, [document(json)], `policy ${policy.name}`);
  policy.document = json;
}

/** As AWS does, refuses while a role has it. */
export function deletePolicy(scope: Scope, policyArn: string): void {
  const used = [...iam(scope).roles.values()].some(
    ({ attached, boundary }) => attached.has(policyArn) || boundary === policyArn,
  );
  if (used) throw new AwsError("DeleteConflict", "Cannot delete a policy attached to entities.", 409);
  iam(scope).policies.delete(policyArn);
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const POLICIES_PER_ROLE = 10;

export function attachRolePolicy(scope: Scope, role: string, policyArn: string): void {
  const { attached } = roleOf(scope, role);
  if (policyByArn(scope, policyArn) === undefined) {
    throw new AwsError("NoSuchEntity", `Policy ${policyArn} does not exist or is not attachable.`, 404);
  }
  if (!attached.has(policyArn) && attached.size >= POLICIES_PER_ROLE) {
    throw new AwsError("LimitExceeded", `Cannot exceed quota for PoliciesPerRole: ${POLICIES_PER_ROLE}`, 409);
  }
  attached.add(policyArn);
}

export function detachRolePolicy(scope: Scope, role: string, policyArn: string): void {
  roleOf(scope, role).attached.delete(policyArn);
}

/** What a role may do: its policies' JSON by name, and its boundary's. */
export function rolePolicies(
  scope: Scope,
  role: Role,
): { identity: [name: string, json: string][]; boundary?: string } {
  const attached = [...role.attached].map((each): [string, string] => [
    each,
    policyByArn(scope, each)?.document ?? DENY_ALL,
  ]);
  const boundary = role.boundary && (policyByArn(scope, role.boundary)?.document ?? DENY_ALL);
  return { identity: [...role.inline, ...attached], boundary };
}

/** In whichever account it names: AWS's own are those of the account `aws`. */
function policyByArn(scope: Scope, policyArn: string): ManagedPolicy | undefined {
  return iam({ ...scope, account: accountOf(policyArn) }).policies.get(policyArn);
}

/** JSON of a resource's policy that lets accounts in: their principals may, if their own policies allow it. */
export const trustsAccounts = (scope: Pick<Scope, "region">, ...accounts: string[]): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: accounts.map((account) => ({
      Effect: "Allow",
      Principal: { AWS: `arn:${partition(scope.region)}:iam::${account}:root` },
      Action: "*",
      Resource: "*",
    })),
  });

const uniqueId = (scope: Scope, prefix: string) =>
  `${prefix}${scope.world.random.text(17, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")}`;

/** Policies are measured without white space. */
function requireAtMost(size: number, documents: string[], of: string): void {
  if (documents.join("").replace(/\s/g, "").length <= size) return;
  throw new AwsError("LimitExceeded", `Maximum policy size of ${size} bytes exceeded for ${of}`, 409);
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
