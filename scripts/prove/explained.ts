import { REFERENCE_SOURCES } from "../../retention/reference-sources";
import type { Explanation } from "./proof";

const ofSources = REFERENCE_SOURCES.flatMap(({ actions }) => actions);

/**
 * What checks find and is right as it is, each with its reason: conditions that keep nobody out by themselves, and what a
 * role reaches on purpose. One that explains nothing any more fails the proof. What AWS cannot scope does not stand here:
 * its own reference tells.
 */
export const EXPLAINED: readonly Explanation[] = [
  {
    title: "What the function's role reads of the account",
    check: "tight",
    of: /^function's role$/,
    actions: ofSources,
    what: /^(?!(account|region)$|another )/,
    because: "any cluster, rule, pipe, schedule, state machine or application of the account can refer to any family",
  },
  {
    title: "Which cleanup roles the function's role takes on",
    check: "tight",
    of: /^function's role$/,
    actions: ["sts:AssumeRole"],
    what: /^role$/,
    because: "it works for every service that registers; each cleanup role's trust asks for the hash of its own policy",
  },
  {
    title: "Objects below a prefix of the store",
    check: "tight",
    of: /^function's role$/,
    actions: ["s3:GetObject", "s3:PutObject"],
    what: /^object( path [2-9])?$/,
    because: "below what it may read or write in its store, objects are named by stacks, services, dates and runs",
  },
  {
    title: "Log streams of the function",
    check: "tight",
    of: /^function's role$/,
    actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
    what: /^log stream/,
    because: "Lambda names the streams of the function's own log group",
  },
  {
    title: "Revisions that a cleanup role deletes",
    check: "tight",
    of: /^cleanup role of /,
    actions: ["ecs:DeleteTaskDefinitions"],
    what: /^task definition revision$/,
    because: "it deletes whichever revisions of its own family are due",
  },
  {
    title: 'Other families of as many characters, with `familyMatch: "hash-suffix"`',
    check: "tight",
    of: /^cleanup role of /,
    actions: ["ecs:DeleteTaskDefinitions"],
    what: /^task definition family of as many characters$/,
    because: "IAM has no pattern for the eight digits that end awsx's families; the function holds that pattern",
  },
  {
    title: "Log streams of tasks",
    check: "tight",
    of: /^execution role of /,
    actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
    what: /^log stream$/,
    because: "ECS ends a stream's name with the id of the task",
  },
  {
    title: "Who has Lambda take on the function's role",
    check: "tight",
    of: /^trust of function's role$/,
    what: /^source/,
    because:
      "no document of AWS says that Lambda names a source when it takes a role on; another account's function cannot be given it, since iam:PassRole stays within an account",
  },
  {
    title: "For which of the account's tasks ECS takes on an execution role",
    check: "tight",
    of: /^trust of execution role of /,
    what: /^source$/,
    because:
      "ECS supports no condition on a cluster or task: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html",
  },
  {
    title: "Versions of a secret that a key decrypts",
    check: "tight",
    of: /^execution role of /,
    actions: ["kms:Decrypt"],
    what: /^encryption context SecretVersionId$/,
    because: "a start reads whichever version of the secret is current then",
  },
  {
    title: "`aws:SourceAccount` in a trust",
    check: "condition",
    of: /^trust of (schedule's role|execution role of )/,
    what: /aws:SourceAccount$/,
    because:
      "the account stands in aws:SourceArn as well; AWS asks for both: https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
  },
  {
    title: "`ecs:ListTasks` on `*`",
    check: "wildcard",
    of: /^function's role$/,
    what: /^ecs:ListTasks$/,
    because:
      "AWS knows it for container instances alone and does not say what it asks about where a call names none, as this one does; the Region confines it",
  },
];
