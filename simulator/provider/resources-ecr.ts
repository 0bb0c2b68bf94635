import { createRepository, deleteRepository } from "../services/ecr";
import { type ResourceTable, tagsOf, text } from "./resource";

export const ecrResources: ResourceTable = {
  "aws:ecr/repository:Repository": {
    autoName: { property: "name", maxLength: 256 },
    replaceOn: ["name", "encryptionConfigurations"],
    settings: ["forceDelete"],
    computed: ["arn", "registryId", "repositoryUrl"],
    create: (scope, inputs) => ({
      id: createRepository(scope, { name: text(inputs.name), tags: tagsOf(inputs) }).name,
    }),
    describe: (scope, id) => {
      const found = scope.world.services.ecr.at(scope).repositories.get(id);
      return found && { name: id, arn: found.arn, registryId: scope.account, repositoryUrl: found.uri };
    },
    update: (scope, id, inputs) => {
      const found = scope.world.services.ecr.at(scope).repositories.get(id);
      if (found) found.tags = tagsOf(inputs);
    },
    delete: (scope, id) => deleteRepository(scope, id),
  },
};
