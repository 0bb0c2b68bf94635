import type { Volume } from "../containers";
import { parseSecretReference, type SecretReference } from "../secret-reference";
import { fieldGrants } from "./grant";
import { secretGrants } from "./secrets";

const CREDENTIALS = "fsxWindowsFileServerVolumeConfiguration.authorizationConfig.credentialsParameter";

/** FSx for Windows, which ECS mounts. EFS needs nothing of this role: the task role authorises there. */
export const volumeGrants = fieldGrants<SecretReference, Volume>("fsxWindowsFileServerVolumeConfiguration", {
  called: ({ name }) => `volume ${name || "without a name"}`,
  named: ({ fsxWindowsFileServerVolumeConfiguration: fsx }) => [
    { field: CREDENTIALS, text: fsx?.authorizationConfig?.credentialsParameter },
  ],
  parse: (text) => parseSecretReference(text),
  grants: (credentials, because, context) => [
    ...secretGrants(credentials, because, context),
    {
      // AWS grants it on `*` only.
      sid: "DescribeFileSystems",
      actions: ["fsx:DescribeFileSystems"],
      resource: "*",
      conditions: { StringEquals: { "aws:RequestedRegion": context.region } },
      because,
    },
  ],
});
