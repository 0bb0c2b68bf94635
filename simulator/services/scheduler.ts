import type { EcsParameters } from "@aws-sdk/client-scheduler";
import { AwsError, arn, type Operations, type Scope, sortedPage } from "../operation";

export interface Schedule {
  name: string;
  group: string;
  arn: string;
  /** `rate(1 day)`, `cron(0 3 * * ? *)`. */
  expression: string;
  timezone?: string;
  state: "ENABLED" | "DISABLED";
  target: {
    /** Of a function, a cluster with `ecs`, or `arn:aws:scheduler:::aws-sdk:<service>:<operation>` (universal). */
    arn: string;
    roleArn: string;
    input?: string;
    ecs?: EcsParameters;
    maximumRetryAttempts?: number;
    deadLetterArn?: string;
  };
  description?: string;
}

export const newSchedulerState = () => ({
  /** By name; `default` always exists. */
  groups: new Map<string, { name: string; arn: string; tags: Record<string, string> }>(),
  /** By `group/name`. */
  schedules: new Map<string, Schedule>(),
});

export function createScheduleGroup(scope: Scope, name: string, tags: Record<string, string> = {}) {
  const { groups } = scope.world.services.scheduler.at(scope);
  if (groups.has(name)) throw new AwsError("ConflictException", `Schedule group ${name} already exists.`, 409);
  const group = { name, arn: arn(scope, "scheduler", `schedule-group/${name}`), tags };
  groups.set(name, group);
  return group;
}

/** Its schedules go with it. */
export function deleteScheduleGroup(scope: Scope, name: string): void {
  const { groups, schedules } = scope.world.services.scheduler.at(scope);
  groups.delete(name);
  for (const schedule of [...schedules.values()].filter((each) => each.group === name)) {
    deleteSchedule(scope, name, schedule.name);
  }
}

/** Creates or replaces; lambda/ fires it. */
export function putSchedule(scope: Scope, input: Omit<Schedule, "arn">): Schedule {
  const { groups, schedules } = scope.world.services.scheduler.at(scope);
  if (input.group !== "default" && !groups.has(input.group)) {
    throw new AwsError("ResourceNotFoundException", `Schedule group ${input.group} does not exist.`, 404);
  }
  const schedule = { ...input, arn: scheduleArn(scope, input.group, input.name) };
  schedules.set(`${input.group}/${input.name}`, schedule);
  scope.world.hooks.scheduleChanged?.(scope, input.group, input.name);
  return schedule;
}

export function deleteSchedule(scope: Scope, group: string, name: string): void {
  scope.world.services.scheduler.at(scope).schedules.delete(`${group}/${name}`);
  scope.world.hooks.scheduleChanged?.(scope, group, name);
}

const scheduleArn = (scope: Scope, group: string, name: string) => arn(scope, "scheduler", `schedule/${group}/${name}`);

export const schedulerOperations: Operations = {
  ListSchedules: {
    action: "scheduler:ListSchedules",
    resources: () => ["*"],
    run: ({ GroupName, NamePrefix = "", NextToken, MaxResults = 100 }, scope) => {
      const found = [...scope.world.services.scheduler.at(scope).schedules.values()].filter(
        (each) => (GroupName === undefined || each.group === GroupName) && each.name.startsWith(NamePrefix),
      );
      const { items, next } = sortedPage(scope, found, (each) => each.arn, NextToken, MaxResults);
      const Schedules = items.map(({ name, group, arn: Arn, state, target }) => ({
        ...{ Arn, Name: name, GroupName: group, State: state, Target: { Arn: target.arn } },
      }));
      return { Schedules, NextToken: next };
    },
  },
  GetSchedule: {
    action: "scheduler:GetSchedule",
    resources: ({ GroupName = "default", Name }, scope) => [scheduleArn(scope, GroupName, Name)],
    run: ({ GroupName = "default", Name }, scope) => {
      const found = scope.world.services.scheduler.at(scope).schedules.get(`${GroupName}/${Name}`);
      if (!found) throw new AwsError("ResourceNotFoundException", `Schedule ${Name} does not exist.`, 404);
      const { target } = found;
      return {
        Arn: found.arn,
        Name: found.name,
        GroupName: found.group,
        ScheduleExpression: found.expression,
        ScheduleExpressionTimezone: found.timezone ?? "UTC",
        State: found.state,
        Description: found.description,
        FlexibleTimeWindow: { Mode: "OFF" },
        Target: { Arn: target.arn, RoleArn: target.roleArn, Input: target.input, EcsParameters: target.ecs },
      };
    },
  },
};
