import type {
  DeploymentGroupInfo,
  DeploymentInfo,
  ECSService,
  LastDeploymentInfo,
  RevisionLocation,
} from "@aws-sdk/client-codedeploy";
import { AwsError, type Scope } from "../operation";

export interface Application {
  name: string;
  platform: "ECS" | "Lambda" | "Server";
  createdAt: Date;
  /** By name, as BatchGetDeploymentGroups answers them. */
  groups: Map<string, DeploymentGroupInfo>;
}

export const newCodeDeployState = () => ({
  /** By name. */
  applications: new Map<string, Application>(),
  /** By id, as BatchGetDeployments answers them but for the content of their AppSpecs. */
  deployments: new Map<string, DeploymentInfo>(),
});

export const deployState = (scope: Scope) => scope.world.services.codedeploy.at(scope);
const now = (scope: Scope) => new Date(scope.world.clock.now());

export function createApplication(scope: Scope, name: string, platform: Application["platform"] = "ECS"): void {
  deployState(scope).applications.set(name, { name, platform, createdAt: now(scope), groups: new Map() });
}

export function createDeploymentGroup(
  scope: Scope,
  application: string,
  name: string,
  ecsServices: ECSService[] = [],
): void {
  const { groups, platform } = applicationOf(scope, application);
  groups.set(name, {
    applicationName: application,
    deploymentGroupName: name,
    deploymentGroupId: scope.world.random.text(32),
    computePlatform: platform,
    ecsServices,
  });
}

/** Its deployment groups go with it. */
export function deleteApplication(scope: Scope, name: string): void {
  deployState(scope).applications.delete(name);
}

type Ended = "Succeeded" | "Failed" | "Stopped";

/** Begins a deployment of an AppSpec: its text, or where in S3 it lies. Returns its id. */
export function createDeployment(
  scope: Scope,
  application: string,
  group: string,
  appSpec: string | NonNullable<RevisionLocation["s3Location"]>,
  ended?: Ended,
): string {
  const info = groupOf(scope, application, group);
  const deploymentId = `d-${scope.world.random.text(9, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")}`;
  const revision: RevisionLocation =
    typeof appSpec === "string"
      ? { revisionType: "AppSpecContent", appSpecContent: { content: appSpec } }
      : { revisionType: "S3", s3Location: appSpec };
  deployState(scope).deployments.set(deploymentId, {
    applicationName: application,
    deploymentGroupName: group,
    deploymentId,
    previousRevision: info.targetRevision,
    revision,
    status: "InProgress",
    createTime: now(scope),
    computePlatform: info.computePlatform,
  });
  const { lastAttemptedDeployment: before, lastSuccessfulDeployment: successful } = info;
  if (before?.deploymentId !== successful?.deploymentId) forget(scope, before);
  info.lastAttemptedDeployment = { deploymentId, status: "InProgress", createTime: now(scope) };
  if (ended) endDeployment(scope, deploymentId, ended);
  return deploymentId;
}

export function endDeployment(scope: Scope, deploymentId: string, status: Ended): void {
  const { deployments } = deployState(scope);
  const found = deployments.get(deploymentId);
  if (!found) throw new AwsError("DeploymentDoesNotExistException", `Deployment ${deploymentId} does not exist.`);
  deployments.set(deploymentId, { ...found, status, completeTime: now(scope) });
  const group = groupOf(scope, found.applicationName ?? "", found.deploymentGroupName ?? "");
  const last = { deploymentId, status, createTime: found.createTime, endTime: now(scope) };
  if (group.lastAttemptedDeployment?.deploymentId === deploymentId) group.lastAttemptedDeployment = last;
  if (status === "Succeeded") {
    forget(scope, group.lastSuccessfulDeployment);
    group.lastSuccessfulDeployment = last;
    group.targetRevision = found.revision;
  }
}

/** A group names it no more; whoever read its id from the group may still ask for it. */
function forget(scope: Scope, last: LastDeploymentInfo | undefined): void {
  const id = last?.deploymentId;
  if (id) scope.world.clock.after(DAY, () => void deployState(scope).deployments.delete(id));
}

const DAY = 24 * 3_600_000;

export function applicationOf(scope: Scope, name: string): Application {
  const found = deployState(scope).applications.get(name);
  if (!found) throw new AwsError("ApplicationDoesNotExistException", `No application found for name: ${name}`);
  return found;
}

function groupOf(scope: Scope, application: string, name: string): DeploymentGroupInfo {
  const found = applicationOf(scope, application).groups.get(name);
  if (!found) throw new AwsError("DeploymentGroupDoesNotExistException", `No Deployment Group found for name: ${name}`);
  return found;
}
