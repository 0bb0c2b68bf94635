// A task definition whose every change makes a new revision, with and without `retainRevisions`.
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { retainRevisions } from "ecs-retention";

const config = new pulumi.Config();
if (config.getBoolean("retain")) pulumi.runtime.registerResourceTransform(retainRevisions);

const taskDefinition = new aws.ecs.TaskDefinition("checkout", {
  family: "checkout",
  containerDefinitions: pulumi.jsonStringify([{ name: "app", image: config.require("image"), memory: 128 }]),
});

export const revision = taskDefinition.revision;
