import type { ECSClient } from "@aws-sdk/client-ecs";
import type { Gap, Reference, ReferenceSourceId } from "../../retention/types";
import { gapOf } from "../gaps";
import type { Calls } from "../retry";
import { readClusters } from "./clusters";
import { type Reader, scanInto } from "./reader";
import { readServices } from "./services";
import { readTasks } from "./tasks";

/** One reader for each entry of `REFERENCE_SOURCES`: a missing one does not compile. */
const READERS: Record<ReferenceSourceId, Reader> = { services: readServices, tasks: readTasks };

/**
 * Everything in the account and Region that needs a revision now. Calls: pages of ListClusters; for each cluster the
 * pages of ListServices and of ListTasks (twice), a DescribeServices for each 10 services and a DescribeTasks for each
 * 100 tasks. A source that cannot be read to its end is a gap of the account.
 */
export async function readReferences(
  client: ECSClient,
  calls: Calls,
): Promise<{ references: Reference[]; gaps: Gap[] }> {
  const found: { references: Reference[]; gaps: Gap[] } = { references: [], gaps: [] };
  const account = { kind: "account" as const };
  let clusters: string[];
  try {
    clusters = await readClusters(client, calls);
  } catch (error) {
    return { references: [], gaps: [gapOf(error, "clusters", account)] };
  }
  for (const [id, read] of Object.entries(READERS)) {
    const source = id as ReferenceSourceId;
    try {
      await read(scanInto(found, source, { client, calls, clusters }));
    } catch (error) {
      found.gaps.push(gapOf(error, source, account));
    }
  }
  return found;
}
