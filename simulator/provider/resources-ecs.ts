import type { RegisterTaskDefinitionCommandInput } from "@aws-sdk/client-ecs";
import type { Scope } from "../operation";
import { deregisterTaskDefinition, findTaskDefinition, registerTaskDefinition } from "../services/ecs-definitions";
import {
  type Controller,
  createCluster,
  createService,
  deleteCluster,
  deleteService,
  type Service,
  updateService,
} from "../services/ecs-services";
import { block, nameOf, optionalNumber, optionalText, type ResourceTable, tagsOf, text } from "./resource";
import type { Values } from "./values";

const tagList = (inputs: Values) => Object.entries(tagsOf(inputs)).map(([key, value]) => ({ key, value }));

/** Inputs of aws.ecs.TaskDefinition as RegisterTaskDefinition takes them: the names differ in few places only. */
function definitionOf(inputs: Values): RegisterTaskDefinitionCommandInput {
  const { ephemeralStorage, containerDefinitions, skipDestroy: _s, trackLatest: _t, region: _r, ...same } = inputs;
  const { __defaults: _d, tags: _tags, ...definition } = same;
  const size = optionalNumber(block(ephemeralStorage).sizeInGib);
  return {
    ...definition,
    family: text(inputs.family),
    containerDefinitions: JSON.parse(text(containerDefinitions)),
    ...(size === undefined ? {} : { ephemeralStorage: { sizeInGiB: size } }),
    tags: tagList(inputs),
  } as RegisterTaskDefinitionCommandInput;
}

function serviceAt(scope: Scope, id: string): Service | undefined {
  const [cluster = "", name = ""] = id.split("/").slice(-2);
  const found = scope.world.services.ecsServices.at(scope).clusters.get(cluster)?.services.get(name);
  return found?.status === "ACTIVE" ? found : undefined;
}

const wanted = (inputs: Values) => ({
  taskDefinition: text(inputs.taskDefinition),
  desiredCount: optionalNumber(inputs.desiredCount),
});

export const ecsResources: ResourceTable = {
  "aws:ecs/taskDefinition:TaskDefinition": {
    defaults: { trackLatest: false },
    replaceOn: [
      "family",
      "containerDefinitions",
      "cpu",
      "memory",
      "executionRoleArn",
      "taskRoleArn",
      "networkMode",
      "requiresCompatibilities",
      "runtimePlatform",
      "volumes",
      "placementConstraints",
      "ephemeralStorage",
      "proxyConfiguration",
      "ipcMode",
      "pidMode",
      "enableFaultInjection",
    ],
    json: ["containerDefinitions"],
    settings: ["skipDestroy", "trackLatest"],
    computed: ["arn", "arnWithoutRevision", "revision"],
    create: (scope, inputs) => {
      const { family, arn } = registerTaskDefinition(scope, definitionOf(inputs), scope.world.admin(scope.account).arn);
      return { id: family, arn };
    },
    describe: (scope, id, state) => {
      const found = findTaskDefinition(scope, state.trackLatest ? id : (optionalText(state.arn) ?? id));
      if (found?.status !== "ACTIVE") return undefined;
      const { arn, revision, definition } = found;
      return {
        family: found.family,
        arn,
        arnWithoutRevision: arn.slice(0, arn.lastIndexOf(":")),
        revision,
        containerDefinitions: JSON.stringify(definition.containerDefinitions),
      };
    },
    update: (scope, _id, inputs, olds) => {
      const found = findTaskDefinition(scope, text(olds.arn));
      if (found) found.definition.tags = tagList(inputs);
    },
    delete: (scope, _id, state) => {
      if (!state.skipDestroy) deregisterTaskDefinition(scope, text(state.arn));
    },
  },
  "aws:ecs/cluster:Cluster": {
    autoName: { property: "name", maxLength: 255 },
    replaceOn: ["name"],
    computed: ["arn"],
    create: (scope, inputs) => ({ id: createCluster(scope, text(inputs.name), tagsOf(inputs)).arn }),
    describe: (scope, id) => {
      const found = scope.world.services.ecsServices.at(scope).clusters.get(nameOf(id));
      return found && { arn: found.arn, name: found.name };
    },
    update: (scope, id, inputs) => {
      const found = scope.world.services.ecsServices.at(scope).clusters.get(nameOf(id));
      if (found) found.tags = tagsOf(inputs);
    },
    delete: (scope, id) => deleteCluster(scope, id),
  },
  "aws:ecs/service:Service": {
    autoName: { property: "name", maxLength: 255 },
    defaults: { waitForSteadyState: false },
    replaceOn: ["name", "cluster", "launchType", "schedulingStrategy", "deploymentController"],
    settings: ["waitForSteadyState", "forceDelete", "sigintRollback"],
    computed: ["arn"],
    create: (scope, inputs) => ({
      id: createService(scope, {
        cluster: optionalText(inputs.cluster),
        service: text(inputs.name),
        controller: optionalText(block(inputs.deploymentController).type) as Controller | undefined,
        ...wanted(inputs),
      }).arn,
    }),
    describe: (scope, id) => {
      const found = serviceAt(scope, id);
      // The task definition is left as it was written: family:revision and ARN mean the same.
      return found && { arn: found.arn, name: found.name, desiredCount: found.desiredCount };
    },
    update: (scope, id, inputs) => {
      const [cluster, service = ""] = id.split("/").slice(-2);
      updateService(scope, {
        cluster,
        service,
        ...wanted(inputs),
        forceNewDeployment: inputs.forceNewDeployment === true,
      });
    },
    delete: (scope, id) => {
      const [cluster, service = ""] = id.split("/").slice(-2);
      if (serviceAt(scope, id)) deleteService(scope, { cluster, service });
    },
  },
};
