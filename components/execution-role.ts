import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { executionStatements } from "../permissions/execution";
import { policyDocument } from "../permissions/statement";
import { tasksTrust } from "../permissions/trust";
import { containersOf, projectContainers } from "./containers";
import { checkNameLength } from "./inputs";
import { scopeOf } from "./scope";

/** A secret that ECS injects when the container starts. */
export interface ContainerSecretArgs {
  /** Name of the environment variable or log option. */
  name: pulumi.Input<string>;
  /** ARN of a Secrets Manager secret (a JSON key, version stage and version id may follow), or name or ARN of an SSM parameter. */
  valueFrom: pulumi.Input<string>;
}

/** Where a container's output goes. */
export interface ContainerLogConfigurationArgs {
  /** Such as `awslogs`. */
  logDriver: pulumi.Input<string>;
  /**
   * Options of the driver.
   * @default - none
   */
  options?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
  /**
   * Options whose values are secrets.
   * @default - none
   */
  secretOptions?: pulumi.Input<pulumi.Input<ContainerSecretArgs>[]>;
}

/** What of a container needs rights of the execution role; other fields may be there and are not looked at. */
export interface ContainerArgs {
  /** Image as the task definition names it. */
  image: pulumi.Input<string>;
  /**
   * Where the container's output goes.
   * @default - no rights to write logs
   */
  logConfiguration?: pulumi.Input<ContainerLogConfigurationArgs>;
  /**
   * Secrets that ECS injects.
   * @default - no rights to read secrets
   */
  secrets?: pulumi.Input<pulumi.Input<ContainerSecretArgs>[]>;
}

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
   * Name of a role that already trusts ECS tasks and gets the rights instead of a new one; `path`,
   * `permissionsBoundaryArn` and `tags` stay its owner's.
   * @default - a new role
   */
  existingRoleName?: pulumi.Input<string>;
  /**
   * Region of the tasks, of parameters given by name, and of log groups given without one.
   * @default - the provider's Region
   */
  region?: pulumi.Input<string>;
  /**
   * Path of the role, `/…/`.
   * @default "/"
   */
  path?: pulumi.Input<string>;
  /**
   * ARN of the policy that bounds the role.
   * @default - no permissions boundary
   */
  permissionsBoundaryArn?: pulumi.Input<string>;
  /**
   * Tags of the role.
   * @default - the provider's default tags
   */
  tags?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
}

/** The role that ECS starts tasks with, allowed exactly what these containers need: their images, log groups and secrets. */
export class ExecutionRole extends pulumi.ComponentResource {
  /** ARN of the role, resolved only once the role has its policy. */
  public readonly arn: pulumi.Output<string>;
  /** Name of the role, for policies of your own. */
  public readonly name: pulumi.Output<string>;

  /** @throws InputPropertiesError where the name is too long, or the containers cannot be read: naming the path, never a value. */
  constructor(name: string, args: ExecutionRoleArgs, opts?: pulumi.ComponentResourceOptions) {
    checkNameLength(`ExecutionRole "${name}"`, name, "-role", 64);
    const projected = projectContainers(`ExecutionRole "${name}"`, args);
    super("ecs-retention:index:ExecutionRole", name, projected, opts);
    const scope = scopeOf(this, args.region);
    const role = args.existingRoleName
      ? aws.iam.getRoleOutput({ name: args.existingRoleName }, { parent: this })
      : new aws.iam.Role(
          `${name}-role`,
          {
            description: "What ECS needs to start tasks of a service",
            path: args.path,
            assumeRolePolicy: scope.apply((scope) => policyDocument(tasksTrust(scope))),
            permissionsBoundary: args.permissionsBoundaryArn,
            tags: args.tags,
          },
          { parent: this },
        );
    const document = pulumi
      .all([containersOf(projected), scope])
      .apply(([containers, scope]) => policyDocument(executionStatements(containers, scope)));
    const policy = new aws.iam.RolePolicy(
      `${name}-policy`,
      // Names and ARNs alone, however secret the definitions are.
      { role: role.name, policy: pulumi.unsecret(document) },
      { parent: this },
    );
    this.arn = pulumi.all([role.arn, policy.id]).apply(([arn]) => arn);
    this.name = pulumi.output(role.name);
    this.registerOutputs({ arn: this.arn, name: this.name });
  }
}
