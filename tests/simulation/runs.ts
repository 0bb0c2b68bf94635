import type { Connect } from "../../aws/clients";
import { calls } from "../../aws/retry";
import { openStore } from "../../aws/store";
import { loadRegistration } from "../../cleanup/registrations";
import { run } from "../../cleanup/run";
import { storedRun } from "../../cleanup/stored-run";
import type { Clock, Millis } from "../../retention/types";
import { ACCOUNT, BUCKET, REGION } from "./account";

/** What a run is started with. */
export interface Start {
  kind: "function" | "cli";
  connect: Connect;
  clock: Clock;
  runId: string;
  deadline: Millis;
  mode?: "report";
  services?: string[];
  /** Whether it only goes on with what an earlier one left over. */
  continue?: true;
  settings: { acknowledgedGaps: { id: string; reason: string; until: string }[]; ignoredSources: [] };
  /** Of the CLI: its policy files, by their names. */
  files: { key: string; body: string }[];
}

/** Whatever is to be watched; resolves with whether it really read the account. */
export type Cleaner = (start: Start) => Promise<boolean>;

/** How a run may be started. */
export const RUNS = {
  "run-function": { kind: "function" },
  "run-report": { kind: "function", mode: "report" },
  "run-cli": { kind: "cli" },
} as const satisfies Record<string, { kind: Start["kind"]; mode?: "report" }>;

/** The product, as its function and its CLI drive it. */
export const product: Cleaner = async (start) => {
  const { kind, connect, clock, runId, deadline, mode, services, settings, files } = start;
  const common = { connect, clock, account: ACCOUNT, region: REGION, runId, deadline, settings };
  const asked = { ...(mode && { mode }), ...(services && { services }) };
  if (kind === "function") {
    const result = await storedRun({ ...common, ...asked, bucket: BUCKET, ...(start.continue && { continue: true }) });
    return result?.report !== undefined;
  }
  const result = await run({
    ...common,
    ...asked,
    registrations: files.map(({ key, body }) => loadRegistration(body, key)),
    store: openStore(`s3://${BUCKET}`, connect, calls(clock, deadline)),
    storeName: `s3://${BUCKET}`,
    remembers: true,
    removerFor: async () => connect.ecs(),
  });
  return result.report !== undefined;
};
