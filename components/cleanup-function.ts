import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { accountStatements, ownStatements } from "../permissions/cleanup";
import { policyDocument, roleArn } from "../permissions/statement";
import { lambdaTrust } from "../permissions/trust";
import { readSettings } from "../retention/settings";
import { addAlarms, readExpectedEvery } from "./alarms";
import { cleanupCode } from "./handler-code";
import { checked, checkNameLength } from "./inputs";
import { addPause } from "./pause";
import type { CleanupFunctionReference } from "./reference";
import { RetentionStore } from "./retention-store";
import { addSchedules } from "./schedules";
import { scopeOf } from "./scope";
import type { AcknowledgedGapArgs, IgnoredSourceArgs } from "./settings";

export interface CleanupFunctionArgs {
  /**
   * When it runs, in EventBridge Scheduler's terms. Every 15 minutes besides, it goes on with what a run left for want of
   * time or pace.
   * @default "rate(1 day)"
   */
  scheduleExpression?: pulumi.Input<string>;
  /**
   * Whether nothing is removed for anybody. Runs go on and report what they would remove.
   * @default false
   */
  paused?: boolean;
  /**
   * Gaps that block no removal until the end of a day, for a reason; reports go on showing them.
   * @default - every gap blocks what it names
   */
  acknowledgedGaps?: pulumi.Input<pulumi.Input<AcknowledgedGapArgs>[]>;
  /**
   * Sources of references that are not read for any service, for a reason. What only they need can be removed; the
   * function is not granted to read them.
   * @default - every source is read
   */
  ignoredSources?: pulumi.Input<pulumi.Input<IgnoredSourceArgs>[]>;
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

  /**
   * @throws InputPropertiesError where `expectedEvery` is no duration that an alarm can watch, where a gap or source cannot
   * be left out like that or all of them together do not fit the function's environment, or where the name is too long.
   */
  constructor(name: string, args: CleanupFunctionArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    const component = `CleanupFunction "${name}"`;
    checkNameLength(component, name, "-store-bucket", 63);
    const { acknowledgedGaps, ignoredSources } = args;
    const expectedEvery = checked(component, "expectedEvery", args.expectedEvery ?? "2d", readExpectedEvery);
    const settings = checked(component, "", { acknowledgedGaps, ignoredSources }, readSettings).apply(
      (read) => read.settings,
    );
    super("ecs-retention:index:CleanupFunction", name, args, opts);
    const { region, tags, path = "/", permissionsBoundaryArn: permissionsBoundary } = args;
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
    const pause = args.paused ? [addPause(name, { bucket: store.bucketName, region }, options)] : [];
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
        policy: pulumi.all([scope, rolePath, settings]).apply(([scope, rolePath, { ignoredSources }]) => {
          const ignored = ignoredSources.map(({ source }) => source);
          return policyDocument(accountStatements(scope, rolePath, ignored));
        }),
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
        environment: {
          variables: {
            STORE_BUCKET: store.bucketName,
            SETTINGS: settings.apply((settings) => JSON.stringify(settings)),
          },
        },
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
    addSchedules(
      name,
      args,
      { lambda, account: scope.account },
      { parent: this, dependsOn: [role, invocations, ...pause] },
    );
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
