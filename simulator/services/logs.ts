import type { Millis } from "../../retention/types";
import { AwsError, arn, type Operations, type Scope } from "../operation";

export interface LogEvent {
  timestamp: Millis;
  message: string;
}

export interface LogGroup {
  name: string;
  arn: string;
  /** Absent: kept for ever. */
  retentionInDays?: number;
  tags: Record<string, string>;
  /** By stream name. */
  streams: Map<string, LogEvent[]>;
}

export const newLogsState = () => ({ groups: new Map<string, LogGroup>() });

export function createLogGroup(
  scope: Scope,
  input: { name: string; retentionInDays?: number; tags?: Record<string, string> },
): LogGroup {
  const { groups } = scope.world.services.logs.at(scope);
  if (groups.has(input.name)) {
    throw new AwsError("ResourceAlreadyExistsException", "The specified log group already exists");
  }
  const group = {
    name: input.name,
    arn: arn(scope, "logs", `log-group:${input.name}`),
    retentionInDays: input.retentionInDays,
    tags: input.tags ?? {},
    streams: new Map(),
  };
  groups.set(input.name, group);
  return group;
}

export function deleteLogGroup(scope: Scope, name: string): void {
  scope.world.services.logs.at(scope).groups.delete(name);
}

/** Everything that was logged to a group, oldest first. */
export function logEvents(scope: Scope, group: string): LogEvent[] {
  const streams = scope.world.services.logs.at(scope).groups.get(group)?.streams.values() ?? [];
  return [...streams].flat().sort((a, b) => a.timestamp - b.timestamp);
}

function streams(scope: Scope, group: string): Map<string, LogEvent[]> {
  const found = scope.world.services.logs.at(scope).groups.get(group);
  if (!found) throw new AwsError("ResourceNotFoundException", "The specified log group does not exist.");
  return found.streams;
}

const stream = (input: { logGroupName: string; logStreamName: string }, scope: Scope) => [
  arn(scope, "logs", `log-group:${input.logGroupName}:log-stream:${input.logStreamName}`),
];

export const logsOperations: Operations = {
  CreateLogGroup: {
    action: "logs:CreateLogGroup",
    // The reference names the group; refusals name it with a stream that has no name. Both have to be allowed here.
    resources: ({ logGroupName }, scope) =>
      ["", ":log-stream:"].map((suffix) => arn(scope, "logs", `log-group:${logGroupName}${suffix}`)),
    run: ({ logGroupName: name }, scope) => {
      createLogGroup(scope, { name });
      return {};
    },
  },
  CreateLogStream: {
    action: "logs:CreateLogStream",
    resources: stream,
    run: (input, scope) => {
      const existing = streams(scope, input.logGroupName);
      if (existing.has(input.logStreamName)) {
        throw new AwsError("ResourceAlreadyExistsException", "The specified log stream already exists");
      }
      existing.set(input.logStreamName, []);
      return {};
    },
  },
  PutLogEvents: {
    action: "logs:PutLogEvents",
    resources: stream,
    run: (input, scope) => {
      const events = streams(scope, input.logGroupName).get(input.logStreamName);
      if (!events) throw new AwsError("ResourceNotFoundException", "The specified log stream does not exist.");
      events.push(...input.logEvents);
      return {};
    },
  },
};
