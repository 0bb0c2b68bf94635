import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { accountStatements, ownStatements } from "../permissions/cleanup";
import { policyDocument, roleArn } from "../permissions/statement";
import { lambdaTrust } from "../permissions/trust";
import { addAlarms, readExpectedEvery } from "./alarms";
import { cleanupCode } from "./handler-code";
import { checked, checkNameLength } from "./inputs";
import { RetentionStore } from "./retention-store";
import { addSchedule } from "./schedule";
import { scopeOf } from "./scope";

/** What services of the same or another stack need to join a cleanup function: plain data, for a stack output. */
export interface CleanupFunctionReference {
  /** Bucket of the store. */
  bucketName: string;
  /** The function's own role. */
  roleArn: string;
  /** Path below which the function takes on cleanup roles. */
  rolePath: string;
  /** Region whose services it serves. */
  region: string;
  /** Account whose services it serves: 12 digits. */
  account: string;
}

export interface CleanupFunctionArgs {
  /**
   * When it runs, in EventBridge Scheduler's terms.
   * @default "rate(1 day)"
   */
  scheduleExpression?: pulumi.Input<string>;
  /**
   * Name of a store that an earlier stack left behind, to go on with.
   * @default - a new store
   */
  storeBucketName?: pulumi.Input<string>;
  /**
   * Whether destroying the stack deletes the store and all it holds. It takes effect with one update before the destroy.
   * @default false
   */
  deleteOnDestroy?: boolean;
  /**
   * Days that log events are kept: one of CloudWatch Logs' retention periods.
   * @default 90
   */
  logRetentionDays?: pulumi.Input<number>;
  /**
   * ARNs that alarms notify, such as SNS topics.
   * @default - alarms only change their state
   */
  alarmActions?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Alarms when no full run completed for this long, `"1h"` to `"7d"`. A new function is in alarm until its first run.
   * @default "2d"
   */
  expectedEvery?: pulumi.Input<string>;
  /**
   * Region that it serves.
   * @default - the provider's Region
   */
  region?: pulumi.Input<string>;
  /**
   * Path of the function's and the schedule's role, `/…/`.
   * @default "/"
   */
  path?: pulumi.Input<string>;
  /**
   * ARN of the policy that bounds both roles.
   * @default - no permissions boundary
   */
  permissionsBoundaryArn?: pulumi.Input<string>;
  /**
   * Tags of everything that takes tags.
   * @default - the provider's default tags
   */
  tags?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
}

/**
 * The scheduled function that cleans up for all services of one account and Region. A second one there fails at its
 * role, whose name is fixed: hand the first one's `reference` to the services instead.
 */
export class CleanupFunction extends pulumi.ComponentResource {
  /** What a service takes as its `cleanupFunction`. */
  public readonly reference: pulumi.Output<CleanupFunctionReference>;
  /** Name of the Lambda function, to invoke it by hand. */
  public readonly functionName: pulumi.Output<string>;
  /** Name of its log group. */
  public readonly logGroupName: pulumi.Output<string>;

  /** @throws InputPropertiesError where `expectedEvery` is no duration that an alarm can watch, or the name is too long. */
  constructor(name: string, args: CleanupFunctionArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    checkNameLength(`CleanupFunction "${name}"`, name, "-store-bucket", 63);
    super("ecs-retention:index:CleanupFunction", name, args, opts);
    const { region, tags, path = "/", permissionsBoundaryArn: permissionsBoundary } = args;
    const expectedEvery = checked(
      `CleanupFunction "${name}"`,
      "expectedEvery",
      args.expectedEvery ?? "2d",
      readExpectedEvery,
    );
    const scope = scopeOf(this, region);
    const rolePath = pulumi.interpolate`/ecs-retention/${scope.region}/`;
    const roleName = pulumi.interpolate`ecs-retention-${scope.region}`;

    const role = new aws.iam.Role(
      `${name}-role`,
      {
        name: roleName,
        description: "Reads what ECS uses and takes on the cleanup roles of registered services",
        path,
        assumeRolePolicy: policyDocument(lambdaTrust()),
        permissionsBoundary,
        tags,
      },
      { parent: this, deleteBeforeReplace: true },
    );
    // Everything waits for the role: where another function has its name, nothing else is made.
    const options = { parent: this, dependsOn: role };

    const store = new RetentionStore(
      `${name}-store`,
      { bucketName: args.storeBucketName, deleteOnDestroy: args.deleteOnDestroy, region, tags },
      options,
    );
    const logs = new aws.cloudwatch.LogGroup(
      `${name}-logs`,
      { retentionInDays: args.logRetentionDays ?? 90, region, tags },
      options,
    );
    const failures = new aws.sqs.Queue(
      `${name}-failures`,
      { messageRetentionSeconds: 14 * 86_400, sqsManagedSseEnabled: true, region, tags },
      options,
    );
    // Apart from the next one, so that the first preview shows it: names of new resources are not known by then.
    const accountPolicy = new aws.iam.RolePolicy(
      `${name}-account`,
      {
        role: role.name,
        policy: pulumi
          .all([scope, rolePath])
          .apply(([scope, rolePath]) => policyDocument(accountStatements(scope, rolePath))),
      },
      options,
    );
    const ownPolicy = new aws.iam.RolePolicy(
      `${name}-own`,
      {
        role: role.name,
        policy: pulumi
          .all([scope, store.bucketName, logs.name, failures.arn])
          .apply(([scope, bucket, logGroup, queueArn]) =>
            policyDocument(ownStatements(scope, { bucket, logGroup, queueArn })),
          ),
      },
      options,
    );
    const lambda = new aws.lambda.Function(
      `${name}-function`,
      {
        description: "Deregisters and deletes old task definition revisions of registered ECS services",
        runtime: "nodejs24.x",
        architectures: ["arm64"],
        handler: "index.handler",
        code: cleanupCode(),
        role: role.arn,
        timeout: 900,
        memorySize: 512,
        environment: { variables: { STORE_BUCKET: store.bucketName } },
        loggingConfig: { logFormat: "JSON", logGroup: logs.name },
        region,
        tags,
      },
      { parent: this, dependsOn: [role, accountPolicy, ownPolicy] },
    );
    const invocations = new aws.lambda.FunctionEventInvokeConfig(
      `${name}-invocations`,
      {
        functionName: lambda.name,
        // A repeated event would be a run of its own; the next scheduled one takes what is left.
        maximumRetryAttempts: 0,
        destinationConfig: { onFailure: { destination: failures.arn } },
        region,
      },
      { parent: this, dependsOn: [role, ownPolicy] },
    );
    addSchedule(name, args, { lambda, account: scope.account }, { parent: this, dependsOn: [role, invocations] });
    addAlarms(
      name,
      {
        functionName: lambda.name,
        failuresName: failures.name,
        expectedEvery: expectedEvery.apply(({ hours }) => hours),
        alarmActions: args.alarmActions,
        region,
        tags,
      },
      options,
    );

    this.reference = pulumi.output({
      bucketName: store.bucketName,
      roleArn: pulumi.all([scope, path, roleName]).apply(([scope, path, name]) => roleArn(scope, path, name)),
      rolePath,
      region: scope.region,
      account: scope.account,
    });
    this.functionName = lambda.name;
    this.logGroupName = logs.name;
    this.registerOutputs({
      reference: this.reference,
      functionName: this.functionName,
      logGroupName: this.logGroupName,
    });
  }
}
