import type { Scope } from "../operation";
import { deleteLifecyclePolicy, putLifecyclePolicy } from "../services/ecr-lifecycle";
import { createRepository, deleteRepository, setTagMutability, type TagMutability } from "../services/ecr-repositories";
import { kind, type ResourceTable, tagsOf, text } from "./resource";
import type { Values } from "./values";

const find = (scope: Scope, name: string) => scope.world.services.ecr.at(scope).repositories.get(name);

const mutabilityOf = (inputs: Values): TagMutability => ({
  imageTagMutability: text(inputs.imageTagMutability) as TagMutability["imageTagMutability"],
  exclusionFilters: ((inputs.imageTagMutabilityExclusionFilters ?? []) as Values[]).map(({ filter }) => text(filter)),
});

function put(scope: Scope, inputs: Values): string {
  const repository = text(inputs.repository);
  putLifecyclePolicy(scope, repository, text(inputs.policy));
  return repository;
}

export const ecrResources: ResourceTable = {
  "aws:ecr/repository:Repository": kind({
    autoName: { property: "name", maxLength: 256 },
    defaults: { imageTagMutability: "MUTABLE" },
    replaceOn: ["encryptionConfigurations"],
    computed: ["arn", "registryId", "repositoryUrl"],
    create: (scope, inputs) =>
      createRepository(scope, { name: text(inputs.name), tags: tagsOf(inputs), ...mutabilityOf(inputs) }).name,
    find,
    describe: ({ name, arn, uri, imageTagMutability, exclusionFilters }, { account }) => ({
      ...{ name, arn, registryId: account, repositoryUrl: uri, imageTagMutability },
      imageTagMutabilityExclusionFilters: exclusionFilters.map((filter) => ({ filter, filterType: "WILDCARD" })),
    }),
    update: (found, inputs) => {
      setTagMutability(found, mutabilityOf(inputs));
      found.tags = tagsOf(inputs);
    },
    delete: ({ name }, scope, state) => deleteRepository(scope, name, state.forceDelete === true),
  }),
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": kind({
    replaceOn: ["repository"],
    json: ["policy"],
    computed: ["registryId"],
    create: put,
    find: (scope, id) => {
      const repository = find(scope, id);
      return repository?.lifecycle.policy === undefined ? undefined : repository;
    },
    describe: ({ name, lifecycle }, { account }) => ({
      repository: name,
      policy: lifecycle.policy,
      registryId: account,
    }),
    update: (_found, inputs, scope) => void put(scope, inputs),
    delete: ({ name }, scope) => deleteLifecyclePolicy(scope, name),
  }),
};
