import type { ServiceDeploymentStatus } from "@aws-sdk/client-ecs";
import type { Millis } from "../../retention/types";
import { AwsError, arn, type Scope } from "../operation";

export type Controller = "ECS" | "CODE_DEPLOY" | "EXTERNAL";

export type Strategy = "ROLLING" | "BLUE_GREEN";

/** What a deployment of a service with controller ECS deploys; never changed. */
export interface ServiceRevision {
  arn: string;
  /** ARN of the revision. */
  taskDefinition: string;
  createdAt: Millis;
}

/** Of a service with controller ECS; it may roll out twice, where it is rolled back. */
export interface ServiceDeployment {
  arn: string;
  status: ServiceDeploymentStatus;
  /** ARNs of the service revisions that ran when it began. */
  source: string[];
  /** ARN of a service revision. */
  target: string;
  createdAt: Millis;
  /** Absent: it is open. */
  finishedAt?: Millis;
  rollback?: { revision: string; reason: string; startedAt: Millis };
}

/** Of a service with controller ECS. */
export interface Deployment {
  id: string;
  status: "PRIMARY" | "ACTIVE";
  /** ARN of the revision. */
  taskDefinition: string;
  /** ARN of the service revision. */
  revision: string;
  rolloutState: "IN_PROGRESS" | "COMPLETED" | "FAILED";
  createdAt: Millis;
  updatedAt: Millis;
}

/** Of a service with controller CODE_DEPLOY or EXTERNAL. */
export interface TaskSet {
  id: string;
  arn: string;
  status: "PRIMARY" | "ACTIVE" | "DRAINING";
  taskDefinition: string;
  createdAt: Millis;
}

export interface Service {
  name: string;
  arn: string;
  /** Name. */
  cluster: string;
  status: "ACTIVE" | "DRAINING" | "INACTIVE";
  controller: Controller;
  strategy: Strategy;
  circuitBreaker: boolean;
  desiredCount: number;
  /** ARN of the revision that was last asked for. */
  taskDefinition: string;
  deployments: Deployment[];
  taskSets: TaskSet[];
  /** Newest first. */
  serviceDeployments: ServiceDeployment[];
  revisions: ServiceRevision[];
  /** The last two that a deployment completed on, newest last. */
  completed: ServiceRevision[];
  createdAt: Millis;
}

export interface Task {
  id: string;
  arn: string;
  cluster: string;
  taskDefinition: string;
  lastStatus: "RUNNING" | "STOPPING" | "STOPPED";
  desiredStatus: "RUNNING" | "STOPPED";
  /** `service:<name>` or `family:<family>`. */
  group: string;
  /** `ecs-svc/<deployment>` or who ran it. */
  startedBy?: string;
  createdAt: Millis;
  stoppedAt?: Millis;
}

export interface Cluster {
  name: string;
  arn: string;
  services: Map<string, Service>;
  /** By id. */
  tasks: Map<string, Task>;
  tags: Record<string, string>;
}

export const newEcsServiceState = () => ({ clusters: new Map<string, Cluster>() });

export function createCluster(scope: Scope, name = "default", tags: Record<string, string> = {}): Cluster {
  const { clusters } = scope.world.services.ecsServices.at(scope);
  const cluster = clusters.get(name) ?? {
    name,
    arn: arn(scope, "ecs", `cluster/${name}`),
    services: new Map(),
    tasks: new Map(),
    tags,
  };
  clusters.set(name, cluster);
  return cluster;
}

/** By name or ARN; none means `default`. */
export function clusterOf(scope: Scope, reference = "default"): Cluster {
  const name = reference.split("/").at(-1) ?? reference;
  const cluster = scope.world.services.ecsServices.at(scope).clusters.get(name);
  if (!cluster) throw new AwsError("ClusterNotFoundException", "Cluster not found.");
  return cluster;
}

export function deleteCluster(scope: Scope, reference: string): void {
  const cluster = clusterOf(scope, reference);
  if ([...cluster.services.values()].some((service) => service.status === "ACTIVE")) {
    throw new AwsError("ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active.");
  }
  if ([...cluster.tasks.values()].some((task) => task.lastStatus === "RUNNING")) {
    throw new AwsError("ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active.");
  }
  scope.world.services.ecsServices.at(scope).clusters.delete(cluster.name);
}
