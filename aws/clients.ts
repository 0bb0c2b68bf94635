import { S3Client } from "@aws-sdk/client-s3";
import { STSClient } from "@aws-sdk/client-sts";

// The last of them, since a bundle is gzipped best where ECS stands next to the code that names its operations.

import { ECSClient } from "@aws-sdk/client-ecs";

/** Credentials of one session, as STS AssumeRole hands them out. */
interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** Makes the SDK clients of one Region: the AWS SDK's own here, connected to a simulated account in tests. */
export interface Connect {
  /** With the caller's own credentials, or with those given. */
  ecs(credentials?: Credentials): ECSClient;
  s3(): S3Client;
  sts(): STSClient;
}

/**
 * One attempt a call: reads are retried by retry.ts on the injected clock, removals never. A socket that falls silent is
 * given up (below 6 s the SDK leaves that to the socket and starts no timer of its own).
 */
const SETTINGS = { maxAttempts: 1, requestHandler: { socketTimeout: 5_500 } };

/**
 * Clients with the standard credentials of the environment; `AWS_ENDPOINT_URL` is honoured by the SDK itself.
 *
 * @param options.region Region of every client, for example `eu-central-1`.
 */
export function connect({ region }: { region: string }): Connect {
  return {
    ecs: (credentials) => new ECSClient({ region, ...SETTINGS, ...(credentials && { credentials }) }),
    s3: () => new S3Client({ region, ...SETTINGS, forcePathStyle: endpointIsOverridden() }),
    sts: () => new STSClient({ region, ...SETTINGS }),
  };
}

/** A stand-in for S3 has no DNS name for each bucket. */
function endpointIsOverridden(): boolean {
  return Boolean(process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL);
}
