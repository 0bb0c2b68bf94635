import { DescribeServicesCommand, ListServicesCommand, type Service } from "@aws-sdk/client-ecs";
import { chunks, listAll } from "../paging";
import { checked, type Reader, type Scan } from "./reader";

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
      const { services, failures } = await calls.read(DESCRIBE, () =>
        client.send(new DescribeServicesCommand({ cluster, services: asked })),
      );
      for (const service of checked(scan, DESCRIBE, asked, services, failures, (one) => one.serviceArn)) {
        readService(scan, service);
      }
    }
  }
};

function readService(scan: Scan, { serviceArn = "a service", taskDefinition, deployments, taskSets }: Service): void {
  // Where the task sets carry the definitions (CODE_DEPLOY, EXTERNAL) the service may have none itself.
  if (taskDefinition) scan.refers(serviceArn, taskDefinition);
  for (const deployment of deployments ?? []) {
    scan.refers(`${serviceArn}#${deployment.id}`, deployment.taskDefinition);
  }
  for (const taskSet of taskSets ?? []) {
    scan.refers(taskSet.taskSetArn ?? serviceArn, taskSet.taskDefinition);
  }
}
