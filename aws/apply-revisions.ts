import { DeleteTaskDefinitionsCommand, DeregisterTaskDefinitionCommand, type ECSClient } from "@aws-sdk/client-ecs";
import type { Millis, Removal } from "../retention/types";
import { kindOf, nameOf } from "./errors";
import type { Calls } from "./retry";

/** AWS takes at most this many revisions in one DeleteTaskDefinitions. */
export const DELETE_AT_ONCE = 10;

export const REMOVAL_OPERATIONS: Record<Removal, string> = {
  deregister: "DeregisterTaskDefinition",
  delete: "DeleteTaskDefinitions",
};

/** What one removing call did with one revision. */
interface Applied {
  subject: string;
  result: "done" | "failed" | "postponed";
  cause?: string;
  /** Of one that was deregistered, as AWS answers. */
  deregisteredAt?: Millis;
}

/** What one removing call did. */
export interface Answer {
  /** One for each ARN that was sent. */
  results: Applied[];
  /**
   * Whether others may follow. `run`: somebody else needs the bucket, nothing more is removed. `service`: its role may
   * not remove. `unknown`: the call may have had its effect; several in a row end the service.
   */
  ends?: { what: "run" | "service" | "unknown"; cause: string };
}

/**
 * Sends one removing call, once and never again.
 *
 * @param arns One ACTIVE revision to deregister, or up to {@link DELETE_AT_ONCE} INACTIVE ones to delete.
 */
export async function remove(client: ECSClient, calls: Calls, action: Removal, arns: string[]): Promise<Answer> {
  const operation = `ecs:${REMOVAL_OPERATIONS[action]}`;
  try {
    const results = await calls.remove(operation, () => SEND[action](client, arns));
    return {
      results: results.map((each) => ({ ...each, ...(each.cause && { cause: `${operation}: ${each.cause}` }) })),
    };
  } catch (error) {
    return refused(arns, `${operation}: ${nameOf(error)}`, error);
  }
}

const SEND: Record<Removal, (client: ECSClient, arns: string[]) => Promise<Applied[]>> = {
  deregister: (client, arns) =>
    Promise.all(
      arns.map(async (subject) => {
        const answer = await client.send(new DeregisterTaskDefinitionCommand({ taskDefinition: subject }));
        const { status = "missing", deregisteredAt } = answer.taskDefinition ?? {};
        return status === "INACTIVE"
          ? { subject, result: "done", ...(deregisteredAt && { deregisteredAt: deregisteredAt.getTime() }) }
          : { subject, result: "failed", cause: `answered with status ${status}` };
      }),
    ),

  async delete(client, arns) {
    const answer = await client.send(new DeleteTaskDefinitionsCommand({ taskDefinitions: arns }));
    const deleted = new Set(answer.taskDefinitions?.map((definition) => definition.taskDefinitionArn));
    const unnamed = answer.failures?.find(({ arn }) => !arn)?.reason;
    const reasons = new Map(
      arns.filter((arn) => !deleted.has(arn)).map((arn) => [arn, unnamed ?? "missing in the answer"]),
    );
    // A failure wins where an answer names a revision twice.
    for (const { arn, reason, detail } of answer.failures ?? []) {
      if (arn) reasons.set(arn, [reason ?? "no reason given", detail].filter(Boolean).join(": "));
    }
    return arns.map((subject) => {
      const cause = reasons.get(subject);
      return cause === undefined ? { subject, result: "done" } : { subject, result: "failed", cause };
    });
  },
};

function refused(arns: string[], cause: string, error: unknown): Answer {
  const all = (result: Applied["result"], why = cause) => arns.map((subject) => ({ subject, result, cause: why }));
  switch (kindOf(error)) {
    case "throttled":
      return { results: all("postponed"), ends: { what: "run", cause } };
    case "denied":
      return { results: all("failed"), ends: { what: "service", cause } };
    case "unavailable":
      return { results: all("failed", `${cause}, effect unknown`), ends: { what: "unknown", cause } };
    case "refused":
      return { results: all("failed") };
  }
}
