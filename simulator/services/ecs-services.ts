import { AwsError, arn, type Scope } from "../operation";
import { type Controller, clusterOf, type Deployment, type Service, type TaskSet } from "./ecs-clusters";
import { findTaskDefinition, released, runnableTaskDefinition } from "./ecs-definitions";
import { startTask, stopTask } from "./ecs-tasks";

export { type Controller, createCluster, deleteCluster, type Service } from "./ecs-clusters";
export { runTask, stopTask } from "./ecs-tasks";

/** How long a replaced deployment still runs its tasks. */
const DRAINS_FOR = 5 * 60_000;

/** Which service, by name or ARN, in which cluster. */
export interface ServiceRef {
  cluster?: string;
  service: string;
}

/** `taskDefinition` without a revision means the latest ACTIVE one. */
export function createService(
  scope: Scope,
  input: ServiceRef & { taskDefinition: string; desiredCount?: number; controller?: Controller },
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
    desiredCount: input.desiredCount ?? 1,
    taskDefinition: "",
    deployments: [],
    taskSets: [],
    completed: [],
    createdAt: scope.world.clock.now(),
  };
  deploy(scope, service, runnableTaskDefinition(scope, input.taskDefinition).arn);
  cluster.services.set(service.name, service);
  return service;
}

/** A new task definition starts a deployment; the one before drains for some minutes. */
export function updateService(
  scope: Scope,
  input: ServiceRef & { taskDefinition?: string; desiredCount?: number; forceNewDeployment?: boolean },
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
    deploy(scope, service, wanted || service.taskDefinition);
  } else {
    scale(scope, service);
  }
  return service;
}

/** Back to the revision that a deployment completed on before the present one, as a circuit breaker goes. */
export function rollBack(scope: Scope, reference: ServiceRef): Service {
  const service = serviceOf(scope, reference);
  const previous = service.completed.findLast((each) => each !== service.taskDefinition);
  if (!previous || !findTaskDefinition(scope, previous)) {
    throw new AwsError("ClientException", "No completed deployment to roll back to.");
  }
  // A rollback does not ask whether the revision is still ACTIVE.
  deploy(scope, service, previous);
  return service;
}

/** Its tasks stop; it stays visible as INACTIVE to DescribeServices. */
export function deleteService(scope: Scope, reference: ServiceRef): void {
  const service = serviceOf(scope, reference);
  service.desiredCount = 0;
  service.status = "DRAINING";
  scale(scope, service);
  after(scope, DRAINS_FOR, () => {
    const gone = [...service.deployments, ...service.taskSets];
    service.deployments = [];
    service.taskSets = [];
    service.status = "INACTIVE";
    for (const each of gone) {
      released(scope, each.taskDefinition, "deployment");
    }
  });
}

export function serviceOf(scope: Scope, reference: ServiceRef): Service {
  const name = reference.service.split("/").at(-1) ?? "";
  const service = clusterOf(scope, reference.cluster).services.get(name);
  if (!service) throw new AwsError("ServiceNotFoundException", "Service not found.");
  return service;
}

function deploy(scope: Scope, service: Service, taskDefinition: string): void {
  const now = scope.world.clock.now();
  service.taskDefinition = taskDefinition;
  if (service.controller === "ECS") {
    const id = `ecs-svc/${scope.world.random.text(19, "0123456789")}`;
    const replaced = service.deployments.filter((each) => each.status === "PRIMARY");
    const deployment: Deployment = {
      id,
      status: "PRIMARY",
      taskDefinition,
      rolloutState: "IN_PROGRESS",
      createdAt: now,
      updatedAt: now,
    };
    service.deployments = [deployment, ...service.deployments];
    for (const each of replaced) {
      each.status = "ACTIVE";
    }
    after(scope, DRAINS_FOR, () => {
      if (service.deployments[0] === deployment) {
        deployment.rolloutState = "COMPLETED";
        deployment.updatedAt = scope.world.clock.now();
        service.completed.push(taskDefinition);
        drain(scope, service, (each) => each === deployment);
      }
    });
  } else {
    startTaskSet(scope, service, taskDefinition);
  }
  scale(scope, service);
}

/** Ends every deployment or task set that is not kept, with its tasks. */
function drain(scope: Scope, service: Service, keeps: (each: Deployment | TaskSet) => boolean): void {
  const gone = [...service.deployments, ...service.taskSets].filter((each) => !keeps(each));
  service.deployments = service.deployments.filter(keeps);
  service.taskSets = service.taskSets.filter(keeps);
  for (const each of gone) {
    stopTasksOf(scope, service, each.id, 0);
    released(scope, each.taskDefinition, "deployment");
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
  service.completed.push(taskSet.taskDefinition);
  after(scope, DRAINS_FOR, () => drain(scope, service, (each) => each.status !== "DRAINING"));
}

/** Starts or stops tasks until each deployment or task set runs what the service wants. */
function scale(scope: Scope, service: Service): void {
  for (const each of [...service.deployments, ...service.taskSets]) {
    // What drains keeps its tasks but gets no more.
    const wanted = isReplaced(service, each) ? 0 : service.desiredCount;
    for (let running = tasksOf(scope, service, each.id).length; running < wanted; running += 1) {
      startTask(scope, service.cluster, each.taskDefinition, `service:${service.name}`, each.id);
    }
    stopTasksOf(scope, service, each.id, service.desiredCount);
  }
}

function isReplaced(service: Service, each: Deployment | TaskSet): boolean {
  return each.status === "DRAINING" || (service.controller === "ECS" && each.status === "ACTIVE");
}

/** Its running tasks. */
export const tasksOf = (scope: Scope, service: Service, id: string) =>
  [...clusterOf(scope, service.cluster).tasks.values()].filter(
    (task) => task.startedBy === id && task.lastStatus === "RUNNING",
  );

function stopTasksOf(scope: Scope, service: Service, id: string, keep: number): void {
  for (const task of tasksOf(scope, service, id).slice(keep)) {
    stopTask(scope, task);
  }
}

const after = (scope: Scope, ms: number, then: () => void) => scope.world.clock.at(scope.world.clock.now() + ms, then);
