import { DeleteTaskDefinitionsCommand, DeregisterTaskDefinitionCommand, type ECSClient } from "@aws-sdk/client-ecs";
import type { Outcome, Removal } from "../retention/types";
import { kindOf, nameOf } from "./errors";
import type { Calls } from "./retry";

/** AWS takes at most this many revisions in one DeleteTaskDefinitions. */
export const DELETE_AT_ONCE = 10;

export const REMOVAL_OPERATIONS: Record<Removal, string> = {
  deregister: "DeregisterTaskDefinition",
  delete: "DeleteTaskDefinitions",
};

/** What one removing call is about: one ACTIVE revision, or up to {@link DELETE_AT_ONCE} INACTIVE ones. */
export interface Batch {
  action: Removal;
  arns: string[];
}

/** What one removing call did. */
export interface Applied {
  /** One for each ARN that was sent. */
  results: (Pick<Outcome, "result" | "cause"> & { subject: string })[];
  /**
   * Whether others may follow. `run`: somebody else needs the bucket, nothing more is removed. `service`: its role may
   * not remove. `unknown`: the call may have had its effect; several in a row end the service.
   */
  ends?: { what: "run" | "service" | "unknown"; cause: string };
}

/** Sends one removing call, once and never again. */
export async function applyBatch(client: ECSClient, calls: Calls, { action, arns }: Batch): Promise<Applied> {
  const operation = `ecs:${REMOVAL_OPERATIONS[action]}`;
  try {
    const reasons = await calls.remove(operation, () => SEND[action](client, arns));
    return {
      results: arns.map((subject) => {
        const reason = reasons.get(subject);
        return reason === undefined
          ? { subject, result: "done" }
          : { subject, result: "failed", cause: `${operation}: ${reason}` };
      }),
    };
  } catch (error) {
    return refused(arns, `${operation}: ${nameOf(error)}`, error);
  }
}

/** Why each revision that was not removed was not, by ARN. */
type Reasons = Map<string, string>;

const SEND: Record<Removal, (client: ECSClient, arns: string[]) => Promise<Reasons>> = {
  async deregister(client, arns) {
    const reasons: Reasons = new Map();
    for (const arn of arns) {
      const answer = await client.send(new DeregisterTaskDefinitionCommand({ taskDefinition: arn }));
      const status = answer.taskDefinition?.status ?? "missing";
      if (status !== "INACTIVE") reasons.set(arn, `answered with status ${status}`);
    }
    return reasons;
  },

  async delete(client, arns) {
    const answer = await client.send(new DeleteTaskDefinitionsCommand({ taskDefinitions: arns }));
    const deleted = new Set(answer.taskDefinitions?.map((definition) => definition.taskDefinitionArn));
    const unnamed = answer.failures?.find(({ arn }) => !arn)?.reason;
    const reasons: Reasons = new Map(
      arns.filter((arn) => !deleted.has(arn)).map((arn) => [arn, unnamed ?? "missing in the answer"]),
    );
    // A failure wins where an answer names a revision twice.
    for (const { arn, reason, detail } of answer.failures ?? []) {
      if (arn) reasons.set(arn, [reason ?? "no reason given", detail].filter(Boolean).join(": "));
    }
    return reasons;
  },
};

function refused(arns: string[], cause: string, error: unknown): Applied {
  const all = (result: Outcome["result"], why = cause) => arns.map((subject) => ({ subject, result, cause: why }));
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
