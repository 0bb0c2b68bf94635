import { type ECSClient, ListClustersCommand } from "@aws-sdk/client-ecs";
import { listAll } from "../paging";
import type { Calls } from "../retry";

/** ARNs of every cluster of the account and Region. */
export function readClusters(client: ECSClient, calls: Calls): Promise<string[]> {
  return listAll(
    calls,
    "ecs:ListClusters",
    (nextToken) => client.send(new ListClustersCommand({ maxResults: 100, nextToken })),
    (answer) => answer.clusterArns,
  );
}
