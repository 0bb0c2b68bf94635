import {
  attachRolePolicy,
  createPolicy,
  createRole,
  deletePolicy,
  deleteRole,
  deleteRolePolicy,
  detachRolePolicy,
  putRolePolicy,
  setPolicyDocument,
  updateTrust,
} from "../services/iam";
import { halves, kind, optionalText, type ResourceTable, retag, tagsOf, text } from "./resource";
import type { Values } from "./values";

const roleSettings = (inputs: Values) => ({
  boundary: optionalText(inputs.permissionsBoundary),
  description: optionalText(inputs.description),
  maxSessionDuration: Number(inputs.maxSessionDuration),
  tags: tagsOf(inputs),
});

export const iamResources: ResourceTable = {
  "aws:iam/role:Role": kind({
    autoName: { property: "name", maxLength: 64 },
    defaults: { path: "/", maxSessionDuration: 3600 },
    replaceOn: ["path"],
    json: ["assumeRolePolicy"],
    computed: ["arn", "createDate", "uniqueId"],
    create: (scope, inputs) =>
      createRole(scope, {
        name: text(inputs.name),
        trust: text(inputs.assumeRolePolicy),
        path: text(inputs.path),
        ...roleSettings(inputs),
      }).name,
    find: (scope, id) => scope.world.services.iam.of(scope.account).roles.get(id),
    describe: (role) => ({
      name: role.name,
      arn: role.arn,
      uniqueId: role.id,
      createDate: new Date(role.createdAt).toISOString(),
      assumeRolePolicy: role.trust,
      path: role.path,
      permissionsBoundary: role.boundary,
      maxSessionDuration: role.maxSessionDuration,
    }),
    update: (role, inputs, scope) => {
      updateTrust(scope, role.name, text(inputs.assumeRolePolicy));
      Object.assign(role, roleSettings(inputs));
    },
    delete: ({ name }, scope) => deleteRole(scope, name),
  }),
  "aws:iam/rolePolicy:RolePolicy": kind({
    autoName: { property: "name", maxLength: 128 },
    replaceOn: ["role"],
    json: ["policy"],
    create: (scope, inputs) => {
      putRolePolicy(scope, text(inputs.role), text(inputs.name), text(inputs.policy));
      return `${inputs.role}:${inputs.name}`;
    },
    find: (scope, id) => {
      const [role, name] = halves(id, ":");
      const policy = scope.world.services.iam.of(scope.account).roles.get(role)?.inline.get(name);
      return policy === undefined ? undefined : { role, name, policy };
    },
    describe: (found) => found,
    update: ({ role, name }, inputs, scope) => putRolePolicy(scope, role, name, text(inputs.policy)),
    delete: ({ role, name }, scope) => deleteRolePolicy(scope, role, name),
  }),
  "aws:iam/policy:Policy": kind({
    autoName: { property: "name", maxLength: 128 },
    defaults: { path: "/" },
    replaceOn: ["path", "description"],
    json: ["policy"],
    computed: ["arn", "policyId"],
    create: (scope, inputs) =>
      createPolicy(scope, {
        name: text(inputs.name),
        path: text(inputs.path),
        document: text(inputs.policy),
        description: optionalText(inputs.description),
        tags: tagsOf(inputs),
      }).arn,
    find: (scope, id) => scope.world.services.iam.of(scope.account).policies.get(id),
    describe: ({ name, path, arn, id, document, description }) => ({
      ...{ name, path, arn, policyId: id, policy: document },
      ...(description !== undefined && { description }),
    }),
    update: (policy, inputs) => {
      setPolicyDocument(policy, text(inputs.policy));
      retag(policy, inputs);
    },
    delete: ({ arn }, scope) => deletePolicy(scope, arn),
  }),
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": kind({
    create: (scope, inputs) => {
      attachRolePolicy(scope, text(inputs.role), text(inputs.policyArn));
      return `${inputs.role}/${inputs.policyArn}`;
    },
    find: (scope, id) => {
      const [role, policyArn] = halves(id, "/");
      const attached = scope.world.services.iam.of(scope.account).roles.get(role)?.attached.has(policyArn);
      return attached ? { role, policyArn } : undefined;
    },
    describe: (found) => found,
    delete: ({ role, policyArn }, scope) => detachRolePolicy(scope, role, policyArn),
  }),
};
