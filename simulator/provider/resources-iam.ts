import {
  attachRolePolicy,
  createPolicy,
  createRole,
  deletePolicy,
  deleteRole,
  deleteRolePolicy,
  detachRolePolicy,
  putRolePolicy,
  type Role,
  roleOf,
  updatePolicy,
  updateTrust,
} from "../services/iam";
import { optionalNumber, optionalText, type ResourceTable, tagsOf, text } from "./resource";
import type { Values } from "./values";

/** `inlinePolicies` and `managedPolicyArns` of the role itself, both deprecated in the provider. */
function setOwnPolicies(role: Role, inputs: Values): void {
  for (const policy of (inputs.inlinePolicies ?? []) as Values[]) {
    role.inline.set(text(policy.name), text(policy.policy));
  }
  for (const policyArn of (inputs.managedPolicyArns ?? []) as string[]) role.attached.add(policyArn);
}

export const iamResources: ResourceTable = {
  "aws:iam/role:Role": {
    autoName: { property: "name", maxLength: 64 },
    defaults: { path: "/", maxSessionDuration: 3600, forceDetachPolicies: false },
    replaceOn: ["name", "namePrefix", "path"],
    json: ["assumeRolePolicy"],
    settings: ["forceDetachPolicies"],
    computed: ["arn", "createDate", "uniqueId"],
    create: (scope, inputs) => {
      const role = createRole(scope, {
        name: text(inputs.name),
        trust: text(inputs.assumeRolePolicy),
        path: text(inputs.path),
        boundary: optionalText(inputs.permissionsBoundary),
        description: optionalText(inputs.description),
        maxSessionDuration: optionalNumber(inputs.maxSessionDuration),
        tags: tagsOf(inputs),
      });
      setOwnPolicies(role, inputs);
      return { id: role.name };
    },
    describe: (scope, id) => {
      const role = scope.world.services.iam.of(scope.account).roles.get(id);
      return (
        role && {
          name: role.name,
          arn: role.arn,
          uniqueId: role.id,
          createDate: new Date(role.createdAt).toISOString(),
          assumeRolePolicy: role.trust,
          path: role.path,
          permissionsBoundary: role.boundary,
          maxSessionDuration: role.maxSessionDuration,
        }
      );
    },
    update: (scope, id, inputs) => {
      updateTrust(scope, id, text(inputs.assumeRolePolicy));
      const role = roleOf(scope, id);
      role.boundary = optionalText(inputs.permissionsBoundary);
      role.description = optionalText(inputs.description);
      role.maxSessionDuration = Number(inputs.maxSessionDuration);
      role.tags = tagsOf(inputs);
      setOwnPolicies(role, inputs);
    },
    delete: (scope, id, state) => {
      const role = roleOf(scope, id);
      if (state.forceDetachPolicies) {
        role.inline.clear();
        role.attached.clear();
      }
      for (const { name } of (state.inlinePolicies ?? []) as Values[]) role.inline.delete(text(name));
      for (const policyArn of (state.managedPolicyArns ?? []) as string[]) role.attached.delete(policyArn);
      deleteRole(scope, id);
    },
  },
  "aws:iam/rolePolicy:RolePolicy": {
    autoName: { property: "name", maxLength: 128 },
    replaceOn: ["name", "namePrefix", "role"],
    json: ["policy"],
    computed: [],
    create: (scope, inputs) => {
      putRolePolicy(scope, text(inputs.role), text(inputs.name), text(inputs.policy));
      return { id: `${inputs.role}:${inputs.name}` };
    },
    describe: (scope, id) => {
      const [role = "", name = ""] = id.split(":");
      const policy = scope.world.services.iam.of(scope.account).roles.get(role)?.inline.get(name);
      return policy === undefined ? undefined : { role, name, policy };
    },
    update: (scope, _id, inputs) => putRolePolicy(scope, text(inputs.role), text(inputs.name), text(inputs.policy)),
    delete: (scope, id) => {
      const [role = "", name = ""] = id.split(":");
      deleteRolePolicy(scope, role, name);
    },
  },
  "aws:iam/policy:Policy": {
    autoName: { property: "name", maxLength: 128 },
    defaults: { path: "/" },
    replaceOn: ["name", "namePrefix", "path", "description"],
    json: ["policy"],
    computed: ["arn", "policyId", "attachmentCount"],
    create: (scope, inputs) => ({
      id: createPolicy(scope, {
        name: text(inputs.name),
        path: text(inputs.path),
        document: text(inputs.policy),
        description: optionalText(inputs.description),
        tags: tagsOf(inputs),
      }).arn,
    }),
    describe: (scope, id) => {
      const { policies, roles } = scope.world.services.iam.of(scope.account);
      const policy = policies.get(id);
      const attachmentCount = [...roles.values()].filter((role) => role.attached.has(id)).length;
      return policy && { name: policy.name, arn: id, policyId: policy.id, policy: policy.document, attachmentCount };
    },
    update: (scope, id, inputs) => updatePolicy(scope, id, text(inputs.policy)),
    delete: (scope, id) => deletePolicy(scope, id),
  },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
    replaceOn: ["role", "policyArn"],
    computed: [],
    create: (scope, inputs) => {
      attachRolePolicy(scope, text(inputs.role), text(inputs.policyArn));
      return { id: `${inputs.role}/${inputs.policyArn}` };
    },
    describe: (scope, id) => {
      const [role, policyArn] = attachment(id);
      const found = scope.world.services.iam.of(scope.account).roles.get(role);
      return found?.attached.has(policyArn) ? { role, policyArn } : undefined;
    },
    delete: (scope, id) => detachRolePolicy(scope, ...attachment(id)),
  },
};

function attachment(id: string): [role: string, policyArn: string] {
  const slash = id.indexOf("/");
  return [id.slice(0, slash), id.slice(slash + 1)];
}
