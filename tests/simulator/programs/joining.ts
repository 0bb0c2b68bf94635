import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const platform = new pulumi.StackReference(new pulumi.Config("joining").require("platform"));
const bucket = platform.requireOutput("bucketName");
new aws.s3.BucketObjectv2("registration", { bucket, key: "policies/joining.json", content: "{}" });

export const joined = bucket;
export const containers = platform.getOutput("containers");
