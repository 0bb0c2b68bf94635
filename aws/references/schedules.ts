import { GetScheduleCommand, ListSchedulesCommand } from "@aws-sdk/client-scheduler";
import { runsTaskDefinition, usesInInput } from "../../retention/references/states";
import { listAll } from "../paging";
import { isCluster } from "./pipes";
import type { Reader } from "./reader";

/** Schedules of every group that run a task or call ECS (universal targets), disabled ones too. */
export const readSchedules: Reader = async (scan) => {
  const client = scan.connect.scheduler();
  const schedules = await listAll(
    scan.calls,
    "scheduler:ListSchedules",
    (NextToken) => client.send(new ListSchedulesCommand({ MaxResults: 100, NextToken })),
    (answer) => answer.Schedules,
  );
  for (const { Name, GroupName, Arn = "a schedule", Target: { Arn: target = "" } = {} } of schedules) {
    if (!isCluster(target) && !runsTaskDefinition(target)) continue;
    const schedule = await scan.item(Arn, () =>
      scan.calls.read("scheduler:GetSchedule", () => client.send(new GetScheduleCommand({ Name, GroupName }))),
    );
    const { Arn: now = "", EcsParameters, Input = "" } = schedule?.Target ?? {};
    if (isCluster(now)) scan.refers(Arn, EcsParameters?.TaskDefinitionArn);
    else if (runsTaskDefinition(now)) for (const use of usesInInput(Input)) scan.uses(Arn, use);
  }
};
