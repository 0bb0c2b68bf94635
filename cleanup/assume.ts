import type { ECSClient } from "@aws-sdk/client-ecs";
import { AssumeRoleCommand } from "@aws-sdk/client-sts";
import type { Connect } from "../aws/clients";
import { kindOf } from "../aws/errors";
import { type Calls, ReadError } from "../aws/retry";
import type { GoodRegistration } from "./registrations";

/** The shortest session that STS gives; longer than a function runs. */
const SESSION_SECONDS = 900;

/** The role does not know this policy: it is being deployed just now, or one of the two was edited. */
export class RoleRefusedError extends Error {
  override name = "RoleRefusedError";
}

/**
 * Opens a service's own cleanup role. The hash of the policy that was read is the external id, so IAM itself refuses a
 * policy that was not deployed together with the role.
 *
 * @throws RoleRefusedError with what to do; ReadError where STS cannot be reached.
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
        const text = "policy and role differ: being deployed, or edited; deploy the service again";
        throw new RoleRefusedError(text, { cause: error });
      }
      throw error;
    }
  };
}
