import type { DescribePipeResponse } from "@aws-sdk/client-pipes";
import { AwsError, arn, type Operations, type Scope, sortedPage } from "../operation";

/** A pipe as DescribePipe answers it. */
export type Pipe = DescribePipeResponse & { Name: string; Target: string };

/** By name. */
export const newPipesState = () => new Map<string, Pipe>();

const pipeArn = (scope: Scope, name: string) => arn(scope, "pipes", `pipe/${name}`);

/** Creates or replaces. */
export function createPipe(scope: Scope, input: Pipe): void {
  const at = new Date(scope.world.clock.now());
  const status = { DesiredState: "RUNNING", CurrentState: "RUNNING", CreationTime: at, LastModifiedTime: at } as const;
  const pipe = { Source: arn(scope, "sqs", "source"), ...status, ...input, Arn: pipeArn(scope, input.Name) };
  scope.world.services.pipes.at(scope).set(input.Name, pipe);
}

export function deletePipe(scope: Scope, name: string): void {
  scope.world.services.pipes.at(scope).delete(name);
}

export const pipesOperations: Operations = {
  ListPipes: {
    action: "pipes:ListPipes",
    resources: () => ["*"],
    run: ({ TargetPrefix = "", NextToken, Limit = 100 }, scope) => {
      const found = [...scope.world.services.pipes.at(scope).values()].filter((each) =>
        each.Target.startsWith(TargetPrefix),
      );
      const { items, next } = sortedPage(scope, found, (each) => each.Name, NextToken, Limit);
      const Pipes = items.map(({ Name, Arn, DesiredState, CurrentState, Source, Target, CreationTime }) => ({
        ...{ Name, Arn, DesiredState, CurrentState, Source, Target, CreationTime },
      }));
      return { Pipes, NextToken: next };
    },
  },
  DescribePipe: {
    action: "pipes:DescribePipe",
    resources: ({ Name }, scope) => [pipeArn(scope, Name)],
    run: ({ Name }, scope) => {
      const pipe = scope.world.services.pipes.at(scope).get(Name);
      if (!pipe) throw new AwsError("NotFoundException", `Pipe ${Name} does not exist.`, 404);
      return pipe;
    },
  },
};
