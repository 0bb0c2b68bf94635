import { StoreConflictError } from "../aws/s3-store";
import type { Report, Store } from "../retention/types";

/** What one run leaves to the next in its account and Region. */
interface State {
  version: 1;
  /** ARNs whose removal failed; they come last when dates are read, so that they hold nothing else up. */
  failed: string[];
}

export interface LoadedState {
  failed: string[];
  key: string;
  etag: string | "absent";
}

/** The state of the last run; one that cannot be understood counts as empty, since it is only advice. */
export async function loadState(store: Store, account: string, region: string): Promise<LoadedState> {
  const key = `state/${account}-${region}.json`;
  const object = await store.get(key);
  return { failed: object ? failedOf(object.body) : [], key, etag: object?.etag ?? "absent" };
}

function failedOf(body: string): string[] {
  try {
    const { version, failed } = JSON.parse(body) as Partial<State>;
    return version === 1 && Array.isArray(failed) ? failed.filter((arn) => typeof arn === "string") : [];
  } catch {
    return [];
  }
}

/** @returns Whether it was written: not where another run wrote its own meanwhile. */
export async function saveState(store: Store, { key, etag }: LoadedState, failed: string[]): Promise<boolean> {
  const state: State = { version: 1, failed };
  try {
    await store.put(key, JSON.stringify(state), etag);
    return true;
  } catch (error) {
    if (error instanceof StoreConflictError) return false;
    throw error;
  }
}

/** What failed in this run, and what failed before and was not removed or tried since, as long as it is listed. */
export function failedAfter(report: Report, failedBefore: readonly string[]): string[] {
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
