import type { Container } from "./containers";
import type { FieldGrants } from "./grants/grant";
import { imageGrants } from "./grants/image";
import { loggingGrants } from "./grants/logging";
import { secretsGrants } from "./grants/secrets";
import type { Scope, Statement } from "./statement";

/** Add a field here to have the execution role grant what it needs. */
const FIELD_GRANTS: FieldGrants[] = [imageGrants, loggingGrants, secretsGrants];

/** What the containers need of their execution role, and nothing more: one statement per purpose. */
export function executionStatements(containers: Container[], scope: Scope): Statement[] {
  const statements = new Map<string, { actions: string[]; resources: Set<string> }>();
  for (const { grants } of FIELD_GRANTS) {
    for (const grant of containers.flatMap((container) => grants(container, scope))) {
      const statement = statements.get(grant.sid) ?? { actions: grant.actions, resources: new Set() };
      statements.set(grant.sid, statement);
      statement.resources.add(grant.resource);
    }
  }
  // IAM refuses a policy without statements, and whether one is needed is not known before the containers are.
  if (statements.size === 0) {
    return [{ sid: "NothingNeeded", effect: "Deny", actions: ["iam:CreateUser"], resources: ["*"] }];
  }
  return [...statements].map(([sid, { actions, resources }]) => ({ sid, actions, resources: [...resources].sort() }));
}

/** Rights of the task role for ECS Exec: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html */
export function executeCommandStatements(): Statement[] {
  const verbs = ["CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"];
  return [{ sid: "ExecuteCommand", actions: verbs.map((verb) => `ssmmessages:${verb}`), resources: ["*"] }];
}
