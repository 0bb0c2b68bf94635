import { AwsError, arn, type Scope } from "../operation";
import type { Deployment, Service, ServiceDeployment, ServiceRevision, TaskSet } from "./ecs-clusters";
import { findTaskDefinition, released } from "./ecs-definitions";
import { scale, stopTasksOf } from "./ecs-scaling";

/** How long a rollout takes, and how long a replaced deployment still runs its tasks. */
export const DRAINS_FOR = 5 * 60_000;

/** How long AWS shows a service deployment: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html */
const SHOWN_FOR = 90 * 24 * 3_600_000;

/** How a deployment of a service with controller ECS goes. */
export interface Rollout {
  /** Milliseconds for which BLUE_GREEN still keeps the source revision once traffic has moved. @default 0 */
  bake?: number;
  /** Its tasks never become healthy: a circuit breaker rolls it back, without one it stays open. @default false */
  fails?: boolean;
}

/** Starts a service deployment of a new service revision, which stops the one that is open. */
export function beginDeployment(scope: Scope, service: Service, taskDefinition: string, rollout: Rollout): void {
  const id = scope.world.random.text(19, "0123456789");
  const revision: ServiceRevision = {
    arn: arn(scope, "ecs", `service-revision/${service.cluster}/${service.name}/${id}`),
    taskDefinition,
    createdAt: scope.world.clock.now(),
  };
  service.revisions.push(revision);
  record(scope, service, revision);
  roll(scope, service, revision, rollout);
}

/**
 * Back to the service revision that a deployment last completed on, as a circuit breaker and StopServiceDeployment go:
 * inside the open service deployment, or as one of its own where none is open. It ends at once as ROLLBACK_FAILED where
 * the task definition is gone.
 */
export function rollBackDeployment(scope: Scope, service: Service, reason: string): void {
  if (openDeployment(service)?.rollback) {
    throw new AwsError("ConflictException", "The service deployment is being rolled back already.");
  }
  const previous = service.completed.findLast((each) => each.arn !== service.deployments[0]?.revision);
  if (!previous) throw new AwsError("ClientException", "No completed deployment to roll back to.");
  const open = openDeployment(service) ?? record(scope, service, previous);
  open.rollback = { revision: previous.arn, reason, startedAt: scope.world.clock.now() };
  // A rollback does not ask whether the revision is still ACTIVE.
  if (findTaskDefinition(scope, previous.taskDefinition)) {
    open.status = "ROLLBACK_IN_PROGRESS";
    roll(scope, service, previous, {});
  } else {
    end(scope, service, "ROLLBACK_FAILED");
  }
}

/** Ends the wait of the open deployment, as ContinueServiceDeployment and the end of the bake time do. */
export function completeDeployment(scope: Scope, service: Service): void {
  const [deployment] = service.deployments;
  const revision = service.revisions.find((each) => each.arn === deployment?.revision);
  if (!openDeployment(service) || !deployment || !revision) {
    throw new AwsError("InvalidParameterException", `Service ${service.name} has no open deployment.`);
  }
  deployment.rolloutState = "COMPLETED";
  deployment.updatedAt = scope.world.clock.now();
  // The last two: the present one, and what a rollback of it returns to.
  service.completed = [...service.completed.filter((each) => each !== revision), revision].slice(-2);
  end(scope, service, openDeployment(service)?.rollback ? "ROLLBACK_SUCCESSFUL" : "SUCCESSFUL");
  drain(scope, service, (each) => each === deployment);
}

/** Ends every deployment or task set that is not kept, with its tasks. */
export function drain(scope: Scope, service: Service, keeps: (each: Deployment | TaskSet) => boolean): void {
  const gone = [...service.deployments, ...service.taskSets].filter((each) => !keeps(each));
  service.deployments = service.deployments.filter(keeps);
  service.taskSets = service.taskSets.filter(keeps);
  for (const each of gone) {
    stopTasksOf(scope, service, each.id, 0);
    released(scope, each.taskDefinition, "deployment");
  }
}

/** Those that AWS still shows, newest first. */
export function shownDeployments(scope: Scope, service: Service): ServiceDeployment[] {
  const since = scope.world.clock.now() - SHOWN_FOR;
  return service.serviceDeployments.filter((each) => each.finishedAt === undefined || each.createdAt > since);
}

const openDeployment = ({ serviceDeployments: [newest] }: Service) =>
  newest?.finishedAt === undefined ? newest : undefined;

function end(scope: Scope, service: Service, status: ServiceDeployment["status"]): void {
  const open = openDeployment(service);
  if (open) Object.assign(open, { status, finishedAt: scope.world.clock.now() });
}

/** Opens a service deployment, and forgets what AWS shows no more. */
function record(scope: Scope, service: Service, target: ServiceRevision): ServiceDeployment {
  end(scope, service, "STOPPED");
  const id = scope.world.random.text(21);
  const opened: ServiceDeployment = {
    arn: arn(scope, "ecs", `service-deployment/${service.cluster}/${service.name}/${id}`),
    status: "IN_PROGRESS",
    source: [...new Set(service.deployments.map((each) => each.revision))],
    target: target.arn,
    createdAt: scope.world.clock.now(),
  };
  const shown = [opened, ...shownDeployments(scope, service)];
  const needed = new Set([...shown.flatMap((each) => [...each.source, each.target]), ...arns(service.completed)]);
  service.serviceDeployments = shown;
  service.revisions = service.revisions.filter((each) => needed.has(each.arn));
  return opened;
}

const arns = (items: { arn: string }[]) => items.map((each) => each.arn);

/** A deployment of its own; those before drain once it has completed. */
function roll(scope: Scope, service: Service, revision: ServiceRevision, { bake = 0, fails }: Rollout): void {
  const { clock, random } = scope.world;
  const now = clock.now();
  const deployment: Deployment = {
    id: `ecs-svc/${random.text(19, "0123456789")}`,
    status: "PRIMARY",
    taskDefinition: revision.taskDefinition,
    revision: revision.arn,
    rolloutState: "IN_PROGRESS",
    createdAt: now,
    updatedAt: now,
  };
  service.taskDefinition = revision.taskDefinition;
  for (const each of service.deployments) {
    each.status = "ACTIVE";
  }
  service.deployments = [deployment, ...service.deployments];
  const lasts = DRAINS_FOR + (service.strategy === "BLUE_GREEN" ? bake : 0);
  clock.after(lasts, () => {
    if (service.deployments[0] !== deployment || deployment.rolloutState !== "IN_PROGRESS") return;
    if (!fails) completeDeployment(scope, service);
    else if (service.circuitBreaker) trip(scope, service, deployment);
  });
  scale(scope, service);
}

/** Where no deployment ever completed, the failed one stays open. */
function trip(scope: Scope, service: Service, deployment: Deployment): void {
  deployment.rolloutState = "FAILED";
  if (service.completed.length > 0)
    rollBackDeployment(scope, service, "Service deployment rolled back (circuit breaker)");
}
