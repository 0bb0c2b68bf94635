import { CodeDeployClient } from "@aws-sdk/client-codedeploy";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { PipesClient } from "@aws-sdk/client-pipes";
import { S3Client } from "@aws-sdk/client-s3";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SFNClient } from "@aws-sdk/client-sfn";
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
  events(): EventBridgeClient;
  pipes(): PipesClient;
  scheduler(): SchedulerClient;
  states(): SFNClient;
  codedeploy(): CodeDeployClient;
}

/**
 * One attempt a call: reads are retried by retry.ts on the injected clock, removals never. A socket that falls silent is
 * given up (below 6 s the SDK leaves that to the socket and starts no timer of its own).
 */
export const SETTINGS = { maxAttempts: 1, requestHandler: { socketTimeout: 5_500 } };

/**
 * Clients with the standard credentials of the environment; `AWS_ENDPOINT_URL` is honoured by the SDK itself.
 *
 * @param options.region Region of every client, for example `eu-central-1`.
 */
export function connect({ region }: { region: string }): Connect {
  let s3: S3Client | undefined;
  return {
    ecs: (credentials) => new ECSClient({ region, ...SETTINGS, ...(credentials && { credentials }) }),
    // One client, and its connection, for all invocations: most of them only ask the store whether there is anything to do.
    s3() {
      s3 ??= new S3Client({ region, ...SETTINGS, forcePathStyle: endpointIsOverridden() });
      return s3;
    },
    sts: () => new STSClient({ region, ...SETTINGS }),
    events: () => new EventBridgeClient({ region, ...SETTINGS }),
    pipes: () => new PipesClient({ region, ...SETTINGS }),
    scheduler: () => new SchedulerClient({ region, ...SETTINGS }),
    states: () => new SFNClient({ region, ...SETTINGS }),
    codedeploy: () => new CodeDeployClient({ region, ...SETTINGS }),
  };
}

/** A stand-in for S3 has no DNS name for each bucket. */
function endpointIsOverridden(): boolean {
  return Boolean(process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL);
}
