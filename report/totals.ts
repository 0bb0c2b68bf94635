import type { ServiceReport } from "../retention/types";

/** Numbers of revisions; those from `deregistered` on are outcomes. */
export interface Totals {
  revisions: number;
  keep: number;
  deregister: number;
  delete: number;
  deregistered: number;
  deleted: number;
  failed: number;
  spared: number;
  postponed: number;
}

export function totals(services: Pick<ServiceReport, "plan" | "outcomes">[]): Totals {
  const verdicts = { revisions: 0, keep: 0, deregister: 0, delete: 0 };
  const outcomes = { deregistered: 0, deleted: 0, failed: 0, spared: 0, postponed: 0 };
  for (const service of services) {
    for (const { action } of service.plan?.revisions ?? []) {
      verdicts.revisions++;
      verdicts[action]++;
    }
    for (const { action, result } of service.outcomes) {
      if (result === "done") outcomes[action === "delete" ? "deleted" : "deregistered"]++;
      else outcomes[result]++;
    }
  }
  return { ...verdicts, ...outcomes };
}

/** Whether no removal was tried or put off: the mode was report, the run was for others, or there was nothing to remove. */
export function onlyReported({ outcomes }: ServiceReport): boolean {
  return outcomes.length === 0;
}
