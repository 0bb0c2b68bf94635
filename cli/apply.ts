import { blockingGaps } from "../report/gaps";
import { serviceText, textReport } from "../report/report";
import { oneLine } from "../report/table";
import { totals } from "../report/totals";
import type { Plan, Report } from "../retention/types";
import type { Options } from "./command";
import { type Confirm, drawing, print, runFor } from "./session";
import { EX_BLOCKED, type Shell, UsageError } from "./shell";

function exitCode(report: Report): number {
  const sum = totals(report.services);
  if (sum.failed > 0 || report.services.some(({ problems }) => problems.length > 0)) return 1;
  const left = sum.postponed > 0 || report.stopped !== undefined || blockingGaps(report).length > 0;
  return left ? EX_BLOCKED : 0;
}

function planText(plan: Plan, shell: Shell): string {
  const service = { registration: plan.family, service: plan.service, plan, outcomes: [], problems: [], notes: [] };
  return serviceText(service, drawing(shell.stderr, shell.env));
}

/** Removes what the plans of policies in mode `enforce` or `retire` say, once somebody agreed. */
export async function apply(options: Options, shell: Shell): Promise<number> {
  const { ask } = shell;
  if (!options.yes && !ask) {
    throw new UsageError("apply asks before it removes and there is no terminal to ask on: give --yes");
  }
  if (options.store === undefined) {
    throw new UsageError(
      "apply needs --store s3://BUCKET|DIR: where uses, limits and the JSON of what is deleted are kept. " +
        "Name the bucket of the cleanup function where one is deployed, so that the two never work at once; else any folder that you keep",
    );
  }
  let declined = false;
  const confirm: Confirm = async (plans, account, region) => {
    if (options.yes || !ask) return true;
    const sum = totals(plans.map((plan) => ({ plan, outcomes: [] })));
    for (const plan of plans) shell.stderr.write(`${planText(plan, shell)}\n\n`);
    const question = `Deregister ${sum.deregister} and delete ${sum.delete} revisions in account ${account}, ${region}? [y/N] `;
    declined = !/^y(es)?$/i.test((await ask(question)).trim());
    return !declined;
  };
  const report = await runFor(options, shell, confirm);
  // The plan that was declined stands above the question already.
  if (!declined || options.json) print(report, textReport, options, shell);
  for (const { plan, service, registration } of report.services) {
    if (plan?.mode !== "report") continue;
    const fix = `set "mode": "enforce" in ${registration} to have it applied`;
    shell.stderr.write(`${oneLine(service)}: left alone, its policy is in mode "report"; ${fix}\n`);
  }
  if (declined) shell.stderr.write("Declined: nothing was removed\n");
  return exitCode(report);
}
