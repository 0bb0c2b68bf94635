import type { ECSClient } from "@aws-sdk/client-ecs";
import type { Connect } from "../aws/clients";
import type { Calls } from "../aws/retry";
import type { Settings } from "../retention/settings";
import type { Clock, Millis, Plan, Report, Store } from "../retention/types";
import type { GoodRegistration, LoadedRegistration } from "./registrations";

/** What a run is doing, for whoever shows it. */
export interface Progress {
  step: "revisions" | "descriptions" | "references" | "plans" | "removal";
  /** Registration's key: only while removing. */
  registration?: string;
  /** Revisions that were described, or removals that have their outcome, and how many there are. */
  done?: number;
  of?: number;
}

export interface RunOptions {
  connect: Connect;
  clock: Clock;
  account: string;
  region: string;
  /** Names the run, its report and the sessions it opens: 2 to 64 of `[A-Za-z0-9_=,.@-]`. */
  runId: string;
  registrations: LoadedRegistration[];
  /** Where lease, ledgers, facts, journal, archive and report lie. */
  store: Store;
  /** For the report: `s3://bucket` or a folder. @default none */
  storeName?: string;
  /** `false`: the store is forgotten with the run, so rules that need memory are not applied. */
  remembers: boolean;
  /** Names or registration keys of the services to remove for. What is read and protected stays the account. @default all */
  services?: string[];
  /** `report`: plan only. @default as each policy says */
  mode?: "report";
  settings: Settings;
  /** When the run must be over; its last 90 s belong to the report. */
  deadline: Millis;
  /**
   * The client that removes for one service: the function assumes its cleanup role, the CLI is the caller itself. `calls`
   * are those of the run. What it throws ends this service's part alone; a `RoleRefusedError` alarms in the second run.
   */
  removerFor(registration: GoodRegistration, calls: Calls): Promise<ECSClient>;
  /** Asked once, before the first removal, with the plans that would be carried out. @default yes */
  confirm?(plans: Plan[]): Promise<boolean>;
  /** Of calls made outside of the run that belong into its report, such as the store's. @default none */
  counts?: Record<string, number>;
  onProgress?(progress: Progress): void;
  /** Told the report before it is written: what was done must show also where the store refuses it. */
  onReport?(report: Report): void;
}

/** `held`: another run holds the lease, and nothing was done. */
export type RunResult =
  | { report: Report; key: string; held?: undefined }
  | { held: { runId: string; until: Millis }; report?: undefined; key?: undefined };
