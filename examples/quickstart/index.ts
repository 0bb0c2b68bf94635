// One service: its cluster, its repository, its retention. The cluster has no instances, so it costs nothing yet.
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { LifecycleAction, RetentionMode, retainRevisions, ServiceRetention } from "ecs-retention";

const config = new pulumi.Config();
const family = config.get("family") ?? "checkout";

// Before any resource: a replaced task definition stays ACTIVE for a rollback; retention cleans it up later.
pulumi.runtime.registerResourceTransform(retainRevisions);

const repository = new aws.ecr.Repository("checkout", { name: "shop/checkout" });
const logGroup = new aws.cloudwatch.LogGroup("checkout", { retentionInDays: 30 });

// One string for both, so that the role is allowed what these containers need. Or your own: `pulumi config set`.
const containerDefinitions =
  config.get("containerDefinitions") ??
  pulumi.jsonStringify([
    {
      name: "app",
      image: pulumi.interpolate`${repository.repositoryUrl}:${config.get("version") ?? "1.4.2"}`,
      memory: 256,
      user: "1000:1000",
      readonlyRootFilesystem: true,
      logConfiguration: {
        logDriver: "awslogs",
        options: {
          "awslogs-group": logGroup.name,
          "awslogs-region": aws.getRegionOutput().region,
          "awslogs-stream-prefix": "checkout",
        },
      },
    },
  ]);

const retention = new ServiceRetention("checkout", {
  family,
  mode: config.get<RetentionMode>("mode") ?? RetentionMode.Report,
  executionRole: { containerDefinitions },
  images: {
    repositories: {
      app: {
        repositoryName: repository.name,
        // ECR does not know what is in use: only tags that this service never runs.
        lifecyclePolicy: { rules: [{ tagPatterns: ["pr-*"], keepFor: "14d", action: LifecycleAction.Expire }] },
      },
    },
  },
});

const taskDefinition = new aws.ecs.TaskDefinition("checkout", {
  family,
  containerDefinitions,
  executionRoleArn: retention.executionRoleArn,
  memory: "512",
});
const shop = new aws.ecs.Cluster("shop");
const checkout = new aws.ecs.Service("checkout", {
  cluster: shop.arn,
  taskDefinition: taskDefinition.arn,
  desiredCount: 1,
});

export const cluster = shop.name;
export const service = checkout.name;
export const revision = taskDefinition.arn;
/** For services of other stacks to join. */
export const cleanupFunction = retention.cleanupFunction;
