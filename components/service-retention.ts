import { createHash } from "node:crypto";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { cleanupStatements } from "../permissions/cleanup";
import { policyDocument, roleArn } from "../permissions/statement";
import { cleanupTrust } from "../permissions/trust";
import { policyHash, readPolicy } from "../retention/policy";
import { STORE } from "../retention/store-layout";
import type { Registration, RetentionPolicy } from "../retention/types";
import { CleanupFunction } from "./cleanup-function";
import { type FamilyMatch, RetentionMode } from "./constants";
import { projectContainers, warnOfContainers } from "./containers";
import { ExecutionRole, type ExecutionRoleArgs } from "./execution-role";
import { checked, checkKnown } from "./inputs";
import { type CleanupFunctionReference, joined } from "./reference";
import { checkedRepositories, imageProblems } from "./repositories";
import { RepositoryRetention } from "./repository-retention";
import { WITHOUT_DEFAULT_TAGS } from "./retention-store";
import { scopeOf } from "./scope";
import type {
  IgnoredSourceArgs,
  ImageRetentionArgs,
  RetentionLimitsArgs,
  TaskDefinitionRetentionArgs,
} from "./settings";

export interface ServiceRetentionArgs {
  /** Family of the service's task definition. */
  family: pulumi.Input<string>;
  /**
   * Whether the service's revisions are in that family alone, or in all families that awsx made from that name. IAM knows
   * no hexadecimal digits: the cleanup role may delete revisions of families with any eight characters.
   * @default FamilyMatch.Exact
   */
  familyMatch?: pulumi.Input<FamilyMatch>;
  /**
   * Whether to remove revisions, only to report which would be, or to clear up after a service that is gone.
   * @default RetentionMode.Report
   */
  mode?: RetentionMode;
  /**
   * What to keep of the family's revisions.
   * @default - each setting's own default
   */
  taskDefinitions?: pulumi.Input<TaskDefinitionRetentionArgs>;
  /**
   * The service's own repositories, each with its lifecycle policy. The cleanup function removes no images.
   * @default - lifecycle policies stay as they are
   */
  images?: ImageRetentionArgs;
  /**
   * How much may be removed at a time.
   * @default - each setting's own default
   */
  limits?: pulumi.Input<RetentionLimitsArgs>;
  /**
   * Sources whose references and gaps do not count for this service, for a reason. What only they need can be removed.
   * @default - every source counts
   */
  ignoredSources?: pulumi.Input<pulumi.Input<IgnoredSourceArgs>[]>;
  /**
   * Makes the service's execution role from its containers.
   * @default - no execution role
   */
  executionRole?: ExecutionRoleArgs;
  /**
   * The cleanup function of this account and Region: the `reference` of one in this stack or, through a StackReference,
   * in another.
   * @default - a new function, which serves other services of the account and Region as well
   */
  cleanupFunction?: pulumi.Input<CleanupFunctionReference>;
  /**
   * Region of the service.
   * @default - the provider's Region
   */
  region?: pulumi.Input<string>;
  /**
   * Path of roles, `/…/`. The cleanup role lies under the cleanup function's own path whatever this is.
   * @default "/"
   */
  path?: pulumi.Input<string>;
  /**
   * ARN of the policy that bounds every role.
   * @default - no permissions boundary
   */
  permissionsBoundaryArn?: pulumi.Input<string>;
  /**
   * Tags of everything that takes tags.
   * @default - the provider's default tags
   */
  tags?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
}

/** Retention of one ECS service: its policy registered with a cleanup function and, to enforce it, the role that may. */
export class ServiceRetention extends pulumi.ComponentResource {
  /** ARN of the execution role, resolved only once the role has its policy. */
  public readonly executionRoleArn?: pulumi.Output<string>;
  /** The cleanup function that serves this service, for others to join. */
  public readonly cleanupFunction: pulumi.Output<CleanupFunctionReference>;
  /** Key of the registration in the function's store. */
  public readonly registrationKey: pulumi.Output<string>;
  /** ARN of the role that may remove this family's revisions, only in modes `enforce` and `retire`. */
  public readonly cleanupRoleArn?: pulumi.Output<string>;

  /** @throws InputPropertiesError where the policies, the containers or the cleanup function cannot be worked with. */
  constructor(name: string, args: ServiceRetentionArgs, opts?: pulumi.ComponentResourceOptions) {
    const component = `ServiceRetention "${name}"`;
    const { executionRole, cleanupFunction, region, path, permissionsBoundaryArn, tags, images, ...settings } = args;
    // Everything else is the policy's, so that its validator sees unknown keys under the names that were written.
    checkKnown(component, "", { service: name, ...settings, images }, ({ images, ...policy }, isKnown) => ({
      problems: [
        ...(readPolicy(policy).problems ?? []),
        ...(images === undefined ? [] : imageProblems(images, isKnown)),
      ],
    }));
    const policy = checked(component, "", { service: name, ...settings }, (given) => readPolicy(given)).apply(
      (read) => read.policy,
    );
    const repositories = images ? checkedRepositories(component, images) : [];
    const execution = executionRole && projectContainers(component, executionRole, "executionRole");
    super("ecs-retention:index:ServiceRetention", name, { ...args, executionRole: execution }, opts);

    const options = { parent: this };
    const common = { region, path, permissionsBoundaryArn, tags };
    if (executionRole && execution) {
      warnOfContainers(this, executionRole, execution);
      this.executionRoleArn = new ExecutionRole(`${name}-execution`, { ...common, ...execution }, options).arn;
    }
    for (const [key, repository] of repositories) {
      new RepositoryRetention(`${name}-${key}`, { ...repository, region }, options);
    }
    const reference = cleanupFunction
      ? pulumi.output(cleanupFunction)
      : new CleanupFunction(`${name}-cleanup`, common, options).reference;
    const place = joined(component, reference, scopeOf(this, region));

    // URNs are unique where names are not: in two stacks, or two parents of one. Through a promise, since the output
    // itself would make this component's children wait for this component; rejected where this component is, or they
    // would wait for ever.
    const urn = new Promise<string>((resolve, reject) => pulumi.recover(this.urn.apply(resolve), reject));
    const id = pulumi.output(urn).apply((urn) => createHash("sha256").update(urn).digest("hex").slice(0, 8));
    const label = name.replace(/[^A-Za-z0-9_.@-]/g, "-");
    const dependsOn: pulumi.Resource[] = [];
    if (settings.mode === RetentionMode.Enforce || settings.mode === RetentionMode.Retire) {
      const roleName = pulumi.interpolate`${label.slice(0, 55)}-${id}`;
      const role = new aws.iam.Role(
        `${name}-removal-role`,
        {
          name: roleName,
          path: place.rolePath,
          description: pulumi.interpolate`Removes old revisions of ${policy.family}`,
          assumeRolePolicy: pulumi.unsecret(
            pulumi
              .all([place, policy])
              .apply(([place, policy]) => policyDocument(cleanupTrust(place, place.roleArn, policyHash(policy)))),
          ),
          permissionsBoundary: permissionsBoundaryArn,
          tags,
        },
        { ...options, deleteBeforeReplace: true },
      );
      const rights = new aws.iam.RolePolicy(
        `${name}-removal-policy`,
        {
          role: role.name,
          policy: pulumi.unsecret(
            pulumi.all([place, policy]).apply(([place, policy]) => policyDocument(cleanupStatements(place, policy))),
          ),
        },
        options,
      );
      dependsOn.push(role, rights);
      this.cleanupRoleArn = pulumi
        .all([place, roleName])
        .apply(([place, roleName]) => roleArn(place, place.rolePath, roleName));
    }

    this.registrationKey = pulumi.interpolate`${STORE.policies}${pulumi.getProject()}/${pulumi.getStack()}/${label}-${id}.json`;
    new aws.s3.BucketObjectv2(
      `${name}-registration`,
      {
        bucket: reference.bucketName,
        key: this.registrationKey,
        content: pulumi.all([policy, this.cleanupRoleArn]).apply(registrationText),
        contentType: "application/json",
        ...WITHOUT_DEFAULT_TAGS,
        region: place.region,
      },
      // The function must never read a policy whose role is not there yet.
      { ...options, dependsOn },
    );
    this.cleanupFunction = reference;
    this.registerOutputs({
      executionRoleArn: this.executionRoleArn,
      cleanupFunction: this.cleanupFunction,
      registrationKey: this.registrationKey,
      cleanupRoleArn: this.cleanupRoleArn,
    });
  }
}

function registrationText([policy, cleanupRoleArn]: [RetentionPolicy, string | undefined]): string {
  const registration: Registration = { version: 1, policy, cleanupRoleArn };
  return JSON.stringify(registration);
}
