import { AwsError, arn, type CallScope, type Operations, type Scope, sortedPage } from "../operation";
import { clusterOf, type Service, type Task } from "./ecs-clusters";
import { tasksOf } from "./ecs-scaling";

function describedService(scope: Scope, service: Service) {
  const counts = (id: string, active: boolean) => ({
    desiredCount: active ? service.desiredCount : 0,
    runningCount: tasksOf(scope, service, id).length,
    pendingCount: 0,
  });
  const deployments = service.deployments.map(({ revision: _revision, ...each }) => ({
    ...each,
    ...counts(each.id, each.status === "PRIMARY"),
    createdAt: new Date(each.createdAt),
    updatedAt: new Date(each.updatedAt),
  }));
  const taskSets = service.taskSets.map(({ arn: taskSetArn, createdAt, ...each }) => ({
    ...each,
    taskSetArn,
    startedBy: service.controller,
    createdAt: new Date(createdAt),
  }));
  return {
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: clusterOf(scope, service.cluster).arn,
    status: service.status,
    desiredCount: service.desiredCount,
    runningCount: deployments.reduce((sum, each) => sum + each.runningCount, 0),
    pendingCount: 0,
    taskDefinition: service.taskDefinition,
    deploymentController: { type: service.controller },
    deployments,
    currentServiceDeployment: service.serviceDeployments[0]?.arn,
    currentServiceRevisions: service.deployments.map(({ id, revision, status }) => {
      const { desiredCount, runningCount } = counts(id, status === "PRIMARY");
      return { arn: revision, requestedTaskCount: desiredCount, runningTaskCount: runningCount, pendingTaskCount: 0 };
    }),
    ...(taskSets.length > 0 ? { taskSets } : {}),
    createdAt: new Date(service.createdAt),
  };
}

function describedTask(scope: Scope, task: Task) {
  return {
    taskArn: task.arn,
    clusterArn: clusterOf(scope, task.cluster).arn,
    taskDefinitionArn: task.taskDefinition,
    lastStatus: task.lastStatus,
    desiredStatus: task.desiredStatus,
    group: task.group,
    startedBy: task.startedBy,
    createdAt: new Date(task.createdAt),
    stoppedAt: task.stoppedAt === undefined ? undefined : new Date(task.stoppedAt),
  };
}

const clusterArn = (scope: Scope, reference = "default") =>
  reference.startsWith("arn:") ? reference : arn(scope, "ecs", `cluster/${reference}`);
export const inCluster = (input: { cluster?: string }, scope: CallScope) => ({
  "ecs:cluster": clusterArn(scope, input.cluster),
});
const lastPart = (reference: string) => reference.split("/").at(-1) ?? "";
const clusterName = ({ cluster = "default" }: { cluster?: string }) => lastPart(cluster);

type Paged = { nextToken?: string; maxResults?: number };

/** ARNs below a cluster, from names, ids or ARNs. */
export const below = (kind: "service" | "task", input: { cluster?: string }, scope: Scope, references: string[] = []) =>
  references.map((each) =>
    each.startsWith("arn:") ? each : arn(scope, "ecs", `${kind}/${clusterName(input)}/${each}`),
  );

export function pageSize({ maxResults }: Paged, standard = 100): number {
  const size = maxResults ?? standard;
  if (size < 1 || size > 100) {
    throw new AwsError("InvalidParameterException", "maxResults must be between 1 and 100.");
  }
  return size;
}

function listed(scope: CallScope, input: Paged, name: string, items: { arn: string }[], standard = 100) {
  const arns = items.map((each) => each.arn);
  const { items: shown, next } = sortedPage(scope, arns, (each) => each, input.nextToken, pageSize(input, standard));
  return { [name]: shown, nextToken: next };
}

/** Those that exist, and a failure for each that does not. */
export function describedAll(arns: string[], describe: (arn: string) => object | undefined) {
  const found = arns.map(describe);
  return {
    described: found.filter((each) => each !== undefined),
    failures: arns.filter((_, index) => !found[index]).map((each) => ({ arn: each, reason: "MISSING" })),
  };
}

export function atMost(limit: number, given: string[] = []): string[] {
  if (given.length < 1 || given.length > limit) {
    throw new AwsError(
      "InvalidParameterException",
      `Between 1 and ${limit} items have to be given, not ${given.length}.`,
    );
  }
  return given;
}

export const ecsServiceOperations: Operations = {
  ListClusters: {
    action: "ecs:ListClusters",
    bucket: "cluster read",
    resources: () => ["*"],
    run: (input, scope) =>
      listed(scope, input, "clusterArns", [...scope.world.services.ecsServices.at(scope).clusters.values()]),
  },
  ListServices: {
    action: "ecs:ListServices",
    bucket: "service read",
    resources: () => ["*"],
    context: inCluster,
    run: (input, scope) => {
      const services = [...clusterOf(scope, input.cluster).services.values()].filter(
        (each) => each.status !== "INACTIVE",
      );
      return listed(scope, input, "serviceArns", services, 10);
    },
  },
  DescribeServices: {
    action: "ecs:DescribeServices",
    bucket: "service read",
    resources: (input, scope) => below("service", input, scope, input.services),
    context: inCluster,
    run: (input, scope) => {
      const { services } = clusterOf(scope, input.cluster);
      const { described, failures } = describedAll(
        below("service", input, scope, atMost(10, input.services)),
        (each) => {
          const service = services.get(lastPart(each));
          return service && describedService(scope, service);
        },
      );
      return { services: described, failures };
    },
  },
  ListTasks: {
    action: "ecs:ListTasks",
    bucket: "cluster resource read",
    // Where no instance is named, whoever may list tasks has to be allowed any instance of the cluster.
    resources: (input, scope) => [arn(scope, "ecs", `container-instance/${clusterName(input)}/any`)],
    context: inCluster,
    run: (input, scope) => {
      const { desiredStatus = "RUNNING", family, serviceName, startedBy } = input;
      const tasks = [...clusterOf(scope, input.cluster).tasks.values()].filter(
        (each) =>
          each.desiredStatus === desiredStatus &&
          (family === undefined || each.taskDefinition.includes(`task-definition/${family}:`)) &&
          (serviceName === undefined || each.group === `service:${serviceName}`) &&
          (startedBy === undefined || each.startedBy === startedBy),
      );
      return listed(scope, input, "taskArns", tasks);
    },
  },
  DescribeTasks: {
    action: "ecs:DescribeTasks",
    bucket: "cluster resource read",
    resources: (input, scope) => below("task", input, scope, input.tasks),
    context: inCluster,
    run: (input, scope) => {
      const { tasks } = clusterOf(scope, input.cluster);
      const { described, failures } = describedAll(below("task", input, scope, atMost(100, input.tasks)), (each) => {
        const task = tasks.get(lastPart(each));
        return task && describedTask(scope, task);
      });
      return { tasks: described, failures };
    },
  },
};
