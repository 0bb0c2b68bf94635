import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Scope } from "../permissions/statement";

/** Account, partition and Region that the component's provider deploys to. */
export function scopeOf(parent: pulumi.Resource, region?: pulumi.Input<string>): pulumi.Output<Scope> {
  return pulumi
    .all([
      aws.getPartitionOutput({}, { parent }).partition,
      region ?? aws.getRegionOutput({}, { parent }).region,
      aws.getCallerIdentityOutput({}, { parent }).accountId,
    ])
    .apply(([partition, region, account]) => ({ partition, region, account }));
}
