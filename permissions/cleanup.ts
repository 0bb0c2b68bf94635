import { REFERENCE_SOURCES } from "../retention/reference-sources";
import { arn, roleArn, type Scope, type Statement } from "./statement";

/** ECS lets these be confined to a resource; all other reads of ours take `*` only. */
const RESOURCE_OF_READ: Record<string, string> = {
  "ecs:DescribeServices": "service/*",
  "ecs:DescribeTasks": "task/*",
};

const inRegion = (scope: Scope) => ({ StringEquals: { "aws:RequestedRegion": scope.region } });

/** What the function reads of the account, and the roles it may take on. It can remove nothing by itself. */
export function accountStatements(scope: Scope, rolePath: string): Statement[] {
  const reads = [
    ...new Set([
      "ecs:ListTaskDefinitions",
      "ecs:DescribeTaskDefinition",
      ...REFERENCE_SOURCES.flatMap((s) => s.actions),
    ]),
  ];
  const scoped = reads.filter((action) => RESOURCE_OF_READ[action]);
  return [
    {
      sid: "ReadAccount",
      actions: reads.filter((action) => !RESOURCE_OF_READ[action]),
      resources: ["*"],
      conditions: inRegion(scope),
    },
    ...scoped.map((action) => ({
      sid: action.replace("ecs:Describe", "Read"),
      actions: [action],
      resources: [arn("ecs", scope, RESOURCE_OF_READ[action] as string)],
    })),
    { sid: "TakeCleanupRoles", actions: ["sts:AssumeRole"], resources: [roleArn(scope, rolePath, "*")] },
  ];
}

/** What the function needs of its own store, log group and on-failure queue. It never writes below `policies/`. */
export function ownStatements(scope: Scope, own: { bucket: string; logGroup: string; queueArn: string }): Statement[] {
  const bucket = `arn:${scope.partition}:s3:::${own.bucket}`;
  return [
    { sid: "ListStore", actions: ["s3:ListBucket"], resources: [bucket] },
    { sid: "ReadStore", actions: ["s3:GetObject"], resources: [`${bucket}/policies/*`, `${bucket}/state/*`] },
    { sid: "WriteStore", actions: ["s3:PutObject"], resources: [`${bucket}/reports/*`, `${bucket}/state/*`] },
    {
      sid: "WriteLogs",
      actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
      resources: [arn("logs", scope, `log-group:${own.logGroup}:log-stream:*`)],
    },
    { sid: "ReportFailures", actions: ["sqs:SendMessage"], resources: [own.queueArn] },
  ];
}

/** What one service's cleanup role may remove: revisions of this family, in this Region. */
export function cleanupStatements(scope: Scope, family: string): Statement[] {
  return [
    {
      // AWS grants this action on `*` only; code confines it to the family: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
      sid: "DeregisterRevisions",
      actions: ["ecs:DeregisterTaskDefinition"],
      resources: ["*"],
      conditions: inRegion(scope),
    },
    {
      sid: "DeleteRevisions",
      actions: ["ecs:DeleteTaskDefinitions"],
      resources: [arn("ecs", scope, `task-definition/${family}:*`)],
    },
  ];
}

/** What the schedule's role may do. */
export function schedulerStatements(functionArn: string): Statement[] {
  return [{ sid: "InvokeCleanup", actions: ["lambda:InvokeFunction"], resources: [functionArn] }];
}

/** Nobody reaches the store without TLS. */
export function storeStatements(partition: string, bucketName: string): Statement[] {
  const bucket = `arn:${partition}:s3:::${bucketName}`;
  return [
    {
      sid: "DenyPlainHttp",
      effect: "Deny",
      principal: "*",
      actions: ["s3:*"],
      resources: [bucket, `${bucket}/*`],
      conditions: { Bool: { "aws:SecureTransport": "false" } },
    },
  ];
}
