import type { Millis } from "../../retention/types";
import { AwsError, arn, type CallScope, type Operations, page } from "../operation";
import {
  canonical,
  definitions,
  deleteTaskDefinition,
  deregisterTaskDefinition,
  findTaskDefinition,
  listRevisions,
  registerTaskDefinition,
  type TaskDefinition,
} from "./ecs-definitions";

const date = (at: Millis | undefined) => (at === undefined ? undefined : new Date(at));

function described(found: TaskDefinition) {
  const { tags: _tags, ...definition } = found.definition;
  return {
    ...definition,
    taskDefinitionArn: found.arn,
    revision: found.revision,
    status: found.status,
    registeredAt: date(found.registeredAt),
    registeredBy: found.registeredBy,
    deregisteredAt: date(found.deregisteredAt),
    deleteRequestedAt: date(found.deleteRequestedAt),
  };
}

/** Sorts by family, then as the number does. */
const sortable = (found: TaskDefinition) => `${found.family}\0${String(found.revision).padStart(10, "0")}`;

const anything = () => ["*"];

export const ecsDefinitionOperations: Operations = {
  RegisterTaskDefinition: {
    action: "ecs:RegisterTaskDefinition",
    bucket: "task definition modify",
    resources: (input, scope) => {
      const last = definitions(scope).families.get(input.family)?.lastRevision ?? 0;
      return [arn(scope, "ecs", `task-definition/${input.family}:${last + 1}`)];
    },
    run: (input, scope) => ({
      taskDefinition: described(registerTaskDefinition(scope, input, scope.principal.arn)),
      tags: input.tags ?? [],
    }),
  },
  DeregisterTaskDefinition: {
    action: "ecs:DeregisterTaskDefinition",
    bucket: "task definition modify",
    resources: anything,
    run: (input, scope) => ({ taskDefinition: described(deregisterTaskDefinition(scope, input.taskDefinition)) }),
  },
  DeleteTaskDefinitions: {
    action: "ecs:DeleteTaskDefinitions",
    bucket: "task definition delete",
    resources: (input, scope) => references(input).map((each) => canonical(scope, each)),
    run: (input, scope) => deleteTaskDefinitions(references(input), scope),
  },
  DescribeTaskDefinition: {
    action: "ecs:DescribeTaskDefinition",
    bucket: "task definition read",
    resources: anything,
    run: (input, scope) => {
      const found = findTaskDefinition(scope, input.taskDefinition);
      if (!found) throw new AwsError("ClientException", "Unable to describe task definition.");
      const tags = input.include?.includes("TAGS") ? { tags: found.definition.tags ?? [] } : {};
      return { taskDefinition: described(found), ...tags };
    },
  },
  ListTaskDefinitions: {
    action: "ecs:ListTaskDefinitions",
    bucket: "task definition read",
    resources: anything,
    run: (input, scope) => listTaskDefinitions(input, scope),
  },
};

function references(input: { taskDefinitions?: string[] }): string[] {
  return input.taskDefinitions ?? [];
}

function deleteTaskDefinitions(targets: string[], scope: CallScope) {
  if (targets.length < 1 || targets.length > 10) {
    throw new AwsError("InvalidParameterException", "Number of task definitions must be between 1 and 10.");
  }
  const taskDefinitions: object[] = [];
  const failures: { arn: string; reason: string }[] = [];
  for (const target of targets) {
    try {
      taskDefinitions.push(described(deleteTaskDefinition(scope, target)));
    } catch (error) {
      failures.push({ arn: canonical(scope, target), reason: (error as Error).message });
    }
  }
  return { taskDefinitions, failures };
}

function listTaskDefinitions(
  input: { familyPrefix?: string; status?: string; sort?: string; maxResults?: number; nextToken?: string },
  scope: CallScope,
) {
  const { familyPrefix, status = "ACTIVE", sort = "ASC", maxResults = 100, nextToken } = input;
  if (maxResults < 1 || maxResults > 100) {
    throw new AwsError("InvalidParameterException", "maxResults must be between 1 and 100.");
  }
  const found = listRevisions(scope, familyPrefix).filter((each) => each.status === status);
  const descending = sort === "DESC";
  const { items, next } = page(
    scope,
    descending ? found.reverse() : found,
    sortable,
    nextToken,
    maxResults,
    descending,
  );
  return { taskDefinitionArns: items.map((each) => each.arn), nextToken: next };
}
