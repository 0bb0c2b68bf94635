import { AwsError, type Scope } from "../operation";
import { deleteAlarm, putAlarm } from "../services/cloudwatch";
import { roleByArn } from "../services/iam";
import { createLogGroup, deleteLogGroup } from "../services/logs";
import { createScheduleGroup, deleteSchedule, deleteScheduleGroup, putSchedule } from "../services/scheduler";
import { createQueue, deleteQueue, type Queue } from "../services/sqs";
import { block, nameOf, optionalNumber, optionalText, type ResourceTable, tagsOf, text } from "./resource";
import type { Values } from "./values";

function setSchedule(scope: Scope, inputs: Values): { id: string } {
  const target = block(inputs.target);
  const roleArn = text(target.roleArn);
  if (!roleByArn(scope, roleArn)) {
    throw new AwsError(
      "ValidationException",
      `The execution role you provide must allow AWS EventBridge Scheduler to assume the role: there is no ${roleArn}`,
    );
  }
  const group = text(inputs.groupName);
  putSchedule(scope, {
    name: text(inputs.name),
    group,
    expression: text(inputs.scheduleExpression),
    timezone: optionalText(inputs.scheduleExpressionTimezone),
    state: inputs.state === "DISABLED" ? "DISABLED" : "ENABLED",
    description: optionalText(inputs.description),
    target: {
      arn: text(target.arn),
      roleArn,
      input: optionalText(target.input),
      maximumRetryAttempts: optionalNumber(block(target.retryPolicy).maximumRetryAttempts),
      deadLetterArn: optionalText(block(target.deadLetterConfig).arn),
    },
  });
  return { id: `${group}/${inputs.name}` };
}

/** PutMetricAlarm's names are ours with a capital; only two differ. */
function setAlarm(scope: Scope, inputs: Values): { id: string } {
  const { dimensions, okActions, __defaults: _, region: _region, tags: _tags, ...same } = inputs;
  const settings: Values = Object.fromEntries(
    Object.entries(same).map(([key, value]) => [key.charAt(0).toUpperCase() + key.slice(1), value]),
  );
  if (okActions) settings.OKActions = okActions;
  if (dimensions) settings.Dimensions = Object.entries(block(dimensions)).map(([Name, Value]) => ({ Name, Value }));
  return { id: putAlarm(scope, text(inputs.name), settings).name };
}

/** SetQueueAttributes' name of each input. */
const QUEUE_ATTRIBUTES: Record<string, string> = {
  delaySeconds: "DelaySeconds",
  fifoQueue: "FifoQueue",
  kmsMasterKeyId: "KmsMasterKeyId",
  maxMessageSize: "MaximumMessageSize",
  messageRetentionSeconds: "MessageRetentionPeriod",
  policy: "Policy",
  receiveWaitTimeSeconds: "ReceiveMessageWaitTimeSeconds",
  redrivePolicy: "RedrivePolicy",
  sqsManagedSseEnabled: "SqsManagedSseEnabled",
  visibilityTimeoutSeconds: "VisibilityTimeout",
};

const queueAttributes = (inputs: Values): Record<string, string> =>
  Object.fromEntries(
    Object.entries(QUEUE_ATTRIBUTES)
      .filter(([key]) => inputs[key] !== undefined)
      .map(([key, name]) => [name, text(inputs[key])]),
  );

const queue = (scope: Scope, url: unknown): Queue | undefined =>
  scope.world.services.sqs.at(scope).queues.get(nameOf(url));

function setQueuePolicy(scope: Scope, inputs: Values): { id: string } {
  const found = queue(scope, inputs.queueUrl);
  if (!found) throw new AwsError("QueueDoesNotExist", `The specified queue does not exist: ${inputs.queueUrl}`);
  found.attributes.Policy = text(inputs.policy);
  return { id: text(inputs.queueUrl) };
}

export const otherResources: ResourceTable = {
  "aws:scheduler/schedule:Schedule": {
    autoName: { property: "name", maxLength: 64 },
    defaults: { groupName: "default", scheduleExpressionTimezone: "UTC", state: "ENABLED" },
    replaceOn: ["name", "namePrefix", "groupName"],
    computed: ["arn"],
    create: setSchedule,
    describe: (scope, id) => {
      const found = scope.world.services.scheduler.at(scope).schedules.get(id);
      if (!found) return undefined;
      const { name, group, arn, expression, timezone, state } = found;
      return {
        name,
        groupName: group,
        arn,
        scheduleExpression: expression,
        scheduleExpressionTimezone: timezone,
        state,
      };
    },
    update: (scope, _id, inputs) => void setSchedule(scope, inputs),
    delete: (scope, id) => {
      const [group = "", name = ""] = id.split("/");
      deleteSchedule(scope, group, name);
    },
  },
  "aws:scheduler/scheduleGroup:ScheduleGroup": {
    autoName: { property: "name", maxLength: 64 },
    replaceOn: ["name", "namePrefix"],
    computed: ["arn", "state"],
    create: (scope, inputs) => ({ id: createScheduleGroup(scope, text(inputs.name), tagsOf(inputs)).name }),
    describe: (scope, id) => {
      const found = scope.world.services.scheduler.at(scope).groups.get(id);
      return found && { name: id, arn: found.arn, state: "ACTIVE" };
    },
    update: (scope, id, inputs) => {
      const found = scope.world.services.scheduler.at(scope).groups.get(id);
      if (found) found.tags = tagsOf(inputs);
    },
    delete: (scope, id) => deleteScheduleGroup(scope, id),
  },
  "aws:cloudwatch/logGroup:LogGroup": {
    autoName: { property: "name", maxLength: 512 },
    defaults: { skipDestroy: false },
    replaceOn: ["name", "namePrefix", "logGroupClass"],
    settings: ["skipDestroy"],
    computed: ["arn"],
    create: (scope, inputs) => ({
      id: createLogGroup(scope, {
        name: text(inputs.name),
        retentionInDays: optionalNumber(inputs.retentionInDays),
        tags: tagsOf(inputs),
      }).name,
    }),
    describe: (scope, id) => {
      const found = scope.world.services.logs.at(scope).groups.get(id);
      return found && { name: id, arn: found.arn, retentionInDays: found.retentionInDays ?? 0 };
    },
    update: (scope, id, inputs) => {
      const found = scope.world.services.logs.at(scope).groups.get(id);
      if (found)
        Object.assign(found, { retentionInDays: optionalNumber(inputs.retentionInDays), tags: tagsOf(inputs) });
    },
    delete: (scope, id, state) => {
      if (!state.skipDestroy) deleteLogGroup(scope, id);
    },
  },
  "aws:cloudwatch/metricAlarm:MetricAlarm": {
    autoName: { property: "name", maxLength: 255 },
    replaceOn: ["name"],
    computed: ["arn"],
    create: setAlarm,
    describe: (scope, id) => {
      const found = scope.world.services.cloudwatch.at(scope).alarms.get(id);
      return found && { name: id, arn: found.arn };
    },
    update: (scope, _id, inputs) => void setAlarm(scope, inputs),
    delete: (scope, id) => deleteAlarm(scope, id),
  },
  "aws:sqs/queue:Queue": {
    autoName: { property: "name", maxLength: 80, suffix: (inputs) => (inputs.fifoQueue ? ".fifo" : "") },
    replaceOn: ["name", "namePrefix", "fifoQueue"],
    json: ["policy", "redrivePolicy", "redriveAllowPolicy"],
    computed: ["arn", "url"],
    create: (scope, inputs) => ({
      id: createQueue(scope, { name: text(inputs.name), attributes: queueAttributes(inputs), tags: tagsOf(inputs) })
        .url,
    }),
    describe: (scope, id) => {
      const found = queue(scope, id);
      return found && { name: found.name, arn: found.arn, url: found.url };
    },
    update: (scope, id, inputs) => {
      const found = queue(scope, id);
      if (!found) return;
      // A policy that is a resource of its own stays.
      const { Policy } = found.attributes;
      found.attributes = { ...(Policy ? { Policy } : {}), ...queueAttributes(inputs) };
      found.tags = tagsOf(inputs);
    },
    delete: (scope, id) => deleteQueue(scope, nameOf(id)),
  },
  "aws:sqs/queuePolicy:QueuePolicy": {
    replaceOn: ["queueUrl"],
    json: ["policy"],
    computed: [],
    create: setQueuePolicy,
    describe: (scope, id) => {
      const policy = queue(scope, id)?.attributes.Policy;
      return policy === undefined ? undefined : { queueUrl: id, policy };
    },
    update: (scope, _id, inputs) => void setQueuePolicy(scope, inputs),
    delete: (scope, id) => {
      delete queue(scope, id)?.attributes.Policy;
    },
  },
};
