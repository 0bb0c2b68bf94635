import { blockingGaps } from "../report/gaps";
import { textReport } from "../report/report";
import { totals } from "../report/totals";
import type { Report } from "../retention/types";
import type { Options } from "./command";
import { print, runFor } from "./session";
import { EX_BLOCKED, type Shell } from "./shell";

function exitCode(report: Report): number {
  if (report.services.some(({ problems }) => problems.length > 0)) return 1;
  if (report.stopped !== undefined || blockingGaps(report).length > 0) return EX_BLOCKED;
  const sum = totals(report.services);
  return sum.deregister + sum.delete > 0 ? 2 : 0;
}

/** Shows what would go, whatever mode a policy is in; changes nothing in ECS. */
export async function plan(options: Options, shell: Shell): Promise<number> {
  const report = await runFor(options, shell);
  print(report, textReport, options, shell);
  return exitCode(report);
}
