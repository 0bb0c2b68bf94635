import type { RegisterTaskDefinitionCommandInput } from "@aws-sdk/client-ecs";
import type { Millis } from "../../retention/types";
import { AwsError, arn, type Scope } from "../operation";
import { blockerOf } from "./ecs-tasks";

export interface TaskDefinition {
  arn: string;
  family: string;
  revision: number;
  status: "ACTIVE" | "INACTIVE" | "DELETE_IN_PROGRESS";
  registeredAt: Millis;
  registeredBy: string;
  deregisteredAt?: Millis;
  deleteRequestedAt?: Millis;
  /** What was registered. */
  definition: RegisterTaskDefinitionCommandInput;
}

export const newEcsDefinitionState = () => ({
  /** A family outlives its revisions: their numbers are never used again. */
  families: new Map<string, { lastRevision: number; revisions: Map<number, TaskDefinition> }>(),
});

export function registerTaskDefinition(
  scope: Scope,
  definition: RegisterTaskDefinitionCommandInput,
  registeredBy = `arn:aws:iam::${scope.account}:root`,
): TaskDefinition {
  const family = definition.family ?? "";
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(family)) {
    throw new AwsError("ClientException", `Family contains invalid characters or is not 1 to 255 long: ${family}`);
  }
  if (!definition.containerDefinitions?.length) {
    throw new AwsError("ClientException", "Container list cannot be empty.");
  }
  const { families } = definitions(scope);
  const known = families.get(family) ?? { lastRevision: 0, revisions: new Map() };
  families.set(family, known);
  known.lastRevision += 1;
  const registered: TaskDefinition = {
    arn: arn(scope, "ecs", `task-definition/${family}:${known.lastRevision}`),
    family,
    revision: known.lastRevision,
    status: "ACTIVE",
    registeredAt: scope.world.clock.now(),
    registeredBy,
    definition,
  };
  known.revisions.set(registered.revision, registered);
  return registered;
}

/** `family:revision`, an ARN of one, or a bare family: its latest ACTIVE revision. */
export function findTaskDefinition(scope: Scope, reference: string): TaskDefinition | undefined {
  const { family, revision } = parse(reference);
  const revisions = definitions(scope).families.get(family)?.revisions;
  if (revision !== undefined) return revisions?.get(revision);
  return [...(revisions?.values() ?? [])].findLast((each) => each.status === "ACTIVE");
}

/** What a new task or deployment may run. */
export function runnableTaskDefinition(scope: Scope, reference: string): TaskDefinition {
  const found = findTaskDefinition(scope, reference);
  if (!found) throw new AwsError("ClientException", "TaskDefinition not found.");
  const lags =
    found.status === "INACTIVE" && (found.deregisteredAt ?? 0) + scope.world.inactiveLag > scope.world.clock.now();
  if (found.status !== "ACTIVE" && !lags) throw new AwsError("ClientException", "TaskDefinition is inactive");
  return found;
}

export function deregisterTaskDefinition(scope: Scope, reference: string): TaskDefinition {
  if (parse(reference).revision === undefined) {
    throw new AwsError("ClientException", `Invalid revision number. A revision is required: ${reference}`);
  }
  const found = findTaskDefinition(scope, reference);
  if (!found || found.status === "DELETE_IN_PROGRESS") {
    throw new AwsError("ClientException", "The specified task definition does not exist.");
  }
  if (found.status === "ACTIVE") {
    found.status = "INACTIVE";
    found.deregisteredAt = scope.world.clock.now();
  }
  return found;
}

/** Adds tags to a revision, of any status, as TagResource does. */
export function tagTaskDefinition(scope: Scope, reference: string, tags: Record<string, string>): void {
  const found = findTaskDefinition(scope, reference);
  if (!found) throw new AwsError("InvalidParameterException", "The specified task definition does not exist.");
  const kept = (found.definition.tags ?? []).filter(({ key = "" }) => !(key in tags));
  const added = Object.entries(tags).map(([key, value]) => ({ key, value }));
  found.definition = { ...found.definition, tags: [...kept, ...added] };
}

/** Asks for the deletion of an INACTIVE revision; it is gone some time after nothing refers to it any more. */
export function deleteTaskDefinition(scope: Scope, reference: string): TaskDefinition {
  const found = findTaskDefinition(scope, canonical(scope, reference));
  if (!found) throw new AwsError("InvalidParameterException", "The specified task definition does not exist.");
  if (found.status === "ACTIVE") {
    throw new AwsError(
      "InvalidParameterException",
      "The specified task definition is still in ACTIVE status. Please deregister the target and try again.",
    );
  }
  if (found.status === "INACTIVE") {
    found.status = "DELETE_IN_PROGRESS";
    found.deleteRequestedAt = scope.world.clock.now();
    finishDeletion(scope, found, MINUTE);
  }
  return found;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Something stopped needing a revision. If it was to be deleted, that ends within an hour (task) or a day (deployment). */
export function released(scope: Scope, taskDefinitionArn: string, by: "task" | "deployment"): void {
  const found = findTaskDefinition(scope, taskDefinitionArn);
  if (found?.status === "DELETE_IN_PROGRESS") finishDeletion(scope, found, by === "task" ? HOUR : 24 * HOUR);
}

function finishDeletion(scope: Scope, found: TaskDefinition, within: number): void {
  if (blockerOf(scope, found.arn)) return;
  const { clock, random } = scope.world;
  clock.after(Math.ceil(within * (0.1 + 0.9 * random.next())), () => {
    if (!blockerOf(scope, found.arn)) definitions(scope).families.get(found.family)?.revisions.delete(found.revision);
  });
}

/** Revisions of one family, or of the account and Region by family and number. */
export function listRevisions(scope: Scope, family?: string): TaskDefinition[] {
  const { families } = definitions(scope);
  const names = family === undefined ? [...families.keys()].sort() : [family];
  return names.flatMap((name) => [...(families.get(name)?.revisions.values() ?? [])]);
}

export function definitions(scope: Scope) {
  return scope.world.services.ecsDefinitions.at(scope);
}

function parse(reference: string): { family: string; revision?: number } {
  const [, family = reference, revision] =
    /^(?:arn:[^/]*:task-definition\/)?([^:/]+)(?::(\d+))?$/.exec(reference) ?? [];
  return { family, revision: revision === undefined ? undefined : Number(revision) };
}

/** A family alone is no resource that could be deleted. */
export function canonical(scope: Scope, reference: string): string {
  if (parse(reference).revision === undefined) {
    throw new AwsError("InvalidParameterException", `Invalid identifier: Revision is missing: ${reference}`);
  }
  return reference.startsWith("arn:") ? reference : arn(scope, "ecs", `task-definition/${reference}`);
}
