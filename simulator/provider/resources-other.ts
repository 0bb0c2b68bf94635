import { AwsError, type Scope } from "../operation";
import { deleteAlarm, putAlarm } from "../services/cloudwatch";
import { roleByArn } from "../services/iam";
import { createLogGroup, deleteLogGroup } from "../services/logs";
import { createScheduleGroup, deleteSchedule, deleteScheduleGroup, putSchedule } from "../services/scheduler";
import { createQueue, deleteQueue } from "../services/sqs";
import { block, kind, nameOf, optionalNumber, optionalText, type ResourceTable, retag, tagsOf, text } from "./resource";
import type { Values } from "./values";

function setSchedule(scope: Scope, inputs: Values): string {
  const target = block(inputs.target);
  const roleArn = text(target.roleArn);
  if (!roleByArn(scope, roleArn)) {
    throw new AwsError(
      "ValidationException",
      `The execution role you provide must allow AWS EventBridge Scheduler to assume the role: there is no ${roleArn}`,
    );
  }
  const { group, name } = putSchedule(scope, {
    name: text(inputs.name),
    group: text(inputs.groupName),
    expression: text(inputs.scheduleExpression),
    timezone: optionalText(inputs.scheduleExpressionTimezone),
    state: inputs.state === "DISABLED" ? "DISABLED" : "ENABLED",
    description: optionalText(inputs.description),
    target: {
      arn: text(target.arn),
      roleArn,
      input: optionalText(target.input),
      ecs: target.ecsParameters === undefined ? undefined : ecsParameters(block(target.ecsParameters)),
      maximumRetryAttempts: optionalNumber(block(target.retryPolicy).maximumRetryAttempts),
      deadLetterArn: optionalText(block(target.deadLetterConfig).arn),
    },
  });
  return `${group}/${name}`;
}

const ecsParameters = (inputs: Values) => ({
  TaskDefinitionArn: text(inputs.taskDefinitionArn),
  TaskCount: optionalNumber(inputs.taskCount) ?? 1,
  Group: optionalText(inputs.group),
});

const queueSettings = (inputs: Values) => ({
  attributes: (inputs.policy === undefined ? {} : { Policy: text(inputs.policy) }) as Record<string, string>,
  tags: tagsOf(inputs),
});

const logSettings = (inputs: Values) => ({
  retentionInDays: optionalNumber(inputs.retentionInDays),
  tags: tagsOf(inputs),
});

export const otherResources: ResourceTable = {
  "aws:scheduler/schedule:Schedule": kind({
    autoName: { property: "name", maxLength: 64 },
    defaults: { groupName: "default", scheduleExpressionTimezone: "UTC", state: "ENABLED" },
    replaceOn: ["groupName"],
    computed: ["arn"],
    create: setSchedule,
    find: (scope, id) => scope.world.services.scheduler.at(scope).schedules.get(id),
    describe: ({ name, group, arn, expression, timezone, state }) => ({
      name,
      groupName: group,
      arn,
      scheduleExpression: expression,
      scheduleExpressionTimezone: timezone,
      state,
    }),
    update: (_found, inputs, scope) => void setSchedule(scope, inputs),
    delete: ({ group, name }, scope) => deleteSchedule(scope, group, name),
  }),
  "aws:scheduler/scheduleGroup:ScheduleGroup": kind({
    autoName: { property: "name", maxLength: 64 },
    computed: ["arn"],
    create: (scope, inputs) => createScheduleGroup(scope, text(inputs.name), tagsOf(inputs)).name,
    find: (scope, id) => scope.world.services.scheduler.at(scope).groups.get(id),
    describe: ({ name, arn }) => ({ name, arn }),
    update: retag,
    delete: ({ name }, scope) => deleteScheduleGroup(scope, name),
  }),
  "aws:cloudwatch/logGroup:LogGroup": kind({
    autoName: { property: "name", maxLength: 512 },
    replaceOn: ["logGroupClass"],
    computed: ["arn"],
    create: (scope, inputs) => createLogGroup(scope, { name: text(inputs.name), ...logSettings(inputs) }).name,
    find: (scope, id) => scope.world.services.logs.at(scope).groups.get(id),
    describe: ({ name, arn, retentionInDays = 0 }) => ({ name, arn, retentionInDays }),
    update: (found, inputs) => void Object.assign(found, logSettings(inputs)),
    delete: ({ name }, scope) => deleteLogGroup(scope, name),
  }),
  "aws:cloudwatch/metricAlarm:MetricAlarm": kind({
    autoName: { property: "name", maxLength: 255 },
    computed: ["arn"],
    create: (scope, inputs) => putAlarm(scope, text(inputs.name), inputs).name,
    find: (scope, id) => scope.world.services.cloudwatch.at(scope).alarms.get(id),
    describe: ({ name, arn }) => ({ name, arn }),
    update: ({ name }, inputs, scope) => void putAlarm(scope, name, inputs),
    delete: ({ name }, scope) => deleteAlarm(scope, name),
  }),
  "aws:sqs/queue:Queue": kind({
    autoName: { property: "name", maxLength: 80 },
    replaceOn: ["fifoQueue"],
    json: ["policy", "redrivePolicy"],
    computed: ["arn", "url"],
    create: (scope, inputs) => createQueue(scope, { name: text(inputs.name), ...queueSettings(inputs) }).url,
    find: (scope, id) => scope.world.services.sqs.at(scope).queues.get(nameOf(id)),
    describe: ({ name, arn, url }) => ({ name, arn, url }),
    update: (found, inputs) => void Object.assign(found, queueSettings(inputs)),
    delete: ({ name }, scope) => deleteQueue(scope, name),
  }),
};
