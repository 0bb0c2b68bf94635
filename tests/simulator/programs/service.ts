import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

// A service as a team writes it; what a test varies comes from config.
const config = new pulumi.Config("shop");
const image = config.get("image") ?? "shop/checkout:1";

const skipDestroy: pulumi.ResourceTransform = ({ type, props, opts }) =>
  type === "aws:ecs/taskDefinition:TaskDefinition" && props.skipDestroy === undefined
    ? { props: { ...props, skipDestroy: true }, opts }
    : undefined;
if (config.getBoolean("retain")) pulumi.runtime.registerResourceTransform(skipDestroy);

class Shop extends pulumi.ComponentResource {
  readonly bucketName: pulumi.Output<string>;

  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("shop:index:Shop", name, {}, opts);
    const bucket = new aws.s3.Bucket(
      `${name}-store`,
      {},
      { parent: this, retainOnDelete: config.getBoolean("keepBucket") },
    );
    new aws.s3.BucketVersioning(
      `${name}-store`,
      { bucket: bucket.id, versioningConfiguration: { status: "Enabled" } },
      { parent: this },
    );
    this.bucketName = bucket.bucket;
    this.registerOutputs({ bucketName: bucket.bucket });
  }
}

const account = aws.getCallerIdentityOutput().accountId;
const role = new aws.iam.Role("checkout-execution", {
  name: config.get("roleName"),
  path: config.get("rolePath"),
  assumeRolePolicy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: "ecs-tasks.amazonaws.com" }, Action: "sts:AssumeRole" }],
  }),
});
if (config.get("mode") === "enforce") {
  new aws.iam.RolePolicy("checkout-execution", {
    role: role.id,
    policy: pulumi.jsonStringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "ecs:DeregisterTaskDefinition", Resource: "*" }],
    }),
  });
}
const cluster = new aws.ecs.Cluster("shop", { name: "shop" });
const definition = new aws.ecs.TaskDefinition("checkout", {
  family: "checkout",
  executionRoleArn: role.arn,
  cpu: "256",
  memory: "512",
  containerDefinitions: pulumi.jsonStringify([
    { name: "app", image, environment: [{ name: "TOKEN", value: config.getSecret("token") ?? "none" }] },
  ]),
});
new aws.ecs.Service("checkout", {
  name: "checkout",
  cluster: cluster.arn,
  taskDefinition: definition.arn,
  desiredCount: 1,
});

export const taskDefinition = definition.arn;
export const accountId = account;
export const bucketName = new Shop("shop").bucketName;
export const containers = definition.containerDefinitions;
