import { DescribeServicesCommand, type ECSClient, ListServicesCommand, type Service } from "@aws-sdk/client-ecs";
import { withoutSuffix } from "../../retention/families";
import { commonBeginning, parseTaskDefinition } from "../../retention/references/task-definition";
import { chunks, listAll } from "../paging";
import { type Calls, ReadError } from "../retry";
import { checked, type Reader, type Scan, unlessGone } from "./reader";

const DESCRIBE = "ecs:DescribeServices";

/** Every service of every cluster: its task definition, its deployments and its task sets, running or at zero. */
export const readServices: Reader = async (scan) => {
  const { client, calls, clusters } = scan;
  for (const cluster of clusters) {
    const arns = await listAll(
      calls,
      "ecs:ListServices",
      (nextToken) => client.send(new ListServicesCommand({ cluster, maxResults: 100, nextToken })),
      (answer) => answer.serviceArns,
    );
    for (const asked of chunks(arns, 10)) {
      const { services, failures } = await describe(client, calls, cluster, asked);
      for (const service of checked(scan, DESCRIBE, asked, services, failures, (one) => one.serviceArn)) {
        scan.services.push(service);
        readService(scan, service);
      }
    }
  }
};

const describe = (client: ECSClient, calls: Calls, cluster: string, services: string[]) =>
  calls.read(DESCRIBE, () => client.send(new DescribeServicesCommand({ cluster, services })));

function readService(scan: Scan, { serviceArn = "a service", taskDefinition, deployments, taskSets }: Service): void {
  // Where the task sets carry the definitions (CODE_DEPLOY, EXTERNAL) the service may have none itself.
  if (taskDefinition) scan.refers(serviceArn, taskDefinition);
  for (const { id, status, taskDefinition, rolloutState, updatedAt } of deployments ?? []) {
    scan.refers(`${serviceArn}#${id}`, taskDefinition);
    const completed = status === "PRIMARY" && rolloutState === "COMPLETED";
    if (completed) scan.succeeded(serviceArn, taskDefinition, updatedAt);
  }
  for (const { taskSetArn, status, taskDefinition, stabilityStatus, stabilityStatusAt } of taskSets ?? []) {
    scan.refers(taskSetArn ?? serviceArn, taskDefinition);
    const steady = status === "PRIMARY" && stabilityStatus === "STEADY_STATE";
    if (steady) scan.succeeded(serviceArn, taskDefinition, stabilityStatusAt);
  }
}

/** How the families begin that these services use, and used before where each deployment makes a family of its own. */
export function familiesOf(services: Service[]): string {
  const named = services.flatMap(({ taskDefinition, deployments = [], taskSets = [] }) =>
    [{ taskDefinition }, ...deployments, ...taskSets].flatMap((each) => {
      const { family = "" } = (each.taskDefinition && parseTaskDefinition(each.taskDefinition)) || {};
      return each.taskDefinition ? (withoutSuffix(family) ?? family) : [];
    }),
  );
  return commonBeginning(named);
}

/** Which of these services AWS says are deleted, or being deleted. One that it does not tell of is none. */
export async function deletedServices(client: ECSClient, calls: Calls, arns: Iterable<string>): Promise<Set<string>> {
  const deleted = new Set<string>();
  const byCluster = Map.groupBy(arns, (arn) => /:service\/([^/]+)\//.exec(arn)?.[1]);
  for (const [cluster, inCluster] of byCluster) {
    for (const asked of cluster === undefined ? [] : chunks(inCluster, 10)) {
      for (const arn of await deletedOf(client, calls, cluster as string, asked)) deleted.add(arn);
    }
  }
  return deleted;
}

async function deletedOf(client: ECSClient, calls: Calls, cluster: string, asked: string[]): Promise<string[]> {
  try {
    const answer = await unlessGone(() => describe(client, calls, cluster, asked), /^ClusterNotFound/);
    if (!answer) return asked;
    const gone = answer.services
      ?.filter(({ status }) => status === "DRAINING" || status === "INACTIVE")
      .map(({ serviceArn }) => serviceArn);
    const missing = answer.failures?.filter(({ reason }) => reason === "MISSING").map(({ arn }) => arn);
    return [...(gone ?? []), ...(missing ?? [])].filter((arn) => arn !== undefined);
  } catch (error) {
    if (error instanceof ReadError) return [];
    throw error;
  }
}
