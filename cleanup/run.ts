import { createHash } from "node:crypto";
import { StoreConflictError } from "../aws/errors";
import { type Calls, calls } from "../aws/retry";
import { STORE } from "../retention/store-layout";
import type { Millis, Plan, Report, ServiceReport } from "../retention/types";
import { claimsAfter, contested, vanishedOf } from "./claims";
import { loadMemory, stateAfter } from "./memory";
import type { RunOptions, RunResult } from "./options";
import { type Part, partOf } from "./parts";
import { readAndPlan } from "./pass";
import { type Removal, removeInPasses } from "./passes";
import { type GoodRegistration, isGood } from "./registrations";
import { removers } from "./removers";
import { foretell, reportKey, serviceReports } from "./report";
import { settleBatch } from "./settle";
import { saveState } from "./store/account-state";
import { type Lease, LeaseLostError, takeLease } from "./store/lease";

/** Nothing is read or removed in a run's last 90 s. */
const TIME_TO_REPORT: Millis = 90_000;

/**
 * One run over an account and Region, under the lease of its store: reads the account, plans each service by its own
 * policy, removes for each with its own role, and reports. The same inventory, policies, memory and moment give the same
 * plans in every mode.
 *
 * @returns The report, also where reading or removing failed: its gaps, problems and outcomes say what.
 * @throws ReadError where the store cannot be read or written; what was removed by then was told to `onReport`.
 */
export async function run(options: RunOptions): Promise<RunResult> {
  const { lease, held } = await takeLease(options.store, options);
  if (!lease) return { held };
  try {
    return await runHolding(lease, options);
  } finally {
    await lease.release();
  }
}

async function runHolding(lease: Lease, options: RunOptions): Promise<RunResult> {
  const { clock, registrations } = options;
  const startedAt = clock.now();
  const end = options.deadline - TIME_TO_REPORT;
  const made = calls(clock, end, options.counts);
  const { store } = lease;
  const memory = await loadMemory(store, options);
  const { loaded, ledgers, facts } = memory;
  const before = loaded.state;

  const present = new Set((await store.list(STORE.policies)).map(({ key }) => key));
  const lastClaims = claimsAfter(registrations, present, before.lastClaims, startedAt);
  const services = serviceReports(registrations, contested(registrations, lastClaims));
  const good = shuffled(registrations.filter(isGood), options.runId);
  const sound = good.filter(({ key }) => services.get(key)?.problems.length === 0);

  const client = options.connect.ecs();
  const common = { ...options, client, calls: made, store, lease, facts, ledgers, memory, good, sound, end };
  async function checkpoint(): Promise<void> {
    await facts.save();
    if (!lease.holds()) await lease.renew();
  }
  const readAgain = () => readAndPlan({ ...common, vanished: vanishedOf(lastClaims), checkpoint });
  const first = await readAgain();
  const interrupted = await settleBatch(lease.unsettled, { ...common, ...first.inventory, now: clock.now() });

  const failedBefore = new Set(before.failed);
  const parts: Part[] = [];
  for (const registration of sound) {
    const service = services.get(registration.key) as ServiceReport;
    const plan = first.plans.get(registration.key) as Plan;
    service.plan = plan;
    if (removesFor(registration, options)) parts.push(partOf(registration, service, plan, failedBefore));
  }
  const { clientOf, roles } = removers({ ...options, calls: made }, before.refused);
  const removal = await removeInPasses(parts, first, { ...common, clientOf, readAgain });

  for (const [key, service] of services) {
    const notes = [loaded.note, options.remembers ? ledgers.note(key) : undefined, interrupted.get(key)];
    service.notes.push(...notes.filter((note) => note !== undefined));
  }
  foretell(services, registrations, ledgers, clock.now());
  const report = reportOf(options, startedAt, [...services.values()], removal, made);
  options.onReport?.(report);
  const key = reportKey(report);
  await options.store.put(key, JSON.stringify(report), "any");
  try {
    if (removal.failure !== undefined) throw removal.failure;
    await ledgers.save();
    const full = !options.mode && !options.services && [...present].every((key) => services.has(key));
    const { referenced, completed: completedDeployments, cut } = removal.last;
    const found = { report, full, cut: first.cut || cut, roles, referenced, completedDeployments, lastClaims };
    await saveState(store, options, loaded, stateAfter(before, found));
  } catch (error) {
    // Whoever holds the lease by now finds out by itself what became of the last batch.
    if (!isTaken(error)) throw error;
  }
  return { report, key };
}

function reportOf(
  { account, region, runId, mode, storeName, clock }: RunOptions,
  startedAt: Millis,
  services: ServiceReport[],
  { gaps, stopped }: Removal,
  { counts }: Calls,
): Report {
  return {
    ...{ version: 1, runId, account, region, startedAt, endedAt: clock.now() },
    ...(mode && { mode }),
    gaps,
    services,
    ...(stopped !== undefined && { stopped }),
    ...(storeName !== undefined && { store: storeName }),
    calls: { ...counts },
  };
}

function isTaken(error: unknown): boolean {
  return error instanceof LeaseLostError || error instanceof StoreConflictError;
}

/** Another order in every run: where the time does not suffice for all, it is not always the same ones who go without. */
function shuffled(registrations: GoodRegistration[], runId: string): GoodRegistration[] {
  const draw = ({ key }: GoodRegistration) => createHash("sha256").update(`${runId}/${key}`).digest("hex");
  return registrations.toSorted((one, other) => (draw(one) < draw(other) ? -1 : 1));
}

function removesFor({ key, registration: { policy } }: GoodRegistration, { mode, services }: RunOptions): boolean {
  if (mode === "report" || policy.mode === "report") return false;
  return !services || services.includes(key) || services.includes(policy.service);
}
