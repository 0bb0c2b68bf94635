import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { executeCommandStatements } from "../permissions/execution";
import { policyDocument } from "../permissions/statement";
import { tasksTrust } from "../permissions/trust";
import { checkNameLength } from "./inputs";
import { scopeOf } from "./scope";

export interface TaskRoleArgs {
  /**
   * Lets `aws ecs execute-command` open a shell in the containers.
   * @default false
   */
  enableExecuteCommand?: boolean;
  /**
   * Region whose tasks may use the role.
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

/** The role of a service's own code: the trust, and ECS Exec where it is asked for. Attach your own policies to it. */
export class TaskRole extends pulumi.ComponentResource {
  /** ARN of the role, resolved only once the role has its policies. */
  public readonly arn: pulumi.Output<string>;
  /** Name of the role, for policies of your own. */
  public readonly name: pulumi.Output<string>;

  /** @throws InputPropertiesError where the name is too long. */
  constructor(name: string, args: TaskRoleArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    checkNameLength(`TaskRole "${name}"`, name, "-role", 64);
    super("ecs-retention:index:TaskRole", name, args, opts);
    const role = new aws.iam.Role(
      `${name}-role`,
      {
        description: "What the containers of a service may do",
        path: args.path,
        assumeRolePolicy: scopeOf(this, args.region).apply((scope) => policyDocument(tasksTrust(scope))),
        permissionsBoundary: args.permissionsBoundaryArn,
        tags: args.tags,
      },
      { parent: this },
    );
    const policies = args.enableExecuteCommand
      ? [
          new aws.iam.RolePolicy(
            `${name}-execute-command`,
            { role: role.name, policy: policyDocument(executeCommandStatements()) },
            { parent: this },
          ),
        ]
      : [];
    this.arn = pulumi.all([role.arn, ...policies.map(({ id }) => id)]).apply(([arn]) => arn as string);
    this.name = role.name;
    this.registerOutputs({ arn: this.arn, name: this.name });
  }
}
