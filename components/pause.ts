import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { STORE } from "../retention/store-layout";
import { WITHOUT_DEFAULT_TAGS } from "./retention-store";

/** Stops removals with an object in the store, which every run looks for before it removes. */
export function addPause(
  name: string,
  { bucket, region }: { bucket: pulumi.Input<string>; region?: pulumi.Input<string> },
  options: pulumi.CustomResourceOptions,
): pulumi.Resource {
  return new aws.s3.BucketObjectv2(
    `${name}-pause`,
    {
      bucket,
      key: `${STORE.control}PAUSED`,
      content: `CleanupFunction "${name}" is paused: nothing is removed. Deploy it without \`paused\` to go on.\n`,
      contentType: "text/plain",
      ...WITHOUT_DEFAULT_TAGS,
      region,
    },
    options,
  );
}
