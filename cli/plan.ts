import { blockingGaps, totals } from "../report/groups";
import type { Report } from "../retention/types";
import type { Options } from "./command";
import { print, runFor } from "./session";
import type { Shell } from "./shell";

function exitCode(report: Report): number {
  if (report.services.some(({ problems }) => problems.length > 0)) return 1;
  if (blockingGaps(report).length > 0) return 3;
  const sum = totals(report.services);
  return sum.deregister + sum.delete > 0 ? 2 : 0;
}

/** Shows what would go, whatever mode a policy is in; changes nothing. */
export async function plan(options: Options, shell: Shell): Promise<number> {
  const report = await runFor(options, shell);
  print(report, options, shell);
  return exitCode(report);
}
