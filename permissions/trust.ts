import { arn, type Scope, type Statement } from "./statement";

/** Lambda runs the cleanup function under this role. */
export function lambdaTrust(): Statement[] {
  return [{ sid: "RunFunction", principal: { Service: "lambda.amazonaws.com" }, actions: ["sts:AssumeRole"] }];
}

/** Scheduler takes the role on for schedules of this group: it names the group, never the schedule. */
export function schedulerTrust(account: string, scheduleGroupArn: string): Statement[] {
  return [
    {
      sid: "RunSchedule",
      principal: { Service: "scheduler.amazonaws.com" },
      actions: ["sts:AssumeRole"],
      conditions: { StringEquals: { "aws:SourceAccount": account, "aws:SourceArn": scheduleGroupArn } },
    },
  ];
}

/**
 * Only the cleanup function takes the role on, and only with the policy that was deployed with it. The account is the
 * principal, since a role named as one would be lost when that role is made anew.
 */
export function cleanupTrust(
  scope: Pick<Scope, "partition" | "account">,
  functionRoleArn: string,
  policyHash: string,
): Statement[] {
  return [
    {
      sid: "RemoveByDeployedPolicy",
      principal: { AWS: `arn:${scope.partition}:iam::${scope.account}:root` },
      actions: ["sts:AssumeRole"],
      conditions: { StringEquals: { "aws:PrincipalArn": functionRoleArn, "sts:ExternalId": policyHash } },
    },
  ];
}

/** ECS takes the role on for tasks of this account and Region; a narrower source is not supported by ECS. */
export function tasksTrust(scope: Scope): Statement[] {
  return [
    {
      sid: "RunTasks",
      principal: { Service: "ecs-tasks.amazonaws.com" },
      actions: ["sts:AssumeRole"],
      conditions: {
        StringEquals: { "aws:SourceAccount": scope.account },
        ArnLike: { "aws:SourceArn": arn("ecs", scope, "*") },
      },
    },
  ];
}
