import { DescribeTasksCommand, type DesiredStatus, ListTasksCommand } from "@aws-sdk/client-ecs";
import { chunks, listAll } from "../paging";
import { checked, type Reader } from "./reader";

const DESCRIBE = "ecs:DescribeTasks";

/** Every task of every cluster that has not stopped: pending, running, and told to stop but still there. */
export const readTasks: Reader = async (scan) => {
  const { client, calls, clusters } = scan;
  for (const cluster of clusters) {
    const list = (desiredStatus: DesiredStatus) =>
      listAll(
        calls,
        "ecs:ListTasks",
        (nextToken) => client.send(new ListTasksCommand({ cluster, desiredStatus, maxResults: 100, nextToken })),
        (answer) => answer.taskArns,
      );
    // In this order: a task that is told to stop between the two lists is in both, never in neither.
    const arns = new Set([...(await list("RUNNING")), ...(await list("STOPPED"))]);
    for (const asked of chunks([...arns], 100)) {
      const { tasks, failures } = await calls.read(DESCRIBE, () =>
        client.send(new DescribeTasksCommand({ cluster, tasks: asked })),
      );
      for (const task of checked(scan, DESCRIBE, asked, tasks, failures, (one) => one.taskArn)) {
        const { taskArn = "a task", taskDefinitionArn, lastStatus } = task;
        // Daemons have task definitions of their own kind, which nothing here removes.
        const isDaemon = taskDefinitionArn?.includes(":daemon-task-definition/");
        if (lastStatus !== "STOPPED" && !isDaemon) scan.refers(taskArn, taskDefinitionArn);
      }
    }
  }
};
