import type { RegisterTaskDefinitionCommandInput } from "@aws-sdk/client-ecs";
import { deregisterTaskDefinition, findTaskDefinition, registerTaskDefinition } from "../services/ecs-definitions";
import {
  type Controller,
  createCluster,
  createService,
  deleteCluster,
  deleteService,
  updateService,
} from "../services/ecs-services";
import { block, kind, nameOf, optionalNumber, optionalText, type ResourceTable, retag, tagsOf, text } from "./resource";
import type { Values } from "./values";

const tagList = (inputs: Values) => Object.entries(tagsOf(inputs)).map(([key, value]) => ({ key, value }));

/** Inputs of aws.ecs.TaskDefinition as RegisterTaskDefinition takes them: the names differ in few places only. */
function definitionOf(inputs: Values): RegisterTaskDefinitionCommandInput {
  const { ephemeralStorage, containerDefinitions, skipDestroy: _skip, trackLatest: _track, ...same } = inputs;
  const sizeInGiB = optionalNumber(block(ephemeralStorage).sizeInGib);
  return {
    ...same,
    family: text(inputs.family),
    containerDefinitions: JSON.parse(text(containerDefinitions)),
    ...(sizeInGiB === undefined ? {} : { ephemeralStorage: { sizeInGiB } }),
    tags: tagList(inputs),
  };
}

const wanted = (inputs: Values) => ({
  taskDefinition: text(inputs.taskDefinition),
  desiredCount: optionalNumber(inputs.desiredCount),
});

export const ecsResources: ResourceTable = {
  "aws:ecs/taskDefinition:TaskDefinition": kind({
    replaceOn: { allBut: ["tags", "skipDestroy", "trackLatest"] },
    json: ["containerDefinitions"],
    computed: ["arn", "arnWithoutRevision", "revision"],
    create: (scope, inputs) =>
      registerTaskDefinition(scope, definitionOf(inputs), scope.world.admin(scope.account).arn).family,
    find: (scope, id, state) => {
      // Its id is the family, which means the revision just registered as long as no ARN was saved.
      const found = findTaskDefinition(scope, optionalText(state.arn) ?? id);
      return found?.status === "ACTIVE" ? found : undefined;
    },
    describe: ({ family, arn, revision, definition }) => ({
      family,
      arn,
      arnWithoutRevision: arn.slice(0, arn.lastIndexOf(":")),
      revision,
      containerDefinitions: JSON.stringify(definition.containerDefinitions),
    }),
    update: ({ definition }, inputs) => {
      definition.tags = tagList(inputs);
    },
    delete: ({ arn }, scope, state) => {
      if (!state.skipDestroy) deregisterTaskDefinition(scope, arn);
    },
  }),
  "aws:ecs/cluster:Cluster": kind({
    autoName: { property: "name", maxLength: 255 },
    computed: ["arn"],
    create: (scope, inputs) => createCluster(scope, text(inputs.name), tagsOf(inputs)).arn,
    find: (scope, id) => scope.world.services.ecsServices.at(scope).clusters.get(nameOf(id)),
    describe: ({ arn, name }) => ({ arn, name }),
    update: retag,
    delete: ({ name }, scope) => deleteCluster(scope, name),
  }),
  "aws:ecs/service:Service": kind({
    autoName: { property: "name", maxLength: 255 },
    replaceOn: ["cluster", "launchType", "schedulingStrategy", "deploymentController"],
    computed: ["arn"],
    create: (scope, inputs) =>
      createService(scope, {
        cluster: optionalText(inputs.cluster),
        service: text(inputs.name),
        controller: optionalText(block(inputs.deploymentController).type) as Controller | undefined,
        ...wanted(inputs),
      }).arn,
    find: (scope, id) => {
      const [cluster = "", name = ""] = id.split("/").slice(-2);
      const found = scope.world.services.ecsServices.at(scope).clusters.get(cluster)?.services.get(name);
      return found?.status === "ACTIVE" ? found : undefined;
    },
    // The task definition is left as it was written: family:revision and ARN mean the same.
    describe: ({ arn, name, desiredCount }) => ({ arn, name, desiredCount }),
    update: ({ cluster, name }, inputs, scope) =>
      void updateService(scope, { cluster, service: name, ...wanted(inputs) }),
    delete: ({ cluster, name }, scope) => deleteService(scope, { cluster, service: name }),
  }),
};
