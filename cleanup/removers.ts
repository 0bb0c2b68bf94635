import type { ECSClient } from "@aws-sdk/client-ecs";
import type { Calls } from "../aws/retry";
import type { Clock } from "../retention/types";
import { RoleRefusedError } from "./assume";
import type { Findings } from "./memory";
import type { RunOptions } from "./options";
import { endPart, type Part, postpone } from "./parts";

export interface Removers {
  /** The client that removes for a part, opened once; `undefined`: it cannot be had, and the part was ended. */
  clientOf(part: Part): Promise<ECSClient | undefined>;
  /** Which roles were asked for, by registration's key. */
  roles: Findings["roles"];
}

/**
 * A role that cannot be had ends its service's part alone. One that refuses may be about to be deployed: that is a problem
 * only where it refused the last run too.
 */
export function removers(
  { clock, removerFor, calls }: { clock: Clock; calls: Calls } & Pick<RunOptions, "removerFor">,
  refusedBefore: readonly string[],
): Removers {
  const clients = new Map<Part, ECSClient>();
  const roles = new Map<string, "opened" | "refused">();

  async function open(part: Part): Promise<ECSClient | undefined> {
    const { key } = part.registration;
    try {
      const client = await removerFor(part.registration, calls);
      clients.set(part, client);
      roles.set(key, "opened");
      return client;
    } catch (error) {
      const { message } = error as Error;
      if (!(error instanceof RoleRefusedError)) endPart(part, "pace", message, clock.now());
      else {
        roles.set(key, "refused");
        if (refusedBefore.includes(key)) endPart(part, "refused", message, clock.now());
        else {
          part.report.notes.push(`${message}: a problem if the next run finds it so too`);
          postpone(part, "refused", message, clock.now());
        }
      }
      return undefined;
    }
  }

  return { roles, clientOf: async (part) => clients.get(part) ?? (await open(part)) };
}
