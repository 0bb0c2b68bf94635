import { type AcceptedFinding, type Finding, withReasons } from "../retention/findings";
import { type Statement, wildcards } from "./statement";

/** Something that a statement of a role's own can grant too widely. */
interface StatementLint extends Omit<Finding, "where" | "what" | "accepted"> {
  question: string;
  check(statement: Statement): { field: string; what: string }[];
}

/** Actions of tasks that AWS grants on `*` only; a test holds them against AWS's reference. */
export const UNSCOPED_ACTIONS: readonly string[] = [
  "ecr:GetAuthorizationToken",
  "sts:GetCallerIdentity",
  "xray:PutTraceSegments",
  "xray:PutTelemetryRecords",
  "xray:GetSamplingRules",
  "xray:GetSamplingTargets",
  "xray:GetSamplingStatisticSummaries",
  "ssmmessages:CreateControlChannel",
  "ssmmessages:CreateDataChannel",
  "ssmmessages:OpenControlChannel",
  "ssmmessages:OpenDataChannel",
  "ec2:DescribeInstances",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeTags",
  "ec2:DescribeVolumes",
  "logs:DescribeLogGroups",
  "ecs:ListClusters",
  "ecs:ListTaskDefinitions",
  "ecs:DescribeTaskDefinition",
  "s3:ListAllMyBuckets",
  "sqs:ListQueues",
  "sns:ListTopics",
  "dynamodb:ListTables",
  "kinesis:ListStreams",
  "ssm:DescribeParameters",
  "secretsmanager:GetRandomPassword",
  "kms:GenerateRandom",
  "ses:GetSendQuota",
  "cloudwatch:GetMetricStatistics",
  "textract:DetectDocumentText",
  "textract:AnalyzeDocument",
  "rekognition:DetectLabels",
  "comprehend:DetectSentiment",
  "transcribe:StartTranscriptionJob",
  "bedrock:ListFoundationModels",
  "tag:GetResources",
];

const at = (field: string, texts: readonly string[], matches: (text: string) => boolean, what: string) =>
  texts.flatMap((text, index) => (matches(text) ? [{ field: `${field}[${index}]`, what }] : []));

/** All lints, in the order of their findings. Add one here. */
const STATEMENT_LINTS: readonly StatementLint[] = [
  {
    id: "action-wildcard",
    severity: "danger",
    question: "Does a statement allow every action, or every action of a service?",
    why: "containers could delete and reconfigure what they only use, and whatever AWS adds to the service later",
    fix: "list the actions that the code calls",
    link: "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",
    check: ({ actions }) =>
      at("actions", actions, (action) => /^(?:\*|[^:]*:\*+)$/.test(action), "it allows every action of a service"),
  },
  {
    id: "resource-wildcard",
    severity: "danger",
    question: "Does a statement allow actions on every resource that AWS could confine them to?",
    why: "the containers of one service reach the data of all others in the account",
    fix: "name the resources by ARN; put actions that AWS grants on * only into a statement of their own",
    link: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html",
    check: ({ actions, resources = [], conditions }) =>
      conditions || actions.every((action) => UNSCOPED_ACTIONS.includes(action))
        ? []
        : at(
            "resources",
            resources,
            (resource) => /^(?:\*+|arn:[^:]*:[^:]*:[^:]*:[^:]*:\*+(?:\/\*+)?)$/.test(resource),
            "it takes in every resource, without a condition",
          ),
  },
  {
    id: "pass-role-without-service",
    severity: "danger",
    question: "May the role pass roles on to any AWS service?",
    why: "whoever controls a container can start something with the rights of a passed role",
    fix: "add the condition StringEquals iam:PassedToService, such as ecs-tasks.amazonaws.com",
    link: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
    check: ({ actions, conditions = {} }) => {
      const keys = Object.values(conditions).flatMap((values) => Object.keys(values));
      if (keys.some((key) => key.toLowerCase() === "iam:passedtoservice")) return [];
      return at(
        "actions",
        actions,
        (action) => wildcards(action, "i").test("iam:PassRole"),
        "it passes roles to any service",
      );
    },
  },
];

/** What users may accept. */
export const LINT_IDS: readonly string[] = STATEMENT_LINTS.map(({ id }) => id);

/**
 * What is too wide in statements that somebody wrote for a role of containers. What they deny is never too wide.
 *
 * @param accepted Findings of these lints carry the reason in `accepted`; they stay in the list.
 */
export function lintStatements(statements: Statement[], accepted: readonly AcceptedFinding[] = []): Finding[] {
  const findings = STATEMENT_LINTS.flatMap(({ check, question: _, ...told }) =>
    statements.flatMap((statement, index) =>
      statement.effect === "Deny"
        ? []
        : check(statement).map(({ field, what }) => ({
            ...told,
            where: `statements[${index}]${statement.sid ? ` (${statement.sid})` : ""}.${field}`,
            what,
          })),
    ),
  );
  return withReasons(findings, accepted);
}
