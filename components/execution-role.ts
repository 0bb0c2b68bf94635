import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { executionGrants, executionStatements, grantContext } from "../permissions/execution";
import type { ExplainedStatement } from "../permissions/merge";
import { policyDocuments } from "../permissions/split";
import { policyDocument } from "../permissions/statement";
import { tasksTrust } from "../permissions/trust";
import type { ContainerArgs, ContainerKeysArgs, VolumeArgs } from "./container-args";
import { containersOf, isProjected, projectContainers, warnOfContainers } from "./containers";
import type { AcceptedFindingArgs } from "./findings";
import { settingsOf } from "./grant-settings";
import { checkNameLength, inputError } from "./inputs";
import { addPolicies, arnAfter } from "./policies";
import { scopeOf } from "./scope";

export interface ExecutionRoleArgs {
  /**
   * The string that `aws.ecs.TaskDefinition` takes. Give this or `containers`.
   * @default - `containers`
   */
  containerDefinitions?: pulumi.Input<string>;
  /**
   * Containers by name, in awsx's shape. Give this or `containerDefinitions`.
   * @default - `containerDefinitions`
   */
  containers?: { [name: string]: pulumi.Input<ContainerArgs> };
  /**
   * Volumes of the task definition; those of FSx for Windows need rights.
   * @default - no rights for volumes
   */
  volumes?: pulumi.Input<pulumi.Input<VolumeArgs>[]>;
  /**
   * Customer keys that encrypt what the containers name.
   * @default - no rights to decrypt, which AWS's own keys do not need
   */
  keys?: pulumi.Input<ContainerKeysArgs>;
  /**
   * Prefixes of ECR repositories that pull-through cache rules fill, such as `docker-hub`, or `ROOT` for all.
   * @default - no rights to import images
   */
  pullThroughCachePrefixes?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Accounts that own the buckets of files: 12 digits each.
   * @default - the own account
   */
  bucketAccountIds?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * ARNs of secrets and parameters that no container names, such as those in the file of a domainless credential spec.
   * @default - none
   */
  additionalSecretArns?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Number of managed policies to put the rights into, where they do not fit into one inline policy: 1 to 20.
   * @default - one inline policy
   */
  policyCount?: number;
  /**
   * Findings about the containers that are meant, and no longer warned about.
   * @default - a warning for each finding
   */
  acceptedFindings?: pulumi.Input<pulumi.Input<AcceptedFindingArgs>[]>;
  /**
   * Name of a role that already trusts ECS tasks and gets the rights instead of a new one; its path, permissions boundary
   * and tags stay its owner's.
   * @default - a new role
   */
  existingRoleName?: pulumi.Input<string>;
  /**
   * Region of the tasks, of parameters given by name, and of log groups given without one.
   * @default - the provider's Region
   */
  region?: pulumi.Input<string>;
  /**
   * Path of the role and of managed policies, `/…/`.
   * @default "/"
   */
  path?: pulumi.Input<string>;
  /**
   * ARN of the policy that bounds the role.
   * @default - no permissions boundary
   */
  permissionsBoundaryArn?: pulumi.Input<string>;
  /**
   * Tags of the role and of managed policies.
   * @default - the provider's default tags
   */
  tags?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
}

/** One statement of the role's policies, and what it is for. */
export interface GrantExplanation {
  /** Its label. */
  sid: string;
  /** What it allows. */
  actions: string[];
  /** ARNs, with patterns, or `*` for actions that AWS cannot scope. */
  resources: string[];
  /** By operator and condition key. */
  conditions: { [operator: string]: { [key: string]: string[] } };
  /** The fields that ask for it: `app: secrets[0].valueFrom`. */
  because: string[];
}

/**
 * The role that ECS starts tasks with, allowed exactly what these containers need: their images, log groups, secrets and
 * files. Warns of what is wrong with the containers.
 */
export class ExecutionRole extends pulumi.ComponentResource {
  /** ARN of the role, resolved only once the role has all its policies. */
  public readonly arn: pulumi.Output<string>;
  /** Name of the role, for policies of your own. */
  public readonly name: pulumi.Output<string>;
  /** What the role is allowed, and which containers and fields ask for it. */
  public readonly grants: pulumi.Output<GrantExplanation[]>;

  /**
   * @throws InputPropertiesError where the name is too long, the containers or an argument cannot be read (naming the
   * path, never a value), or the policies do not hold what the containers need.
   */
  constructor(name: string, args: ExecutionRoleArgs, opts?: pulumi.ComponentResourceOptions) {
    const component = `ExecutionRole "${name}"`;
    checkNameLength(component, name, "-role", 64);
    const projected = projectContainers(component, args);
    const { policyCount: count, path, tags } = projected;
    super("ecs-retention:index:ExecutionRole", name, projected, opts);
    if (!isProjected(args)) warnOfContainers(this, args, projected);

    const scope = scopeOf(this, args.region);
    const role = args.existingRoleName
      ? aws.iam.getRoleOutput({ name: args.existingRoleName }, { parent: this })
      : new aws.iam.Role(
          `${name}-role`,
          {
            description: "What ECS needs to start tasks of a service",
            path,
            assumeRolePolicy: scope.apply((scope) => policyDocument(tasksTrust(scope))),
            permissionsBoundary: args.permissionsBoundaryArn,
            tags,
          },
          { parent: this },
        );
    // Names and ARNs alone, however secret the definitions are.
    const statements = pulumi.unsecret(
      pulumi
        .all([containersOf(projected), settingsOf(projected), scope])
        .apply(([{ containers, volumes }, settings, scope]) =>
          executionStatements(executionGrants(containers, volumes, grantContext(scope, settings))),
        ),
    );
    const documents = statements.apply((statements) => {
      const { documents, problem } = policyDocuments(statements, count);
      if (problem) throw inputError(component, [problem]);
      return documents;
    });
    const policies = addPolicies(name, { role: role.name, documents, count, path, tags }, { parent: this });
    this.arn = arnAfter(role.arn, policies);
    this.name = pulumi.output(role.name);
    this.grants = statements.apply(explained);
    this.registerOutputs({ arn: this.arn, name: this.name, grants: this.grants });
  }
}

/** What is allowed; that a role needs nothing is no grant. */
function explained(statements: ExplainedStatement[]): GrantExplanation[] {
  return statements
    .filter(({ effect }) => effect !== "Deny")
    .map(({ sid, actions, resources, conditions = {}, because }) => ({
      sid,
      actions,
      resources,
      conditions: mapped(conditions, (keys) => mapped(keys, (value) => [value].flat())),
      because,
    }));
}

function mapped<T, R>(values: Record<string, T>, to: (value: T) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, to(value)]));
}
