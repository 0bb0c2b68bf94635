// A cleanup function that can adopt the store which an earlier one left behind.
import * as pulumi from "@pulumi/pulumi";
import { CleanupFunction, ServiceRetention } from "ecs-retention";

const config = new pulumi.Config();
const cleanup = new CleanupFunction("cleanup", { storeBucketName: config.get("storeBucketName") });
new ServiceRetention("checkout", { family: "checkout", cleanupFunction: cleanup.reference });

export const cleanupFunction = cleanup.reference;
