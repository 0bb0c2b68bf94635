// A stack as teams write it: a cleanup function of its own or another stack's, and services that join it.
import * as pulumi from "@pulumi/pulumi";
import { CleanupFunction, type CleanupFunctionArgs, ServiceRetention, type ServiceRetentionArgs } from "ecs-retention";

const config = new pulumi.Config("shop");
const platform = config.get("platform");

export const cleanupFunction = platform
  ? new pulumi.StackReference(platform).requireOutput("cleanupFunction")
  : new CleanupFunction("cleanup", config.getObject<CleanupFunctionArgs>("function")).reference;

const services = config.getObject<Record<string, ServiceRetentionArgs>>("services") ?? {};
for (const [name, args] of Object.entries(services)) new ServiceRetention(name, { ...args, cleanupFunction });
