import { DescribeTaskDefinitionCommand, type ECSClient, ListTaskDefinitionsCommand } from "@aws-sdk/client-ecs";
import type { Gap, GapScope, Revision } from "../retention/types";
import { parseRevisionArn } from "./arn";
import { nameOf } from "./errors";
import { gapIn, gapOf } from "./gaps";
import { listAll } from "./paging";
import { type Calls, ReadError } from "./retry";

/** Up to this many families are listed one by one; for more, one list of the whole account takes fewer pages. */
export const LISTED_BY_FAMILY = 20;

// In the order in which a revision moves on, so that one that moves while they are read is in one list at least.
const STATUSES = ["ACTIVE", "INACTIVE", "DELETE_IN_PROGRESS"] as const;
const LIST = "ecs:ListTaskDefinitions";
const DESCRIBE = "ecs:DescribeTaskDefinition";

/**
 * Every revision of the families, newest first, without dates. Calls: for each status the pages of ListTaskDefinitions,
 * for each family or, beyond {@link LISTED_BY_FAMILY}, once for the account. A list that fails is a gap.
 */
export async function listRevisions(
  client: ECSClient,
  calls: Calls,
  families: ReadonlySet<string>,
): Promise<{ revisions: Revision[]; gaps: Gap[] }> {
  const revisions: Revision[] = [];
  const gaps: Gap[] = [];
  for (const family of families.size > LISTED_BY_FAMILY ? [undefined] : families) {
    const scope: GapScope = family === undefined ? { kind: "account" } : { kind: "family", name: family };
    try {
      for (const status of STATUSES) {
        for (const arn of await list(client, calls, status, family)) {
          const revision = listed(arn, status);
          if (!revision) gaps.push(gapIn(LIST, `${LIST}: "${arn}" is not the ARN of a revision`, "revisions", scope));
          else if (families.has(revision.family)) revisions.push(revision);
        }
      }
    } catch (error) {
      gaps.push(gapOf(error, "revisions", scope));
    }
  }
  return { revisions, gaps };
}

function list(client: ECSClient, calls: Calls, status: Revision["status"], family?: string): Promise<string[]> {
  // What AWS calls a prefix here is the whole name of the family.
  const input = { status, sort: "DESC", maxResults: 100, familyPrefix: family } as const;
  return listAll(
    calls,
    LIST,
    (nextToken) => client.send(new ListTaskDefinitionsCommand({ ...input, nextToken })),
    (answer) => answer.taskDefinitionArns,
  );
}

function listed(arn: string, status: Revision["status"]): Revision | undefined {
  const parsed = parseRevisionArn(arn);
  return parsed && { arn, family: parsed.family, revision: parsed.revision, status };
}

/**
 * The revision with its dates and its status of now.
 *
 * @returns `undefined` where it vanished since it was listed.
 * @throws ReadError where it cannot be read.
 */
export async function describeRevision(
  client: ECSClient,
  calls: Calls,
  revision: Revision,
): Promise<Revision | undefined> {
  try {
    const { taskDefinition } = await calls.read(DESCRIBE, () =>
      client.send(new DescribeTaskDefinitionCommand({ taskDefinition: revision.arn })),
    );
    const { status, registeredAt, deregisteredAt } = taskDefinition ?? {};
    return {
      ...revision,
      ...(status && { status }),
      ...(registeredAt && { registeredAt: registeredAt.getTime() }),
      ...(deregisteredAt && { deregisteredAt: deregisteredAt.getTime() }),
    };
  } catch (error) {
    if (error instanceof ReadError && nameOf(error.cause) === "ClientException") return undefined;
    throw error;
  }
}
