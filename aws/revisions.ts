import {
  DescribeTaskDefinitionCommand,
  type ECSClient,
  ListTaskDefinitionsCommand,
  type Tag,
  type TaskDefinition,
} from "@aws-sdk/client-ecs";
import { matchesFamily } from "../retention/families";
import type { Gap, GapScope, RetentionPolicy, Revision, RevisionFact } from "../retention/types";
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

/** Whose revisions are listed: what a policy says of its families. */
export type Wanted = Pick<RetentionPolicy, "family" | "familyMatch">;

/**
 * Every revision of the families, newest first, without what a description tells. Calls: for each status the pages of
 * ListTaskDefinitions, for each family or, beyond {@link LISTED_BY_FAMILY} and where a name is only the beginning of the
 * families', once for the account. A list that fails is a gap.
 */
export async function listRevisions(
  client: ECSClient,
  calls: Calls,
  wanted: readonly Wanted[],
): Promise<{ revisions: Revision[]; gaps: Gap[] }> {
  const revisions: Revision[] = [];
  const gaps: Gap[] = [];
  const isWanted = wantedFamilies(wanted);
  const families = new Set(wanted.map(({ family }) => family));
  const oneByOne = families.size <= LISTED_BY_FAMILY && wanted.every(({ familyMatch }) => familyMatch === "exact");
  for (const family of oneByOne ? families : [undefined]) {
    const scope: GapScope = family === undefined ? { kind: "account" } : { kind: "family", name: family };
    try {
      for (const status of STATUSES) {
        for (const arn of await list(client, calls, status, family)) {
          const revision = listed(arn, status);
          if (!revision) gaps.push(gapIn(LIST, `${LIST}: "${arn}" is not the ARN of a revision`, "revisions", scope));
          else if (isWanted(revision.family)) revisions.push(revision);
        }
      }
    } catch (error) {
      gaps.push(gapOf(error, "revisions", scope));
    }
  }
  return { revisions, gaps };
}

/** Asks each policy once about a family, however many revisions that has. */
function wantedFamilies(wanted: readonly Wanted[]): (family: string) => boolean {
  const exact = new Set(wanted.filter(({ familyMatch }) => familyMatch === "exact").map(({ family }) => family));
  const patterns = wanted.filter(({ familyMatch }) => familyMatch !== "exact");
  const known = new Map<string, boolean>();
  return (family) => {
    const is = known.get(family) ?? (exact.has(family) || patterns.some((policy) => matchesFamily(policy, family)));
    known.set(family, is);
    return is;
  };
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

/** What AWS tells of one revision. */
export interface Described {
  definition: TaskDefinition;
  /** Only where they were asked for. */
  tags: Tag[];
}

/**
 * Describes a revision.
 *
 * @param include Read its tags too.
 * @returns `undefined` where it vanished since it was listed.
 * @throws ReadError where it cannot be read.
 */
export async function describeRevision(
  client: ECSClient,
  calls: Calls,
  arn: string,
  include: "TAGS"[] = [],
): Promise<Described | undefined> {
  const input = { taskDefinition: arn, ...(include.length > 0 && { include }) };
  try {
    const answer = await calls.read(DESCRIBE, () => client.send(new DescribeTaskDefinitionCommand(input)));
    const { taskDefinition: definition, tags = [] } = answer;
    if (definition?.taskDefinitionArn !== arn) throw new ReadError(DESCRIBE, new UnexpectedAnswerError());
    return { definition, tags };
  } catch (error) {
    if (error instanceof ReadError && nameOf(error.cause) === "ClientException") return undefined;
    throw error;
  }
}

/** A description of something else than what was asked for. */
class UnexpectedAnswerError extends Error {
  override name = "UnexpectedAnswer";
}

/** The facts of a description; `plaintextSecrets` are found by whoever may look at values. */
export function factOf(definition: TaskDefinition, plaintextSecrets: string[]): RevisionFact {
  const { family, revision, status, registeredAt, deregisteredAt } = definition;
  return {
    revision: `${family}:${revision}`,
    ...(registeredAt && { registeredAt: registeredAt.getTime() }),
    ...(deregisteredAt && { deregisteredAt: deregisteredAt.getTime() }),
    ...(status === "INACTIVE" && !deregisteredAt && { undated: true as const }),
    plaintextSecrets,
  };
}
