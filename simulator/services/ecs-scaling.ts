import type { Scope } from "../operation";
import { clusterOf, type Deployment, type Service, type TaskSet } from "./ecs-clusters";
import { startTask, stopTask } from "./ecs-tasks";

/** Starts or stops tasks until each deployment or task set runs what the service wants. */
export function scale(scope: Scope, service: Service): void {
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

export function stopTasksOf(scope: Scope, service: Service, id: string, keep: number): void {
  for (const task of tasksOf(scope, service, id).slice(keep)) {
    stopTask(scope, task);
  }
}
