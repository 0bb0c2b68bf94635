import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { DAY, HOUR, parseDuration } from "../retention/duration";
import { shown } from "../retention/errors";
import type { Problem } from "../retention/types";

interface Watched {
  functionName: pulumi.Input<string>;
  failuresName: pulumi.Input<string>;
  /** Hours within which a full run must complete. */
  expectedEvery: pulumi.Input<number>;
  alarmActions?: pulumi.Input<pulumi.Input<string>[]>;
  region?: pulumi.Input<string>;
  tags?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
}

/**
 * Alarms when the function fails, is throttled, leaves failures in its queue, refuses a service, or completes no full run
 * in time.
 */
export function addAlarms(name: string, watched: Watched, options: pulumi.CustomResourceOptions): void {
  const { functionName, failuresName, expectedEvery, alarmActions, region, tags } = watched;
  const add = (
    suffix: string,
    alarm: Omit<aws.cloudwatch.MetricAlarmArgs, "evaluationPeriods">,
    periods = 1 as pulumi.Input<number>,
  ) =>
    new aws.cloudwatch.MetricAlarm(
      `${name}-${suffix}-alarm`,
      { treatMissingData: "notBreaching", ...alarm, evaluationPeriods: periods, alarmActions, region, tags },
      options,
    );
  const atLeastOne = { comparisonOperator: "GreaterThanOrEqualToThreshold", threshold: 1, period: 300 };
  const ofFunction = {
    ...atLeastOne,
    namespace: "AWS/Lambda",
    statistic: "Sum",
    dimensions: { FunctionName: functionName },
  };

  add("errors", { ...ofFunction, metricName: "Errors", alarmDescription: "The ECS retention cleanup failed" });
  add("throttles", {
    ...ofFunction,
    metricName: "Throttles",
    alarmDescription: "The ECS retention cleanup was throttled",
  });
  add("failures", {
    ...atLeastOne,
    namespace: "AWS/SQS",
    metricName: "ApproximateNumberOfMessagesVisible",
    statistic: "Maximum",
    dimensions: { QueueName: failuresName },
    alarmDescription: "Failed invocations of the ECS retention cleanup wait in its queue",
  });
  const ofRuns = { namespace: "ecs-retention", dimensions: { service: "ecs-retention" } };
  add("refused", {
    ...atLeastOne,
    ...ofRuns,
    metricName: "ServicesRefused",
    statistic: "Maximum",
    alarmDescription: "The ECS retention cleanup refused a service's part: its report says why",
  });
  add(
    "no-run",
    {
      ...ofRuns,
      metricName: "CompletedFullRuns",
      statistic: "Sum",
      comparisonOperator: "LessThanThreshold",
      threshold: 1,
      // CloudWatch looks back seven days at most, and only with periods of an hour or more.
      period: 3600,
      treatMissingData: "breaching",
      alarmDescription: "No full run of the ECS retention cleanup completed in time",
    },
    expectedEvery,
  );
}

/** Reads `expectedEvery`, in hours. */
export function readExpectedEvery(text: string): { hours: number; problems?: undefined } | { problems: Problem[] } {
  const millis = parseDuration(text);
  if (millis !== undefined && millis >= HOUR && millis <= 7 * DAY) return { hours: millis / HOUR };
  const expected = 'a duration from "1h" to "7d"';
  const fix = "CloudWatch alarms look back seven days at most";
  return { problems: [{ path: "expectedEvery", given: shown(text), expected, fix }] };
}
