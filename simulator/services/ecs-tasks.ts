import { arn, type Scope } from "../operation";
import { clusterOf, type Task } from "./ecs-clusters";
import { released, runnableTaskDefinition } from "./ecs-definitions";

/** From being told to stop to having stopped: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html */
const STOPS_FOR = 30_000;
/** How long a stopped task is still listed. */
const STOPPED_FOR = 60 * 60_000;

/** A task by hand; `taskDefinition` without a revision means the latest ACTIVE one. */
export function runTask(
  scope: Scope,
  input: { cluster?: string; taskDefinition: string; startedBy?: string; group?: string },
): Task {
  const found = runnableTaskDefinition(scope, input.taskDefinition);
  const group = input.group ?? `family:${found.family}`;
  return startTask(scope, clusterOf(scope, input.cluster).name, found.arn, group, input.startedBy);
}

/** Whoever starts it, a service or a person. */
export function startTask(
  scope: Scope,
  cluster: string,
  taskDefinition: string,
  group: string,
  startedBy?: string,
): Task {
  const id = scope.world.random.text(32);
  const task: Task = {
    id,
    arn: arn(scope, "ecs", `task/${cluster}/${id}`),
    cluster,
    taskDefinition,
    lastStatus: "RUNNING",
    desiredStatus: "RUNNING",
    group,
    startedBy,
    createdAt: scope.world.clock.now(),
  };
  clusterOf(scope, cluster).tasks.set(id, task);
  return task;
}

export function stopTask(scope: Scope, task: Task): void {
  if (task.desiredStatus === "STOPPED") return;
  task.desiredStatus = "STOPPED";
  task.lastStatus = "STOPPING";
  const { clusters } = scope.world.services.ecsServices.at(scope);
  const { clock } = scope.world;
  clock.after(STOPS_FOR, () => {
    task.lastStatus = "STOPPED";
    task.stoppedAt = clock.now();
    released(scope, task.taskDefinition, "task");
    clock.after(STOPPED_FOR, () => void clusters.get(task.cluster)?.tasks.delete(task.id));
  });
}

/** ARN of what holds a revision back from deletion: a task that has not stopped, a deployment or a task set. */
export function blockerOf(scope: Scope, taskDefinition: string): string | undefined {
  for (const cluster of scope.world.services.ecsServices.at(scope).clusters.values()) {
    for (const service of cluster.services.values()) {
      if ([...service.deployments, ...service.taskSets].some((each) => each.taskDefinition === taskDefinition)) {
        return service.arn;
      }
    }
    for (const task of cluster.tasks.values()) {
      if (task.taskDefinition === taskDefinition && task.lastStatus !== "STOPPED") return task.arn;
    }
  }
  return undefined;
}
