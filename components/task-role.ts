import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { executeCommandStatements } from "../permissions/execution";
import { LINT_IDS } from "../permissions/lints";
import { INLINE_LENGTH } from "../permissions/split";
import { policyDocument } from "../permissions/statement";
import { tasksTrust } from "../permissions/trust";
import { type AcceptedFindingArgs, checkedAcceptances } from "./findings";
import { checked, checkNameLength } from "./inputs";
import { arnAfter } from "./policies";
import { scopeOf } from "./scope";
import { type ReadStatements, readStatements, type TaskRoleStatementArgs, warnOfStatements } from "./statements";

export interface TaskRoleArgs {
  /**
   * What the service's code may do.
   * @default - nothing
   */
  statements?: pulumi.Input<pulumi.Input<TaskRoleStatementArgs>[]>;
  /**
   * Findings about the statements that are meant, and no longer warned about.
   * @default - a warning for each finding
   */
  acceptedFindings?: pulumi.Input<pulumi.Input<AcceptedFindingArgs>[]>;
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

/**
 * The role of a service's own code: the trust, the statements that are given, and ECS Exec where it is asked for. Warns of
 * statements that grant too widely.
 */
export class TaskRole extends pulumi.ComponentResource {
  /** ARN of the role, resolved only once the role has its policies. */
  public readonly arn: pulumi.Output<string>;
  /** Name of the role, for policies of your own. */
  public readonly name: pulumi.Output<string>;

  /** @throws InputPropertiesError where the name is too long, or IAM would refuse the statements. */
  constructor(name: string, args: TaskRoleArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    const component = `TaskRole "${name}"`;
    checkNameLength(component, name, "-role", 64);
    const exec = args.enableExecuteCommand ? [policyDocument(executeCommandStatements())] : [];
    const read =
      args.statements && checked(component, "statements", args.statements, (value) => readFitting(value, exec));
    const accepted = checkedAcceptances(component, args.acceptedFindings, LINT_IDS);
    super("ecs-retention:index:TaskRole", name, args, opts);
    const options = { parent: this };
    const role = new aws.iam.Role(
      `${name}-role`,
      {
        description: "What the containers of a service may do",
        path: args.path,
        assumeRolePolicy: scopeOf(this, args.region).apply((scope) => policyDocument(tasksTrust(scope))),
        permissionsBoundary: args.permissionsBoundaryArn,
        tags: args.tags,
      },
      options,
    );
    const policies: aws.iam.RolePolicy[] = [];
    const add = (suffix: string, policy: pulumi.Input<string>) =>
      policies.push(new aws.iam.RolePolicy(`${name}-${suffix}`, { role: role.name, policy }, options));
    for (const document of exec) add("execute-command", document);
    if (read) {
      const statements = read.apply(({ statements }) => statements);
      warnOfStatements(this, statements, accepted);
      add("policy", statements.apply(policyDocument));
    }
    this.arn = arnAfter(role.arn, policies);
    this.name = role.name;
    this.registerOutputs({ arn: this.arn, name: this.name });
  }
}

/** Statements that IAM takes inline beside others of the role. */
function readFitting(value: unknown, others: string[]): ReadStatements {
  const read = readStatements(value, "statements");
  const length = [policyDocument(read.statements ?? []), ...others].join("").length;
  if (read.problems || length <= INLINE_LENGTH) return read;
  const expected = `at most ${INLINE_LENGTH}, which AWS takes as inline policies of a role`;
  const fix = "attach a managed policy of your own, by the role's name";
  return { problems: [{ path: "statements", given: `${length} characters`, expected, fix }] };
}
