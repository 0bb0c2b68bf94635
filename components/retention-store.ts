import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { storeStatements } from "../permissions/cleanup";
import { policyDocument } from "../permissions/statement";
import { STORE } from "../retention/store-layout";
import { checkNameLength, inputError } from "./inputs";
import { scopeOf } from "./scope";

/** Days that reports and archived revisions are kept. */
const EXPIRING_DAYS = 365;
/** Days that overwritten and deleted versions are kept. */
const NONCURRENT_DAYS = 90;

/** For objects in the store: S3 takes ten tags of one, and a provider's default tags may be more. */
export const WITHOUT_DEFAULT_TAGS = { overrideProvider: { defaultTags: { tags: {} } } };

export interface RetentionStoreArgs {
  /**
   * Name of a store that an earlier stack left behind: its objects stay, its settings become this component's.
   * @default - a new bucket
   */
  bucketName?: pulumi.Input<string>;
  /**
   * Whether destroying the stack deletes the bucket and all it holds. It takes effect with one update before the destroy.
   * @default false
   */
  deleteOnDestroy?: boolean;
  /**
   * Region of the bucket.
   * @default - the provider's Region
   */
  region?: pulumi.Input<string>;
  /**
   * Tags of the bucket.
   * @default - the provider's default tags
   */
  tags?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
}

/** The bucket that holds registrations, what runs remember, and reports: versioned, encrypted, private, over TLS only. It outlives the stack. */
export class RetentionStore extends pulumi.ComponentResource {
  /** Name of the bucket. */
  public readonly bucketName: pulumi.Output<string>;

  /** @throws InputPropertiesError where the name is too long, or an adopted bucket is to be deleted on destroy. */
  constructor(name: string, args: RetentionStoreArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    checkNameLength(`RetentionStore "${name}"`, name, "-bucket", 63);
    super("ecs-retention:index:RetentionStore", name, args, opts);
    const { region, tags, deleteOnDestroy = false } = args;
    if (args.bucketName && deleteOnDestroy) {
      const fix = "remove it, and delete the adopted bucket by hand when it is no longer needed";
      const problem = { path: "deleteOnDestroy", given: "true", expected: "false with an adopted bucket", fix };
      throw inputError(`RetentionStore "${name}"`, [problem]);
    }
    // Children do not inherit what their component depends on.
    const options = { parent: this, dependsOn: opts?.dependsOn, retainOnDelete: !deleteOnDestroy };
    const bucket = args.bucketName
      ? pulumi.output(args.bucketName)
      : new aws.s3.Bucket(`${name}-bucket`, { forceDestroy: deleteOnDestroy, region, tags }, options).bucket;
    new aws.s3.BucketVersioning(
      `${name}-versioning`,
      { bucket, versioningConfiguration: { status: "Enabled" }, region },
      options,
    );
    new aws.s3.BucketServerSideEncryptionConfiguration(
      `${name}-encryption`,
      { bucket, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }], region },
      options,
    );
    new aws.s3.BucketOwnershipControls(
      `${name}-ownership`,
      { bucket, rule: { objectOwnership: "BucketOwnerEnforced" }, region },
      options,
    );
    const access = new aws.s3.BucketPublicAccessBlock(
      `${name}-public-access`,
      {
        bucket,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
        region,
      },
      options,
    );
    const policy = pulumi
      .all([scopeOf(this, region), bucket])
      .apply(([{ partition }, bucket]) => policyDocument(storeStatements(partition, bucket)));
    // S3 refuses concurrent changes of a bucket's policy and its public access block.
    const afterAccess = pulumi.mergeOptions(options, { dependsOn: access });
    new aws.s3.BucketPolicy(`${name}-policy`, { bucket, policy, region }, afterAccess);
    new aws.s3.BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      {
        bucket,
        // What runs go by never expires: registrations, ledgers, facts, journals, state.
        rules: [
          ...[STORE.reports, STORE.archive].map((prefix) => ({
            id: `expire-${prefix.slice(0, -1)}`,
            status: "Enabled",
            filter: { prefix },
            expiration: { days: EXPIRING_DAYS },
          })),
          {
            id: "expire-noncurrent-versions",
            status: "Enabled",
            filter: { prefix: "" },
            noncurrentVersionExpiration: { noncurrentDays: NONCURRENT_DAYS },
          },
        ],
        region,
      },
      options,
    );
    this.bucketName = bucket;
    this.registerOutputs({ bucketName: this.bucketName });
  }
}
