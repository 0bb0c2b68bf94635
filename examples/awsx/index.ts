// With awsx: the family is set, since awsx would make a new one for each change, and so are the log group and the role.
import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import { retainRevisions, ServiceRetention } from "ecs-retention";

const family = "checkout";
const logGroup = new aws.cloudwatch.LogGroup("checkout", { retentionInDays: 30 });
const containers = {
  app: {
    name: "app",
    image: "public.ecr.aws/docker/library/nginx:1.29",
    cpu: 128,
    memory: 256,
    essential: true,
    user: "101:101",
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
};

const retention = new ServiceRetention("checkout", { family, executionRole: { containers } });

new awsx.ecs.FargateService(
  "checkout",
  {
    cluster: new aws.ecs.Cluster("shop").arn,
    assignPublicIp: true,
    taskDefinitionArgs: {
      family,
      containers,
      logGroup: { skip: true },
      executionRole: { roleArn: retention.executionRoleArn },
    },
  },
  { transforms: [retainRevisions] },
);
