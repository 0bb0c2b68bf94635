import { createRepository, deleteRepository } from "../services/ecr";
import { kind, type ResourceTable, retag, tagsOf, text } from "./resource";

export const ecrResources: ResourceTable = {
  "aws:ecr/repository:Repository": kind({
    autoName: { property: "name", maxLength: 256 },
    replaceOn: ["encryptionConfigurations"],
    computed: ["arn", "registryId", "repositoryUrl"],
    create: (scope, inputs) => createRepository(scope, { name: text(inputs.name), tags: tagsOf(inputs) }).name,
    find: (scope, id) => scope.world.services.ecr.at(scope).repositories.get(id),
    describe: ({ name, arn, uri }, { account }) => ({ name, arn, registryId: account, repositoryUrl: uri }),
    update: retag,
    delete: ({ name }, scope) => deleteRepository(scope, name),
  }),
};
