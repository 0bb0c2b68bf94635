import type { ECSClient, Failure, Service } from "@aws-sdk/client-ecs";
import { parseTaskDefinition, type Use } from "../../retention/references/task-definition";
import type { AccountState, Gap, Reference, ReferenceSourceId, Success } from "../../retention/types";
import type { Connect } from "../clients";
import { nameOf } from "../errors";
import { gapIn, gapOf } from "../gaps";
import { type Calls, CutOffError, ReadError } from "../retry";

type Completed = AccountState["completedDeployments"];

/** What all sources read from. */
export interface Origin {
  connect: Connect;
  client: ECSClient;
  calls: Calls;
  account: string;
  region: string;
  /** ARNs of every cluster, read once for all sources. */
  clusters: string[];
  /** What is remembered of services whose deployments had completed. */
  completed: Completed;
  /** Every service, as far as it could be described; whole once `servicesRead` resolves. */
  services: Service[];
  servicesRead: Promise<void>;
}

/** What one source found. */
export interface Found {
  references: Reference[];
  successes: Success[];
  gaps: Gap[];
  completed: Completed;
}

/** What a source reads from and reports to. */
export interface Scan extends Origin {
  found: Found;
  /** `by` needs this task definition: an ARN or not, with a revision or without. One that cannot be read is a gap. */
  refers(by: string, taskDefinition: string | undefined): void;
  /** As `refers`, or a gap of the families that it could mean. */
  uses(by: string, use: Use): void;
  /** A deployment of `by` completed on this task definition, if it did. */
  succeeded(by: string, taskDefinition: string | undefined, at: Date | undefined): void;
  /** What `by` needs is not known: a gap of the families that it could mean, of all where that is empty. */
  unclear(by: string, detail: string, couldMean: string, remedy?: string, cause?: Gap["cause"]): void;
  /** A gap of the account. */
  gap(operation: string, detail: string): void;
  /** Reads what belongs to one item: nothing where it is gone meanwhile, a gap of that item where it cannot be read. */
  item<T>(by: string, read: () => Promise<T>, couldMean?: string): Promise<T | undefined>;
}

/** Reads one source to its end; what it throws becomes a gap of the account. */
export type Reader = (scan: Scan) => Promise<void>;

export function scanOf(source: ReferenceSourceId, origin: Origin): Scan {
  const found: Found = { references: [], successes: [], gaps: [], completed: {} };
  const add = (gap: Gap) => {
    if (!found.gaps.some(({ id }) => id === gap.id)) found.gaps.push(gap);
  };
  const scan: Scan = {
    ...origin,
    found,
    refers(by, taskDefinition = "") {
      const named = parseTaskDefinition(taskDefinition);
      const remedy = "name a task definition of this account and Region there, or acknowledge this gap";
      if (!named) {
        scan.unclear(by, `names "${taskDefinition.slice(0, 300)}", which is no task definition`, "", remedy, "failed");
      } else if (named.account && (named.account !== origin.account || named.region !== origin.region)) {
        scan.unclear(by, `names ${taskDefinition}, of another account or Region`, named.family, remedy, "failed");
      } else {
        const target = { kind: "revision" as const, family: named.family, revision: named.revision };
        found.references.push({ source, by, target });
      }
    },
    uses(by, use) {
      if ("names" in use) scan.refers(by, use.names);
      else scan.unclear(by, "runs a task definition that is not known before it runs", use.couldMean);
    },
    succeeded(by, taskDefinition = "", at) {
      const { family = "", revision } = parseTaskDefinition(taskDefinition) ?? {};
      if (at && typeof revision === "number") found.successes.push({ family, revision, at: at.getTime(), by });
    },
    unclear(by, detail, couldMean, remedy = NAME_IT, cause = "dynamic") {
      const id = [source, by, ...(couldMean ? [`${couldMean}*`] : [])].join("/");
      const scope = { kind: "item" as const, name: by, couldMean };
      add({ id, source, scope, cause, detail: `${by} ${detail}`, remedy });
    },
    gap(operation, detail) {
      add(gapIn(operation, `${operation}: ${detail}`, source, { kind: "account" }));
    },
    async item(by, read, couldMean = "") {
      try {
        return await unlessGone(read);
      } catch (error) {
        if (!(error instanceof ReadError) || error.cause instanceof CutOffError) throw error;
        add(gapOf(error, source, { kind: "item", name: by, couldMean }));
        return undefined;
      }
    },
  };
  return scan;
}

const NAME_IT = "name the revision there literally, or pin what it runs and acknowledge this gap";

const GONE = /NotFound|DoesNotExist/;

/** `undefined` where AWS says that what is asked for is there no more. */
export async function unlessGone<T>(read: () => Promise<T>, gone = GONE): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ReadError && gone.test(nameOf(error.cause))) return undefined;
    throw error;
  }
}

/** What a description gave; all that was asked for must be in it, but for what vanished meanwhile. */
export function checked<T>(
  scan: Scan,
  operation: string,
  asked: string[],
  described: T[] = [],
  failures: Failure[] = [],
  arnOf: (one: T) => string | undefined,
): T[] {
  for (const { arn, reason } of failures) {
    if (reason !== "MISSING") scan.gap(operation, `${arn ?? "an entry"} failed with ${reason ?? "no reason"}`);
  }
  const known = new Set([...described.map(arnOf), ...failures.map(({ arn }) => arn)]);
  for (const arn of asked) {
    if (!known.has(arn)) scan.gap(operation, `${arn} is missing in the answer`);
  }
  return described;
}
