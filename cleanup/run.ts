import { createHash } from "node:crypto";
import type { ECSClient } from "@aws-sdk/client-ecs";
import type { Connect } from "../aws/clients";
import { type Calls, calls } from "../aws/retry";
import { claimsOf } from "../retention/registration";
import { indexInventory } from "../retention/revisions/inventory";
import { planRevisions } from "../retention/revisions/plan";
import type { Clock, Millis, Plan, Report, RetentionPolicy, ServiceReport } from "../retention/types";
import { readInventory } from "./inventory";
import { countWaiting, type Part, partOf, postpone } from "./parts";
import type { GoodRegistration, LoadedRegistration } from "./registrations";
import { removeInTurn } from "./removal";

/** What a run is doing, for whoever shows it. */
export interface Progress {
  step: "revisions" | "references" | "dates" | "plans" | "removal";
  /** Registration's key: only while removing. */
  registration?: string;
  /** Removals that have their outcome, and how many there are: only while removing. */
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
  /** Names or registration keys of the services to remove for. What is read and protected stays the account. @default all */
  services?: string[];
  /** `report`: plan only. @default as each policy says */
  mode?: "report";
  /** When the run must be over; its last 90 s belong to the report. */
  deadline: Millis;
  /**
   * The client that removes for one service: the function assumes its cleanup role, the CLI is the caller itself. `calls`
   * are those of the run. What it throws ends this service's part alone.
   */
  removerFor(registration: GoodRegistration, calls: Calls): Promise<ECSClient>;
  /** Asked once, before the first removal, with the plans that would be carried out. @default yes */
  confirm?(plans: Plan[]): Promise<boolean>;
  /** ARNs whose removal failed in the last run: their dates are read last. @default none */
  failedBefore?: string[];
  onProgress?(progress: Progress): void;
}

/** Nothing is read or removed in a run's last 90 s. */
const TIME_TO_REPORT: Millis = 90_000;

/**
 * One pass over an account and Region: reads it once, plans each service by its own policy, removes for each with its own
 * role, and reports. The same inventory, policies and moment give the same plans in every mode.
 *
 * @returns The report, also where reading or removing failed: its gaps, problems and outcomes say what.
 */
export async function run(options: RunOptions): Promise<Report> {
  const { clock, account, region, runId, mode, onProgress } = options;
  const startedAt = clock.now();
  const end = options.deadline - TIME_TO_REPORT;
  const made = calls(clock, end);
  const failedBefore = new Set(options.failedBefore);
  const services = new Map(options.registrations.map((loaded) => [loaded.key, reportOf(loaded)]));
  for (const [key, problem] of claims(options.registrations)) services.get(key)?.problems.push(problem);
  const sound = options.registrations.filter(isGood).filter(({ key }) => services.get(key)?.problems.length === 0);
  const good = shuffled(sound, runId);

  const { inventory, removeUntil } = await readInventory({
    client: options.connect.ecs(),
    calls: made,
    clock,
    account,
    region,
    policies: good.map(({ registration }) => registration.policy),
    failedBefore,
    end,
    onStep: (step) => onProgress?.({ step }),
  });
  onProgress?.({ step: "plans" });
  const indexed = indexInventory(inventory);
  const now = clock.now();
  const parts: Part[] = [];
  for (const loaded of good) {
    const report = services.get(loaded.key) as ServiceReport;
    report.plan = planRevisions(loaded.registration.policy, indexed, now);
    if (removesFor(loaded, options)) parts.push(partOf(loaded, report, { account, region, failedBefore, now }));
  }
  await carryOut(parts, options, made, removeUntil);
  return {
    version: 1,
    runId,
    account,
    region,
    startedAt,
    endedAt: clock.now(),
    ...(mode && { mode }),
    gaps: inventory.gaps,
    services: [...services.values()],
    calls: made.counts,
  };
}

function isGood(loaded: LoadedRegistration): loaded is GoodRegistration {
  return "registration" in loaded;
}

function reportOf(loaded: LoadedRegistration): ServiceReport {
  const { key: registration } = loaded;
  if (isGood(loaded)) return { registration, service: loaded.registration.policy.service, outcomes: [], problems: [] };
  return { registration, service: loaded.family ?? registration, outcomes: [], problems: [...loaded.problems] };
}

/** A broken registration claims its family as a good one does: nobody knows what it would keep. */
function claims(registrations: LoadedRegistration[]): ReturnType<typeof claimsOf> {
  return claimsOf(
    registrations.flatMap((loaded) => {
      const family = isGood(loaded) ? loaded.registration.policy.family : loaded.family;
      return family === undefined ? [] : [{ key: loaded.key, registration: { policy: { family } as RetentionPolicy } }];
    }),
  );
}

/** Another order in every run: where the time does not suffice for all, it is not always the same ones who go without. */
function shuffled(registrations: GoodRegistration[], runId: string): GoodRegistration[] {
  const draw = ({ key }: GoodRegistration) => createHash("sha256").update(`${runId}/${key}`).digest("hex");
  return registrations.toSorted((one, other) => (draw(one) < draw(other) ? -1 : 1));
}

function removesFor({ key, registration }: GoodRegistration, { mode, services }: RunOptions): boolean {
  if (mode === "report" || registration.policy.mode !== "enforce") return false;
  return !services || services.includes(key) || services.includes(registration.policy.service);
}

async function carryOut(parts: Part[], options: RunOptions, made: Calls, removeUntil: Millis): Promise<void> {
  const { clock, confirm, onProgress, removerFor } = options;
  const removing = parts.filter((part) => countWaiting(part) > 0);
  const of = removing.reduce((sum, part) => sum + countWaiting(part), 0);
  if (of === 0) return;
  if (confirm && !(await confirm(removing.map(({ report }) => report.plan as Plan)))) {
    for (const part of removing) postpone(part, "declined", clock.now());
    return;
  }
  let done = 0;
  await removeInTurn(removing, {
    calls: made,
    clock,
    removeUntil,
    removerFor: (registration) => removerFor(registration, made),
    onRemoved({ registration }, count) {
      done += count;
      onProgress?.({ step: "removal", registration: registration.key, done, of });
    },
  });
}
