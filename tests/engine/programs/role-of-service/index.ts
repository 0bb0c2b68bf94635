// A service whose tasks start with a role derived from its containers, in as many managed policies as the config says.
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ExecutionRole } from "ecs-retention";

const config = new pulumi.Config();
const containerDefinitions = pulumi.jsonStringify([
  {
    name: "app",
    image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/checkout:1.4.2",
    memory: 128,
    secrets: ["a", "b", "c"].map((name) => ({ name, valueFrom: `/checkout/${name}` })),
  },
]);

const role = new ExecutionRole("checkout", { containerDefinitions, policyCount: config.getNumber("policyCount") });
const taskDefinition = new aws.ecs.TaskDefinition("checkout", {
  family: "checkout",
  containerDefinitions,
  executionRoleArn: role.arn,
});
new aws.ecs.Service("checkout", {
  cluster: new aws.ecs.Cluster("shop").arn,
  taskDefinition: taskDefinition.arn,
  desiredCount: 1,
});

export const grants = role.grants;
