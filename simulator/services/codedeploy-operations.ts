import { createHash } from "node:crypto";
import type { RevisionLocation } from "@aws-sdk/client-codedeploy";
import { AwsError, arn, type Operations, type Scope, sortedPage } from "../operation";
import { applicationOf, deployState } from "./codedeploy";

const applicationArn = (scope: Scope, name: string) => arn(scope, "codedeploy", `application:${name}`);
const groupArn = (scope: Scope, application = "", name = "") =>
  arn(scope, "codedeploy", `deploymentgroup:${application}/${name}`);

function atMost(limit: number, given: string[] = []): string[] {
  if (given.length > limit) throw new AwsError("BatchLimitExceededException", `At most ${limit} can be asked for.`);
  return given;
}

/** Deployments and groups tell the hash alone: https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_GetDeployment.html */
function hashed(revision: RevisionLocation | undefined): RevisionLocation | undefined {
  const content = revision?.appSpecContent?.content;
  if (content === undefined) return revision;
  return { ...revision, appSpecContent: { sha256: createHash("sha256").update(content).digest("hex") } };
}

export const codedeployOperations: Operations = {
  ListApplications: {
    action: "codedeploy:ListApplications",
    resources: () => ["*"],
    run: ({ nextToken }, scope) => {
      const names = [...deployState(scope).applications.keys()];
      const { items, next } = sortedPage(scope, names, (each) => each, nextToken, 100);
      return { applications: items, nextToken: next };
    },
  },
  BatchGetApplications: {
    action: "codedeploy:BatchGetApplications",
    resources: ({ applicationNames }, scope) => applicationNames.map((each: string) => applicationArn(scope, each)),
    run: ({ applicationNames }, scope) => ({
      applicationsInfo: atMost(100, applicationNames).map((each) => {
        const { name, platform, createdAt } = applicationOf(scope, each);
        return { applicationName: name, computePlatform: platform, createTime: createdAt };
      }),
    }),
  },
  ListDeploymentGroups: {
    action: "codedeploy:ListDeploymentGroups",
    resources: ({ applicationName }, scope) => [applicationArn(scope, applicationName)],
    run: ({ applicationName, nextToken }, scope) => {
      const names = [...applicationOf(scope, applicationName).groups.keys()];
      const { items, next } = sortedPage(scope, names, (each) => each, nextToken, 100);
      return { applicationName, deploymentGroups: items, nextToken: next };
    },
  },
  BatchGetDeploymentGroups: {
    action: "codedeploy:BatchGetDeploymentGroups",
    resources: ({ applicationName, deploymentGroupNames }, scope) =>
      deploymentGroupNames.map((each: string) => groupArn(scope, applicationName, each)),
    run: ({ applicationName, deploymentGroupNames }, scope) => {
      const { groups } = applicationOf(scope, applicationName);
      const asked = atMost(100, deploymentGroupNames);
      const missing = asked.filter((each) => !groups.has(each));
      return {
        deploymentGroupsInfo: asked
          .flatMap((each) => groups.get(each) ?? [])
          .map((each) => ({ ...each, targetRevision: hashed(each.targetRevision) })),
        ...(missing.length > 0 && { errorMessage: `No Deployment Group found for name: ${missing}` }),
      };
    },
  },
  BatchGetDeployments: {
    action: "codedeploy:BatchGetDeployments",
    resources: ({ deploymentIds }, scope) =>
      deploymentIds.flatMap((id: string) => {
        const found = deployState(scope).deployments.get(id);
        return found ? groupArn(scope, found.applicationName, found.deploymentGroupName) : [];
      }),
    run: ({ deploymentIds }, scope) => ({
      deploymentsInfo: atMost(25, deploymentIds)
        .flatMap((id) => deployState(scope).deployments.get(id) ?? [])
        .map((each) => ({ ...each, revision: hashed(each.revision), previousRevision: hashed(each.previousRevision) })),
    }),
  },
  GetApplicationRevision: {
    action: "codedeploy:GetApplicationRevision",
    resources: ({ applicationName }, scope) => [applicationArn(scope, applicationName)],
    run: ({ applicationName, revision: asked }, scope) => {
      applicationOf(scope, applicationName);
      const sha256 = asked.appSpecContent?.sha256;
      const found = [...deployState(scope).deployments.values()].find(
        ({ applicationName: name, revision }) =>
          name === applicationName && sha256 && hashed(revision)?.appSpecContent?.sha256 === sha256,
      );
      if (!found) throw new AwsError("RevisionDoesNotExistException", "The revision does not exist.");
      return { applicationName, revision: found.revision };
    },
  },
};
