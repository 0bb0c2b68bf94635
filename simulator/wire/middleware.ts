import { Readable } from "node:stream";
import { CodeDeployClient } from "@aws-sdk/client-codedeploy";
import { ECRClient } from "@aws-sdk/client-ecr";
import { ECSClient } from "@aws-sdk/client-ecs";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { PipesClient } from "@aws-sdk/client-pipes";
import { S3Client } from "@aws-sdk/client-s3";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SFNClient } from "@aws-sdk/client-sfn";
import { STSClient } from "@aws-sdk/client-sts";
import type { ConnectEcr } from "../../aws/ecr-client";
import { AwsError, type Principal } from "../operation";
import type { World } from "../world";

/** The part of an SDK client that this needs; the clients' own generics differ. */
interface Stack {
  middlewareStack: {
    add(
      middleware: (
        next: unknown,
        context: { commandName?: string },
      ) => (args: { input: object }) => Promise<{ output: object; response: unknown }>,
      options: { step: "initialize"; priority: "high"; name: string },
    ): void;
  };
}

/** The AWS SDK's own clients, answered in process by the world's gate: no wire, no signature, no socket. */
export function connectTo(world: World, principal: Principal, region: string): ConnectEcr {
  const settings = { region, maxAttempts: 1, credentials: principal };
  return {
    ecs: (credentials) => {
      const caller = credentials ? world.principalOf(credentials.accessKeyId) : principal;
      return attach(new ECSClient(settings), "ecs", caller);
    },
    ecr: () => attach(new ECRClient(settings), "ecr", principal),
    s3: () => attach(new S3Client(settings), "s3", principal),
    sts: () => attach(new STSClient(settings), "sts", principal),
    events: () => attach(new EventBridgeClient(settings), "events", principal),
    pipes: () => attach(new PipesClient(settings), "pipes", principal),
    scheduler: () => attach(new SchedulerClient(settings), "scheduler", principal),
    states: () => attach(new SFNClient(settings), "states", principal),
    codedeploy: () => attach(new CodeDeployClient(settings), "codedeploy", principal),
  };

  function attach<C extends object>(client: C, service: string, caller: Principal | undefined): C {
    (client as Stack).middlewareStack.add(
      (_next, { commandName = "" }) =>
        async ({ input }) => {
          if (!caller) {
            throw new AwsError("UnrecognizedClientException", "The security token included in the request is invalid.");
          }
          const operation = commandName.replace(/Command$/, "");
          const output = await world.gate.call({ principal: caller, region, service, operation, input });
          const $metadata = { httpStatusCode: 200, attempts: 1, totalRetryDelay: 0 };
          return { output: { ...output, ...streamed(output.Body), $metadata }, response: {} };
        },
      { step: "initialize", priority: "high", name: "simulator" },
    );
    return client;
  }
}

/** A body as the SDK hands it out: a stream with the SDK's reading methods. */
function streamed(body: Buffer | undefined): { Body?: Readable } {
  if (body === undefined) return {};
  return {
    Body: Object.assign(Readable.from([body]), {
      transformToByteArray: async () => new Uint8Array(body),
      transformToString: async (encoding?: BufferEncoding) => body.toString(encoding),
    }),
  };
}
