// Another team's stack: its service joins the cleanup function that the platform's stack made.
import * as pulumi from "@pulumi/pulumi";
import { ServiceRetention } from "ecs-retention";

const platform = new pulumi.StackReference(new pulumi.Config().get("platform") ?? "acme/platform/prod");

const retention = new ServiceRetention("invoices", {
  family: "invoices",
  cleanupFunction: platform.requireOutput("cleanupFunction"),
});

export const registration = retention.registrationKey;
