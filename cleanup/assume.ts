import type { ECSClient } from "@aws-sdk/client-ecs";
import { AssumeRoleCommand } from "@aws-sdk/client-sts";
import type { Connect } from "../aws/clients";
import { kindOf } from "../aws/errors";
import { type Calls, ReadError } from "../aws/retry";
import type { GoodRegistration } from "./registrations";

/** The shortest session that STS gives; a run removes for at most 5 minutes. */
const SESSION_SECONDS = 900;

/**
 * Opens a service's own cleanup role. The hash of the policy that was read is the external id, so IAM itself refuses a
 * policy that was not deployed together with the role.
 *
 * @throws Error with what to do where the role cannot be assumed.
 */
export function assumeCleanupRole(connect: Connect, runId: string) {
  const sts = connect.sts();
  return async ({ registration, hash }: GoodRegistration, calls: Calls): Promise<ECSClient> => {
    const command = new AssumeRoleCommand({
      RoleArn: registration.cleanupRoleArn,
      RoleSessionName: runId,
      ExternalId: hash,
      DurationSeconds: SESSION_SECONDS,
    });
    try {
      const { Credentials: session } = await calls.read("sts:AssumeRole", () => sts.send(command));
      const { AccessKeyId: accessKeyId = "", SecretAccessKey: secretAccessKey = "" } = session ?? {};
      return connect.ecs({ accessKeyId, secretAccessKey, sessionToken: session?.SessionToken });
    } catch (error) {
      if (error instanceof ReadError && kindOf(error.cause) === "denied") {
        throw new Error("policy and role differ: being deployed, or edited; deploy the service again", {
          cause: error,
        });
      }
      throw error;
    }
  };
}
