import type { Logger } from "@aws-lambda-powertools/logger";
import { MetricUnit } from "@aws-lambda-powertools/metrics";
import { problemText } from "../retention/errors";
import type { Gap, Outcome, Report } from "../retention/types";

/** As much of Powertools' Metrics as a run needs. */
export interface MetricSink {
  addMetric(name: string, unit: typeof MetricUnit.Count, value: number): unknown;
  publishStoredMetrics(): unknown;
}

function blocks({ scope, acknowledged }: Gap): boolean {
  return scope.kind !== "none" && !acknowledged;
}

/** How a run went, in numbers. */
export function countsOf({ services, gaps }: Report) {
  const outcomes = services.flatMap((service) => service.outcomes);
  const of = (result: Outcome["result"]) => outcomes.filter((outcome) => outcome.result === result).length;
  return {
    services: services.length,
    /** Services whose part was refused or ended early. */
    refused: services.filter(({ problems }) => problems.length > 0).length,
    /** Those that block something. */
    gaps: gaps.filter(blocks).length,
    removed: of("done"),
    failed: of("failed"),
    spared: of("spared"),
    postponed: of("postponed"),
  };
}

/** One line for the run, each service, and whatever went wrong; names, numbers and ARNs only. */
export function logReport(logger: Pick<Logger, "info" | "warn">, report: Report): void {
  for (const gap of report.gaps.filter(blocks)) logger.warn("not read", { gap });
  // Powertools keeps the key `service` for itself.
  for (const { registration, service: serviceName, plan, outcomes, problems, notes } of report.services) {
    const verdicts: Record<string, number> = {};
    for (const { action } of plan?.revisions ?? []) verdicts[action] = (verdicts[action] ?? 0) + 1;
    logger.info("planned", { registration, serviceName, family: plan?.family, mode: plan?.mode, verdicts });
    for (const problem of problems)
      logger.warn("refused", { registration, serviceName, problem: problemText(problem) });
    for (const note of notes) logger.info("note", { registration, serviceName, note });
    for (const outcome of outcomes) {
      if (outcome.result !== "postponed") logger[outcome.result === "failed" ? "warn" : "info"]("removal", { outcome });
    }
  }
  const { mode, stopped, calls } = report;
  logger.info("run ended", { ...countsOf(report), mode, stopped, calls });
}

/**
 * Publishes the metrics of a run. A full run planned for every service in knowledge of the whole account, and got as far
 * with its removals as the other metrics say: a gap of the account or of a family, an event for some services, or one that
 * only plans leaves `CompletedFullRuns` out.
 */
export function recordMetrics(metrics: MetricSink, report: Report, allServices: boolean): void {
  const { removed, failed, spared, postponed, refused } = countsOf(report);
  const unread = report.gaps.filter(blocks).some(({ scope: { kind } }) => kind === "account" || kind === "family");
  const full = allServices && !report.mode && !unread;
  const values = {
    RevisionsRemoved: removed,
    RemovalsFailed: failed,
    RevisionsSpared: spared,
    RemovalsPostponed: postponed,
    ServicesRefused: refused,
    ...(full && { CompletedFullRuns: 1 }),
  };
  for (const [name, value] of Object.entries(values)) metrics.addMetric(name, MetricUnit.Count, value);
  metrics.publishStoredMetrics();
}
