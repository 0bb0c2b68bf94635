// A password in a container's environment, in the definitions that both the task definition and its role are made from.
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ServiceRetention } from "ecs-retention";

const config = new pulumi.Config();
const containerDefinitions = pulumi.jsonStringify([
  {
    name: "app",
    image: `123456789012.dkr.ecr.eu-west-1.amazonaws.com/checkout:${config.require("tag")}`,
    memory: 128,
    environment: [{ name: "PASSWORD", value: config.requireSecret("password") }],
  },
]);

const retention = new ServiceRetention("checkout", { family: "checkout", executionRole: { containerDefinitions } });

new aws.ecs.TaskDefinition("checkout", {
  family: "checkout",
  containerDefinitions,
  executionRoleArn: retention.executionRoleArn,
});
