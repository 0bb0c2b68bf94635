import { blockingGaps, totals } from "../report/groups";
import { serviceText } from "../report/report";
import { oneLine } from "../report/table";
import type { Plan, Report } from "../retention/types";
import type { Options } from "./command";
import { type Confirm, drawing, print, runFor } from "./session";
import { type Shell, UsageError } from "./shell";

function exitCode(report: Report): number {
  const sum = totals(report.services);
  if (sum.failed > 0 || report.services.some(({ problems }) => problems.length > 0)) return 1;
  return sum.postponed > 0 || blockingGaps(report).length > 0 ? 3 : 0;
}

function planText(plan: Plan, shell: Shell): string {
  const service = { registration: plan.family, service: plan.service, plan, outcomes: [], problems: [] };
  return serviceText(service, drawing(shell.stderr, shell.env));
}

/** Removes what the plans of policies in mode `enforce` say, once somebody agreed. */
export async function apply(options: Options, shell: Shell): Promise<number> {
  const { ask } = shell;
  if (!options.yes && !ask) {
    throw new UsageError("apply asks before it removes and there is no terminal to ask on: give --yes");
  }
  let declined = false;
  const confirm: Confirm = async (plans, account, region) => {
    if (options.yes || !ask) return true;
    const sum = totals(plans.map((plan) => ({ registration: "", service: "", plan, outcomes: [], problems: [] })));
    for (const plan of plans) shell.stderr.write(`${planText(plan, shell)}\n\n`);
    const question = `Deregister ${sum.deregister} and delete ${sum.delete} revisions in account ${account}, ${region}? [y/N] `;
    declined = !/^y(es)?$/i.test((await ask(question)).trim());
    return !declined;
  };
  const report = await runFor(options, shell, confirm);
  // The plan that was declined stands above the question already.
  if (!declined || options.json) print(report, options, shell);
  for (const { plan, service, registration } of report.services) {
    if (plan?.mode !== "report") continue;
    const fix = `set "mode": "enforce" in ${registration} to have it applied`;
    shell.stderr.write(`${oneLine(service)}: left alone, its policy is in mode "report"; ${fix}\n`);
  }
  if (declined) shell.stderr.write("Declined: nothing was removed\n");
  return exitCode(report);
}
