import { REFERENCE_SOURCES } from "../retention/reference-sources";
import { STORE } from "../retention/store-layout";
import type { RetentionPolicy } from "../retention/types";
import { arn, roleArn, type Scope, type Statement } from "./statement";

/** Reads besides those of the reference sources. */
const READS_OF_REVISIONS = ["ecs:ListTaskDefinitions", "ecs:DescribeTaskDefinition"];

/**
 * What IAM confines a read to; all other reads of ours take `*`. ListTasks is among those: IAM knows it for container
 * instances alone, and no source tells what it asks about where a call names none, as ours (UNVERIFIED, so `*`):
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
const CONFINED_READS: { sid: string; service: string; resources: string[]; actions: string[] }[] = [
  {
    sid: "ReadServices",
    service: "ecs",
    resources: ["service/*"],
    actions: ["ecs:DescribeServices", "ecs:ListServiceDeployments"],
  },
  {
    sid: "ReadServiceDeployments",
    service: "ecs",
    resources: ["service/*", "service-deployment/*"],
    actions: ["ecs:DescribeServiceDeployments"],
  },
  {
    sid: "ReadServiceRevisions",
    service: "ecs",
    resources: ["service/*", "service-revision/*"],
    actions: ["ecs:DescribeServiceRevisions"],
  },
  { sid: "ReadTasks", service: "ecs", resources: ["task/*"], actions: ["ecs:DescribeTasks"] },
  { sid: "ReadRules", service: "events", resources: ["rule/*"], actions: ["events:ListTargetsByRule"] },
  { sid: "ReadPipes", service: "pipes", resources: ["pipe/*"], actions: ["pipes:DescribePipe"] },
  { sid: "ReadSchedules", service: "scheduler", resources: ["schedule/*"], actions: ["scheduler:GetSchedule"] },
  {
    sid: "ReadStateMachines",
    service: "states",
    resources: ["stateMachine:*"],
    actions: ["states:ListStateMachineVersions", "states:DescribeStateMachine"],
  },
  {
    sid: "ReadApplications",
    service: "codedeploy",
    resources: ["application:*"],
    actions: [
      "codedeploy:BatchGetApplications",
      "codedeploy:ListDeploymentGroups",
      "codedeploy:GetApplicationRevision",
    ],
  },
  {
    sid: "ReadDeploymentGroups",
    service: "codedeploy",
    resources: ["deploymentgroup:*"],
    actions: ["codedeploy:BatchGetDeploymentGroups", "codedeploy:BatchGetDeployments"],
  },
];

const inRegion = (scope: Scope) => ({ StringEquals: { "aws:RequestedRegion": scope.region } });

/**
 * What the function reads of the account, and the roles it may take on. It can remove nothing by itself.
 *
 * @param ignored Ids of reference sources that are not read. Default: none.
 */
export function accountStatements(scope: Scope, rolePath: string, ignored: readonly string[] = []): Statement[] {
  const sources = REFERENCE_SOURCES.filter(({ id }) => !ignored.includes(id));
  const reads = new Set([...READS_OF_REVISIONS, ...sources.flatMap(({ actions }) => actions)]);
  const confined = CONFINED_READS.map((read) => ({ ...read, actions: read.actions.filter((each) => reads.has(each)) }));
  const anywhere = [...reads].filter((each) => !confined.some(({ actions }) => actions.includes(each)));
  return [
    { sid: "ReadAccount", actions: anywhere, resources: ["*"], conditions: inRegion(scope) },
    ...confined
      .filter(({ actions }) => actions.length > 0)
      .map(({ sid, service, resources, actions }) => ({
        sid,
        actions,
        resources: resources.map((resource) => arn(service, scope, resource)),
      })),
    { sid: "TakeCleanupRoles", actions: ["sts:AssumeRole"], resources: [roleArn(scope, rolePath, "*")] },
  ];
}

/** What the function remembers: it reads what it writes, also since S3 asks for both in a conditional write. */
const REMEMBERED = [STORE.state, STORE.ledger, STORE.facts, STORE.journal, STORE.lease];

/** What the function needs of its own store, log group and on-failure queue. It deletes nothing, and stops nobody's stop. */
export function ownStatements(scope: Scope, own: { bucket: string; logGroup: string; queueArn: string }): Statement[] {
  const bucket = `arn:${scope.partition}:s3:::${own.bucket}`;
  // Once a bucket is gone, anybody may make one of its name.
  const conditions = { StringEquals: { "aws:ResourceAccount": scope.account } };
  const below = (prefixes: string[]) => prefixes.map((prefix) => `${bucket}/${prefix}*`);
  return [
    { sid: "ListStore", actions: ["s3:ListBucket"], resources: [bucket], conditions },
    { sid: "ReadStore", actions: ["s3:GetObject"], resources: below([STORE.policies, ...REMEMBERED]), conditions },
    {
      sid: "WriteStore",
      actions: ["s3:PutObject"],
      resources: below([...REMEMBERED, STORE.reports, STORE.archive]),
      conditions,
    },
    {
      sid: "WriteLogs",
      actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
      resources: [arn("logs", scope, `log-group:${own.logGroup}:log-stream:*`)],
    },
    { sid: "ReportFailures", actions: ["sqs:SendMessage"], resources: [own.queueArn] },
  ];
}

/** What one service's cleanup role may remove: revisions of this family, or of its families with a hash, in this Region. */
export function cleanupStatements(
  scope: Scope,
  { family, familyMatch }: Pick<RetentionPolicy, "family" | "familyMatch">,
): Statement[] {
  // IAM has no wildcard for a hexadecimal digit; code holds the pattern.
  const families = familyMatch === "hash-suffix" ? `${family}-????????` : family;
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
      resources: [arn("ecs", scope, `task-definition/${families}:*`)],
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
