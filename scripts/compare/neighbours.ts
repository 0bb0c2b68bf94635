import { accountOf } from "../../simulator/operation";
import { type Question, SCOPE, type Task } from "./tasks";

/** Things of one kind that the task does not use, and how its role would reach them. */
export interface Neighbours {
  kind: string;
  /** What the role is asked for. */
  meaning: string;
  /** Given what the task uses of the kind. */
  questions(used: Question[]): Question[];
}

const arn = (service: string, resource: string) => `arn:aws:${service}:${SCOPE.region}:${SCOPE.account}:${resource}`;
const STRANGER = "999988887777";

/** Those elsewhere in the account, and those whose ARN is made of one that the task uses. */
const of = (action: string, elsewhere: string[], beside: (used: string) => string) => (used: Question[]) =>
  [
    ...elsewhere,
    ...used
      .filter((each) => each.action === action)
      .map(({ resource }) => resource)
      .filter((resource) => [SCOPE.account, ""].includes(accountOf(resource)))
      .map(beside),
  ].map((resource) => ({ action, resource }));

/** The kinds of things that a role could reach without need. */
export const NEIGHBOURS: Neighbours[] = [
  {
    kind: "other repositories",
    meaning: "pull from a repository of another name, and from one whose name begins with that of a used one",
    questions: of("ecr:BatchGetImage", [arn("ecr", "repository/warehouse")], (used) => `${used}-admin`),
  },
  {
    kind: "other log groups",
    meaning: "write to a log group of another name, and to one whose name begins with that of a used one",
    questions: of("logs:PutLogEvents", [arn("logs", "log-group:/ecs/warehouse:log-stream:app/app/0")], (used) =>
      used.replace(":log-stream:", "-admin:log-stream:"),
    ),
  },
  {
    kind: "other streams of its log groups",
    meaning: "write as a container of another service that shares the log group",
    questions: of("logs:PutLogEvents", [], (used) => used.replace(/:log-stream:.*/, ":log-stream:admin/admin/0")),
  },
  {
    kind: "creating other log groups",
    meaning: "create a log group that the task does not write to",
    questions: of("logs:CreateLogGroup", [arn("logs", "log-group:/ecs/warehouse")], (used) =>
      used.replace(/(?=:log-stream:$|$)/, "-admin"),
    ),
  },
  {
    kind: "other secrets",
    meaning: "read a secret of another name, and one whose name begins with that of a used one",
    questions: of("secretsmanager:GetSecretValue", [arn("secretsmanager", "secret:warehouse-ZyXwVu")], (used) =>
      used.replace(/-\w{6}$/, "-admin-ZyXwVu"),
    ),
  },
  {
    kind: "other parameters",
    meaning: "read a parameter of another name, and one whose name begins with that of a used one",
    questions: of("ssm:GetParameters", [arn("ssm", "parameter/warehouse/token")], (used) => `${used}-admin`),
  },
  {
    kind: "other objects in S3",
    meaning: "read an object of another bucket, and one beside a used one",
    questions: of("s3:GetObject", ["arn:aws:s3:::warehouse/dump.sql"], (used) => `${used}.old`),
  },
  {
    kind: "its objects in a stranger's bucket",
    meaning: "read the files that the task definition names after another account took over the bucket's name",
    questions: (used) =>
      used.filter(({ action }) => action === "s3:GetObject").map((each) => ({ ...each, owner: STRANGER })),
  },
  {
    kind: "other keys",
    meaning: "decrypt with a customer key that encrypts nothing of the task",
    questions: () => [{ action: "kms:Decrypt", resource: arn("kms", "key/99999999-8888-4777-8666-555555555555") }],
  },
  {
    kind: "other uses of its key",
    meaning: "decrypt with the task's key, for no AWS service, and for another secret and another parameter",
    questions: (used) =>
      used
        .filter(({ action }) => action === "kms:Decrypt")
        .flatMap((each) => [
          { ...each, context: {} },
          {
            ...each,
            context: Object.fromEntries(
              Object.entries(each.context ?? {}).map(([key, value]) => [key, value.replace("shop/", "shop/admin/")]),
            ),
          },
        ]),
  },
];

export type Reach = "none" | "some" | "all" | "nothing to reach";

/** How many of them the answers let through. */
export function reach(answers: boolean[]): Reach {
  if (answers.length === 0) return "nothing to reach";
  if (answers.every(Boolean)) return "all";
  return answers.some(Boolean) ? "some" : "none";
}

/** What a task would ask for of each kind without need. */
export const neighboursOf = (task: Task) =>
  NEIGHBOURS.map(({ kind, questions }) => ({ kind, questions: questions(task.calls) }));
