import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { schedulerStatements } from "../permissions/cleanup";
import { policyDocument } from "../permissions/statement";
import { schedulerTrust } from "../permissions/trust";
import type { CleanupFunctionArgs } from "./cleanup-function";

/** Invokes the function on its schedules, under a role that can do nothing else. */
export function addSchedules(
  name: string,
  args: CleanupFunctionArgs,
  target: { lambda: aws.lambda.Function; account: pulumi.Input<string> },
  options: { parent: pulumi.Resource; dependsOn: pulumi.Resource[] },
): void {
  const { region, tags, path, permissionsBoundaryArn: permissionsBoundary } = args;
  const group = new aws.scheduler.ScheduleGroup(`${name}-schedules`, { region, tags }, options);
  const role = new aws.iam.Role(
    `${name}-scheduler`,
    {
      description: "Invokes the ECS retention cleanup on its schedules",
      path,
      assumeRolePolicy: pulumi
        .all([target.account, group.arn])
        .apply(([account, groupArn]) => policyDocument(schedulerTrust(account, groupArn))),
      permissionsBoundary,
      tags,
    },
    options,
  );
  const policy = new aws.iam.RolePolicy(
    `${name}-invoke`,
    { role: role.name, policy: target.lambda.arn.apply((arn) => policyDocument(schedulerStatements(arn))) },
    options,
  );
  const add = (suffix: string, description: string, scheduleExpression: pulumi.Input<string>, event: object) =>
    new aws.scheduler.Schedule(
      `${name}-${suffix}`,
      {
        description,
        groupName: group.name,
        scheduleExpression,
        flexibleTimeWindow: { mode: "OFF" },
        target: { arn: target.lambda.arn, roleArn: role.arn, input: JSON.stringify(event) },
        region,
      },
      { ...options, dependsOn: [...options.dependsOn, policy] },
    );
  add("schedule", "Runs the ECS retention cleanup", args.scheduleExpression ?? "rate(1 day)", {});
  // It ends at once where the last run left nothing over.
  add("continuation", "Goes on with the ECS retention cleanup", "rate(15 minutes)", { continue: true });
}
