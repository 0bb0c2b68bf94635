import type { Container, Volume } from "./containers";
import { FIELD_GRANTS } from "./grants/fields";
import type { GivenSettings, Grant, GrantContext } from "./grants/grant";
import { keyGrants } from "./grants/keys";
import { secretGrants } from "./grants/secrets";
import { volumeGrants } from "./grants/volumes";
import { type ExplainedStatement, mergeGrants } from "./merge";
import { parseSecretReference } from "./secret-reference";
import type { Scope, Statement } from "./statement";

/** Defaults filled in. */
export function grantContext(scope: Scope, { keys, ...settings }: GivenSettings = {}): GrantContext {
  return {
    keys: { secretsManager: [], systemsManager: [], s3: [], ...keys },
    pullThroughCachePrefixes: [],
    bucketAccountIds: [],
    additionalSecretArns: [],
    ...settings,
    ...scope,
  };
}

/** What ECS needs of the execution role to start tasks of these containers, and nothing more: each right with its reason. */
export function executionGrants(containers: Container[], volumes: Volume[], context: GrantContext): Grant[] {
  const grants = [
    ...containers.flatMap((container) => FIELD_GRANTS.flatMap((field) => field.grants(container, context))),
    ...volumes.flatMap((volume) => volumeGrants.grants(volume, context)),
    ...context.additionalSecretArns.flatMap((text, index) => {
      const read = parseSecretReference(text);
      const because = { container: "arguments", field: `additionalSecretArns[${index}]` };
      return "wrong" in read ? [] : secretGrants(read.parsed, because, context);
    }),
  ];
  return [...grants, ...keyGrants(grants, context)];
}

/**
 * Of a role that needs nothing: IAM refuses a policy without statements, and whether one is needed is not known before
 * the containers are. This one gives and takes nothing, since nobody needs a right for that call nor can be denied it:
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
export const NOTHING_NEEDED: ExplainedStatement = {
  sid: "NothingNeeded",
  effect: "Deny",
  actions: ["sts:GetCallerIdentity"],
  resources: ["*"],
  because: [],
};

/** One labelled statement per purpose, in a fixed order, whatever the order of the grants. */
export function executionStatements(grants: Grant[]): ExplainedStatement[] {
  return grants.length > 0 ? mergeGrants(grants) : [NOTHING_NEEDED];
}

/** Rights of the task role for ECS Exec: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html */
export function executeCommandStatements(): Statement[] {
  const verbs = ["CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"];
  return [{ sid: "ExecuteCommand", actions: verbs.map((verb) => `ssmmessages:${verb}`), resources: ["*"] }];
}
