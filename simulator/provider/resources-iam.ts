import { createRole, deleteRole, deleteRolePolicy, putRolePolicy, updateTrust } from "../services/iam";
import { halves, kind, optionalText, type ResourceTable, tagsOf, text } from "./resource";
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
};
