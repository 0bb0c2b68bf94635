import type { ECSClient, Failure } from "@aws-sdk/client-ecs";
import type { Gap, Reference, ReferenceSourceId } from "../../retention/types";
import { parseRevisionArn } from "../arn";
import { gapIn } from "../gaps";
import type { Calls } from "../retry";

/** What a source reads from and reports to. */
export interface Scan {
  client: ECSClient;
  calls: Calls;
  /** ARNs of every cluster, read once for all sources. */
  clusters: string[];
  /** `by` refers to this revision; an ARN that cannot be read is a gap, since nobody knows what it protects. */
  refers(by: string, taskDefinition: string | undefined): void;
  gap(operation: string, detail: string): void;
}

/** Reads one source to its end; what it throws becomes a gap of the account. */
export type Reader = (scan: Scan) => Promise<void>;

/** A scan that collects into the two lists. */
export function scanInto(
  found: { references: Reference[]; gaps: Gap[] },
  source: ReferenceSourceId,
  from: Pick<Scan, "client" | "calls" | "clusters">,
): Scan {
  const gap: Scan["gap"] = (operation, detail) => {
    found.gaps.push(gapIn(operation, `${operation}: ${detail}`, source, { kind: "account" }));
  };
  return {
    ...from,
    gap,
    refers(by, taskDefinition = "") {
      const arn = parseRevisionArn(taskDefinition);
      if (!arn) return gap(by, `names "${taskDefinition}", which is not a revision`);
      const target = { kind: "revision" as const, family: arn.family, revision: arn.revision };
      found.references.push({ source, by, target });
    },
  };
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
