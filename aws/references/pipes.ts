import { DescribePipeCommand, ListPipesCommand } from "@aws-sdk/client-pipes";
import { listAll } from "../paging";
import type { Reader } from "./reader";

/** Pipes that target a cluster, stopped ones too. */
export const readPipes: Reader = async (scan) => {
  const client = scan.connect.pipes();
  const TargetPrefix = scan.clusters[0]?.replace(/\/.*/, "/");
  const pipes = await listAll(
    scan.calls,
    "pipes:ListPipes",
    (NextToken) => client.send(new ListPipesCommand({ TargetPrefix, Limit: 100, NextToken })),
    (answer) => answer.Pipes,
  );
  for (const { Name, Arn = "a pipe", Target } of pipes) {
    if (!isCluster(Target)) continue;
    const pipe = await scan.item(Arn, () =>
      scan.calls.read("pipes:DescribePipe", () => client.send(new DescribePipeCommand({ Name }))),
    );
    if (isCluster(pipe?.Target)) scan.refers(Arn, pipe?.TargetParameters?.EcsTaskParameters?.TaskDefinitionArn);
  }
};

/** Whether a target is an ECS cluster, which runs a task definition. */
export const isCluster = (arn = ""): boolean => /^arn:[^:]+:ecs:[^:]*:[^:]*:cluster\//.test(arn);
