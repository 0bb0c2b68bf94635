// Default providers are disabled in this stack's configuration: whatever is not passed on to a child fails.
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ServiceRetention } from "ecs-retention";

const provider = new aws.Provider("frankfurt", { region: "eu-central-1" });

new ServiceRetention(
  "checkout",
  {
    family: "checkout",
    mode: "enforce",
    executionRole: {
      containerDefinitions: pulumi.jsonStringify([
        { name: "app", image: "123456789012.dkr.ecr.eu-central-1.amazonaws.com/checkout:1", memory: 128 },
      ]),
    },
  },
  { providers: [provider] },
);
