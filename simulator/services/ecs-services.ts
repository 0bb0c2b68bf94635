import { AwsError, arn, type Scope } from "../operation";
import { type Controller, clusterOf, type Service, type Strategy, type TaskSet } from "./ecs-clusters";
import { released, runnableTaskDefinition } from "./ecs-definitions";
import {
  beginDeployment,
  completeDeployment,
  DRAINS_FOR,
  drain,
  type Rollout,
  rollBackDeployment,
} from "./ecs-deployments";
import { scale } from "./ecs-scaling";

export { type Controller, createCluster, deleteCluster, type Service } from "./ecs-clusters";
export { runTask, stopTask } from "./ecs-tasks";

/** How long a deleted service is still described as INACTIVE. */
const INACTIVE_FOR = 24 * 3_600_000;

/** Which service, by name or ARN, in which cluster. */
export interface ServiceRef {
  cluster?: string;
  service: string;
}

/** `taskDefinition` without a revision means the latest ACTIVE one. */
export function createService(
  scope: Scope,
  input: ServiceRef &
    Rollout & {
      taskDefinition: string;
      desiredCount?: number;
      controller?: Controller;
      /** @default "ROLLING" */
      strategy?: Strategy;
      /** Whether a failed deployment is rolled back. @default false */
      circuitBreaker?: boolean;
    },
): Service {
  const cluster = clusterOf(scope, input.cluster);
  if (cluster.services.get(input.service)?.status === "ACTIVE") {
    throw new AwsError("InvalidParameterException", "Creation of service was not idempotent.");
  }
  const service: Service = {
    name: input.service,
    arn: arn(scope, "ecs", `service/${cluster.name}/${input.service}`),
    cluster: cluster.name,
    status: "ACTIVE",
    controller: input.controller ?? "ECS",
    strategy: input.strategy ?? "ROLLING",
    circuitBreaker: input.circuitBreaker ?? false,
    desiredCount: input.desiredCount ?? 1,
    taskDefinition: "",
    deployments: [],
    taskSets: [],
    serviceDeployments: [],
    revisions: [],
    completed: [],
    createdAt: scope.world.clock.now(),
  };
  const { arn: taskDefinition } = runnableTaskDefinition(scope, input.taskDefinition);
  cluster.services.set(service.name, service);
  deploy(scope, service, taskDefinition, input);
  return service;
}

/** A new task definition starts a deployment; the one before drains for some minutes. */
export function updateService(
  scope: Scope,
  input: ServiceRef & Rollout & { taskDefinition?: string; desiredCount?: number; forceNewDeployment?: boolean },
): Service {
  const service = serviceOf(scope, input);
  if (service.status !== "ACTIVE") throw new AwsError("ServiceNotActiveException", "Service was not ACTIVE.");
  if (input.taskDefinition && service.controller !== "ECS") {
    const text = `Unable to update task definition on services with a ${service.controller} deployment controller.`;
    throw new AwsError("InvalidParameterException", text);
  }
  const wanted = input.taskDefinition && runnableTaskDefinition(scope, input.taskDefinition).arn;
  service.desiredCount = input.desiredCount ?? service.desiredCount;
  if ((wanted && wanted !== service.taskDefinition) || input.forceNewDeployment) {
    deploy(scope, service, wanted || service.taskDefinition, input);
  } else {
    scale(scope, service);
  }
  return service;
}

/** Back to what a deployment last completed on; see `rollBackDeployment`. Only with controller ECS. */
export function rollBack(scope: Scope, reference: ServiceRef, reason = "Stopped by a caller"): Service {
  const service = serviceOf(scope, reference);
  rollBackDeployment(scope, service, reason);
  return service;
}

/** Completes the open deployment without waiting any longer. */
export function continueDeployment(scope: Scope, reference: ServiceRef): void {
  completeDeployment(scope, serviceOf(scope, reference));
}

/** Its tasks stop; it stays visible as INACTIVE to DescribeServices. */
export function deleteService(scope: Scope, reference: ServiceRef): void {
  const service = serviceOf(scope, reference);
  service.desiredCount = 0;
  service.status = "DRAINING";
  scale(scope, service);
  scope.world.clock.after(DRAINS_FOR, () => {
    const gone = [...service.deployments, ...service.taskSets];
    // The records of its deployments and service revisions go with it.
    const nothing = { deployments: [], taskSets: [], serviceDeployments: [], revisions: [], completed: [] };
    Object.assign(service, nothing, { status: "INACTIVE" });
    for (const each of gone) {
      released(scope, each.taskDefinition, "deployment");
    }
    scope.world.clock.after(INACTIVE_FOR, () => {
      const services = scope.world.services.ecsServices.at(scope).clusters.get(service.cluster)?.services;
      if (services?.get(service.name) === service) services.delete(service.name);
    });
  });
}

export function serviceOf(scope: Scope, reference: ServiceRef): Service {
  const name = reference.service.split("/").at(-1) ?? "";
  const service = clusterOf(scope, reference.cluster).services.get(name);
  if (!service) throw new AwsError("ServiceNotFoundException", "Service not found.");
  return service;
}

function deploy(scope: Scope, service: Service, taskDefinition: string, rollout: Rollout): void {
  if (service.controller === "ECS") {
    beginDeployment(scope, service, taskDefinition, rollout);
  } else {
    service.taskDefinition = taskDefinition;
    startTaskSet(scope, service, taskDefinition);
  }
}

/** A new task set beside the present one, as CodeDeploy or an external controller makes it; `promote` switches over. */
export function startTaskSet(scope: Scope, service: Service, reference: string): TaskSet {
  const taskDefinition = runnableTaskDefinition(scope, reference).arn;
  const id = `ecs-svc/${scope.world.random.text(19, "0123456789")}`;
  const taskSet: TaskSet = {
    id,
    arn: arn(scope, "ecs", `task-set/${service.cluster}/${service.name}/${id}`),
    status: service.taskSets.length === 0 ? "PRIMARY" : "ACTIVE",
    taskDefinition,
    createdAt: scope.world.clock.now(),
  };
  service.taskSets.push(taskSet);
  scale(scope, service);
  return taskSet;
}

/** Makes a task set the primary one; the others drain. */
export function promote(scope: Scope, service: Service, taskSet: TaskSet): void {
  for (const each of service.taskSets) {
    each.status = each === taskSet ? "PRIMARY" : "DRAINING";
  }
  service.taskDefinition = taskSet.taskDefinition;
  scope.world.clock.after(DRAINS_FOR, () => drain(scope, service, (each) => each.status !== "DRAINING"));
}
