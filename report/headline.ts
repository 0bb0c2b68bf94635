import { dayOf } from "../retention/dates";
import type { Report, ServiceReport } from "../retention/types";
import { blockingGaps, isAllBlocked } from "./gaps";
import { count, number } from "./sentences";
import { onlyReported, type Totals, totals } from "./totals";

/** The account's state and what came of the run, in a few sentences. */
export function headline(report: Report): string {
  const { services } = report;
  const sum = totals(services);
  const problems = services.filter((service) => service.problems.length > 0).length;
  const refused = problems > 0 ? ` ${count(problems, "service")} with problems.` : "";
  const untouched = services.every(onlyReported);
  const gaps = blockingGaps(report);
  if (isAllBlocked(report)) {
    const more =
      sum.deregistered + sum.deleted > 0 ? `more is removed for any service; until then ${doneTotals(sum)}` : "";
    return `Blocked: what the account needs could not be read, so nothing ${more || "is removed for any service"}.${refused}`;
  }
  const would = totals(services.filter(onlyReported));
  const who = untouched ? "this run only reports" : "services that only report";
  const reported =
    would.deregister + would.delete > 0
      ? `${who}: ${count(would.deregister, "revision")} would be deregistered, ${number(would.delete)} deleted`
      : "";
  const nothing = reported || gaps.length > 0 ? "Nothing was removed" : "Nothing to remove";
  const what = untouched ? nothing : `Revisions: ${doneTotals(sum)}`;
  const kept = gaps.length > 0 ? ` ${count(gaps.length, "gap")}: what could not be read is kept.` : "";
  return `${report.stopped ? "Stopped. " : ""}${what}${reported && `; ${reported}`}.${kept}${refused}`;
}

/** What stopped the run for everybody. */
export function stoppedText({ stopped }: Report): string | undefined {
  return stopped && `Removals are stopped for every service: ${stopped}`;
}

function doneTotals(sum: Totals): string {
  const others = (["failed", "spared", "postponed"] as const).filter((result) => sum[result] > 0);
  return [
    `${number(sum.deregistered)} deregistered`,
    `${number(sum.deleted)} deleted`,
    ...others.map((result) => `${number(sum[result])} ${result}`),
  ].join(", ");
}

/** `61 revisions: 10 kept, 3 to deregister, 12 to delete; 3 deregistered, 12 deleted` */
export function totalsText(service: ServiceReport): string {
  const sum = totals([service]);
  if (sum.revisions === 0)
    return `No revision of family ${service.plan?.family} was read: check its name and the Region`;
  const plan = [`${number(sum.keep)} kept`];
  if (sum.deregister > 0) plan.push(`${number(sum.deregister)} to deregister`);
  if (sum.delete > 0) plan.push(`${number(sum.delete)} to delete`);
  const done = service.outcomes.length > 0 ? `; ${doneTotals(sum)}` : "";
  const ends = service.backlogEnds;
  const backlog =
    ends === undefined ? "" : `; at maxRemovals a day the rest is gone by ${dayOf(ends)}, if nothing changes`;
  return `${count(sum.revisions, "revision")}: ${plan.join(", ")}${done}${backlog}`;
}
