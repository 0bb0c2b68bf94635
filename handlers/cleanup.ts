import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics } from "@aws-lambda-powertools/metrics";
import type { Context } from "aws-lambda";
import { type Connect, connect } from "../aws/clients";
import { systemClock } from "../aws/clock";
import { type StoredRunOptions, storedRun } from "../cleanup/stored-run";
import { problemText } from "../retention/errors";
import { type Fields, parseJson, readFields } from "../retention/fields";
import { readSettings, type Settings } from "../retention/settings";
import type { Clock, Problem } from "../retention/types";
import { countsOf, logReport, type MetricSink, recordMetrics } from "./telemetry";

/**
 * The daily schedule sends `{}`, the one that continues what a run left over `{"continue": true}`; by hand a run can be
 * limited to some services, or to planning.
 */
type Event = Pick<StoredRunOptions, "services" | "mode" | "continue">;

const EVENT: Fields<Event> = {
  services: {
    accepts: (value) => Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === "string"),
    expected: "a list of services' names or registration keys",
    fix: "leave it out for all services",
    optional: true,
  },
  mode: {
    accepts: (value) => value === "report",
    expected: '"report"',
    fix: "leave it out to remove where policies say so",
    optional: true,
  },
  continue: {
    accepts: (value) => value === true,
    expected: "true",
    fix: "leave it out to run whether or not the last run left something over",
    optional: true,
  },
};

export interface Environment {
  connect: Connect;
  clock: Clock;
  region: string;
  /** Name of the store's bucket. */
  bucket: string;
  settings: Settings;
  logger: Pick<Logger, "info" | "warn" | "appendKeys">;
  metrics: MetricSink;
}

/** What an invocation answers with. */
export type Summary =
  | ({ runId: string /** Key of the report in the store. */; report: string } & ReturnType<typeof countsOf>)
  /** Nothing was to be done, or somebody else is at it. */
  | { runId: string; nothing: "pending" | "held" };

/** The Lambda function in an environment of its own; {@link handler} is the deployed one. */
export function cleanupHandler({ connect, clock, region, bucket, settings, logger, metrics }: Environment) {
  return async (event: unknown, context: Context): Promise<Summary> => {
    const asked = readEvent(event);
    const runId = context.awsRequestId;
    const account = context.invokedFunctionArn.split(":")[4] ?? "";
    const deadline = clock.now() + context.getRemainingTimeInMillis();
    logger.appendKeys({ runId });
    const { report, key, held } = await storedRun({
      ...asked,
      ...{ connect, clock, bucket, account, region, runId, settings, deadline },
      onReport: (report) => logReport(logger, report),
    });
    if (!report) {
      if (held) logger.info("another run holds the lease", { held });
      else logger.info("nothing to continue");
      return { runId, nothing: held ? "held" : "pending" };
    }
    recordMetrics(metrics, report, asked.services === undefined);
    return { runId, report: key, ...countsOf(report) };
  };
}

function readEvent(event: unknown): Event {
  const problems: Problem[] = [];
  const read = readFields<Event>(event ?? {}, EVENT, problems, { root: "event" });
  if (problems.length > 0) throw new Error(problems.map((problem) => `event: ${problemText(problem)}`).join("\n"));
  return read;
}

let deployed: ReturnType<typeof cleanupHandler> | undefined;

/** Entry point of the deployed function; environment: STORE_BUCKET, AWS_REGION, SETTINGS (where there are any). */
export async function handler(event: unknown, context: Context): Promise<Summary> {
  deployed ??= cleanupHandler({
    connect: connect({ region: setting("AWS_REGION") }),
    clock: systemClock,
    region: setting("AWS_REGION"),
    bucket: setting("STORE_BUCKET"),
    settings: settingsIn(process.env.SETTINGS || "{}"),
    logger: new Logger({ serviceName: "ecs-retention" }),
    metrics: new Metrics({ namespace: "ecs-retention", serviceName: "ecs-retention" }),
  });
  return deployed(event, context);
}

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name}: got nothing, expected a value in the function's environment; deploy it again`);
  return value;
}

function settingsIn(text: string): Settings {
  const { value, unparsed } = parseJson(text);
  if (unparsed !== undefined) {
    throw new Error(`SETTINGS: got ${text.length} characters that are not JSON, expected settings; deploy it again`);
  }
  const { settings, problems } = readSettings(value);
  if (!settings) throw new Error(problems.map((problem) => `SETTINGS: ${problemText(problem)}`).join("\n"));
  return settings;
}
