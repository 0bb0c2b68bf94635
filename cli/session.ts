import { randomUUID } from "node:crypto";
import { calls } from "../aws/retry";
import { run } from "../cleanup/run";
import { when } from "../report/sentences";
import { type TableOptions, wantsColour } from "../report/table";
import type { Plan, Report } from "../retention/types";
import { accountOf, connectFor } from "./account";
import type { Options } from "./command";
import { loadPolicies, loadSettings } from "./files";
import { progressOn } from "./progress";
import { BusyError, type Output, type Shell } from "./shell";
import { storageAt, withFiles, withKeys } from "./store";

/** A shell waits longer than a function may: what is in use is read again as often as it takes. */
const LONGEST_RUN = 24 * 60 * 60_000;

/** How wide and colourful a stream may be written. */
export function drawing(output: Output, env: Shell["env"]): TableOptions {
  return { width: output.columns || 120, colour: wantsColour(output, env) };
}

/** Asks about plans of an account and Region. */
export type Confirm = (plans: Plan[], account: string, region: string) => Promise<boolean>;

/**
 * The run that the function makes, over policy files and with the caller's own credentials.
 *
 * @param confirm Asked once before the first removal; without it nothing is removed.
 * @returns The report, its services named by their files.
 * @throws SetupError where there are no credentials, there is no Region, or no policy is sound.
 * @throws BusyError where another run holds the store's lease.
 */
export async function runFor(options: Options, shell: Shell, confirm?: Confirm): Promise<Report> {
  const policies = await loadPolicies(options.policies);
  const settings = await loadSettings(options.settings);
  const { connect, region } = await connectFor(options, shell);
  const deadline = shell.clock.now() + LONGEST_RUN;
  const counts = {};
  const storage = storageAt(options.store, connect, calls(shell.clock, deadline, counts));
  const account = await accountOf(connect, shell);
  const registrations = await withKeys(policies, storage);
  const progress = progressOn(shell.stderr);
  const { report, held } = await run({
    ...storage,
    connect,
    clock: shell.clock,
    account,
    region,
    runId: randomUUID(),
    registrations,
    settings,
    counts,
    deadline,
    removerFor: async () => connect.ecs(),
    onProgress: progress.show,
    ...(confirm
      ? {
          confirm: (plans) => {
            progress.clear();
            return confirm(plans, account, region);
          },
        }
      : { mode: "report" }),
  }).finally(progress.clear);
  if (held)
    throw new BusyError(`run ${held.runId} works with ${storage.storeName} until ${when(held.until)}: try again then`);
  return withFiles(report, registrations, options.policies);
}

/** A command's result on stdout, as a text for people or as JSON for programs. */
export function print<T>(
  result: T,
  textOf: (result: T, drawing: TableOptions) => string,
  { json }: { json: boolean },
  { stdout, env }: Shell,
): void {
  stdout.write(json ? `${JSON.stringify(result, null, 2)}\n` : textOf(result, drawing(stdout, env)));
}
