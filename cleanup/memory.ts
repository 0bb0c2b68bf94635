import type { AccountState, Report, Store } from "../retention/types";
import type { RunOptions } from "./options";
import { isGood } from "./registrations";
import { type LoadedState, loadState } from "./store/account-state";
import { type Facts, openFacts } from "./store/facts";
import { type Ledgers, loadLedgers } from "./store/ledgers";

/** What earlier runs left in the store. */
export interface Memory {
  loaded: LoadedState;
  ledgers: Ledgers;
  facts: Facts;
}

/** Calls: a GET for the state and for each registration's ledger, a list and a GET for each 5,000 facts. */
export async function loadMemory(store: Store, options: RunOptions): Promise<Memory> {
  const { account, region, registrations, clock } = options;
  const keys = registrations.filter(isGood).map(({ key }) => key);
  return {
    loaded: await loadState(store, account, region),
    ledgers: await loadLedgers(store, options, keys, clock.now()),
    facts: await openFacts(store, account, region),
  };
}

/** What a run found out that the next one should know. */
export interface Findings extends Pick<AccountState, "referenced" | "completedDeployments" | "lastClaims"> {
  report: Report;
  /** Whether every registration of the store was planned and carried out as its policy says. */
  full: boolean;
  /** Something was not described for lack of time. */
  cut: boolean;
  /** Keys of registrations whose role was asked for, and whether it was refused. */
  roles: ReadonlyMap<string, "opened" | "refused">;
}

export function stateAfter(before: AccountState, findings: Findings): AccountState {
  const { report, full, cut, roles, referenced, completedDeployments, lastClaims } = findings;
  const left = report.services.some(({ outcomes }) =>
    outcomes.some(({ postponedBy }) => postponedBy === "time" || postponedBy === "pace"),
  );
  const notAsked = before.refused.filter((key) => !roles.has(key));
  const refused = [...roles].filter(([, role]) => role === "refused").map(([key]) => key);
  return {
    version: 1,
    failed: failedAfter(report, before.failed),
    referenced,
    completedDeployments,
    lastClaims,
    refused: [...notAsked, ...refused].sort(),
    // A run of some services does not know what another one left for the others.
    pending: cut || left || (!full && before.pending),
  };
}

/** What failed in this run, and what failed before and was not removed or tried since, as long as it is listed. */
function failedAfter(report: Report, failedBefore: readonly string[]): string[] {
  const before = new Set(failedBefore);
  return report.services.flatMap(({ plan, outcomes }) => {
    const results = new Map(outcomes.map(({ subject, result }) => [subject, result]));
    const listed = plan?.revisions.map(({ subject }) => subject.arn) ?? [];
    return listed.filter((arn) => {
      const result = results.get(arn);
      return result === "failed" || (result !== "done" && before.has(arn));
    });
  });
}
