import type { ConnectEcr } from "../../aws/ecr-client";
import { memoryStore } from "../../aws/memory-store";
import type { RunOptions, RunResult } from "../../cleanup/options";
import { type LoadedRegistration, loadRegistration } from "../../cleanup/registrations";
import { run } from "../../cleanup/run";
import type { Batch } from "../../cleanup/store/journal";
import { newLedger } from "../../retention/ledger";
import type { Ledger, Outcome, Report, Store } from "../../retention/types";
import { type Fault, type RecordedCall, World } from "../../simulator";
import {
  deregisterTaskDefinition,
  listRevisions,
  registerTaskDefinition,
} from "../../simulator/services/ecs-definitions";
import { connectTo } from "../../simulator/wire/middleware";

export const ACCOUNT = "111122223333";
export const REGION = "eu-central-1";
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Small pages, so that every list has several. */
export function newWorld(pageSize: number | undefined = 3): World {
  return new World({ seed: 7, ...(pageSize && { pageSize }) });
}

export const scopeOf = (world: World) => world.scope(ACCOUNT, REGION);
export const arnOf = (revision: string) => `arn:aws:ecs:${REGION}:${ACCOUNT}:task-definition/${revision}`;
export const connectAdmin = (world: World) => connectTo(world, world.admin(ACCOUNT), REGION);

/** What must never be shown. */
export const SECRET = "hunter2-in-the-environment";
const CONTAINER = { name: "app", image: "nginx:1.27", environment: [{ name: "TOKEN", value: SECRET }] };

/** Registers so many revisions of a family, an hour apart unless told otherwise. */
export async function register(world: World, family: string, count: number, apart = HOUR): Promise<void> {
  for (let index = 0; index < count; index++) {
    registerTaskDefinition(scopeOf(world), { family, containerDefinitions: [CONTAINER] });
    await world.clock.advance(apart);
  }
}

export function deregister(world: World, family: string, from: number, to: number): void {
  for (let revision = from; revision <= to; revision++) {
    deregisterTaskDefinition(scopeOf(world), `${family}:${revision}`);
  }
}

/** `family:revision status` of everything in the account, sorted. */
export function state(world: World): string[] {
  return listRevisions(scopeOf(world)).map(({ family, revision, status }) => `${family}:${revision} ${status}`);
}

/** `{family: [revisions]}` of one status. */
export function revisionsOf(world: World, family: string, status: string): number[] {
  return listRevisions(scopeOf(world))
    .filter((each) => each.family === family && each.status === status)
    .map((each) => each.revision);
}

/** Plans by dates and numbers alone, so that a test needs no history. */
const TASK_DEFINITIONS = { keepRevisions: 3, keepSuccessful: 0, keepFor: "0h", unusedFor: "0h" };

/** A registration as a component writes it. */
export function registered(family: string, more: Record<string, unknown> = {}): LoadedRegistration {
  const taskDefinitions = { ...TASK_DEFINITIONS, ...(more.taskDefinitions as object | undefined) };
  const policy = { version: 1, family, mode: "enforce", limits: { maxRemovals: 25_000 }, ...more, taskDefinitions };
  const cleanupRoleArn = `arn:aws:iam::${ACCOUNT}:role/ecs-retention/${REGION}/${family}`;
  return loadRegistration(JSON.stringify({ version: 1, policy, cleanupRoleArn }), keyOf(family));
}

export const keyOf = (family: string) => `policies/shop/prod/${family}.json`;
export const ledgerOf = (family: string) => `ledger/${ACCOUNT}-${REGION}/${keyOf(family)}`;
export const STATE = `state/${ACCOUNT}-${REGION}.json`;
export const LEASE = `lease/${ACCOUNT}-${REGION}.json`;

/** As long ago as any revision of these tests. */
const LONG_AGO = Date.UTC(2020, 0, 1);

export async function readJson<T>(store: Store, key: string): Promise<T> {
  return JSON.parse((await store.get(key))?.body ?? "null") as T;
}

/** A store that has known these registrations for years and never seen a revision of theirs in use. */
export async function storeOf(registrations: LoadedRegistration[], store = memoryStore()): Promise<Store> {
  for (const { key } of registrations) {
    await store.put(`ledger/${ACCOUNT}-${REGION}/${key}`, JSON.stringify(newLedger(LONG_AGO)), "any");
  }
  return store;
}

/** What runs left behind: the same however they were disturbed. */
export async function leftBy(world: World, store: Store, families: string[]) {
  const keys = async (prefix: string) => (await store.list(prefix)).map(({ key }) => key);
  const journal = await keys("journal/");
  const outcomes = await Promise.all(journal.map(async (key) => (await readJson<Batch>(store, key)).outcomes));
  const facts = await Promise.all((await keys("facts/")).map(async (key) => (await store.get(key))?.body));
  const ledgers = await Promise.all(families.map((family) => readJson<Ledger>(store, ledgerOf(family))));
  return {
    revisions: state(world),
    counted: ledgers.map(({ removed }) => removed.reduce((sum, { count }) => sum + count, 0)),
    archived: await keys("archive/"),
    // An intent of the zombie came late: it had lost its lease by then, and removed nothing.
    open: journal.filter((key, at) => !outcomes[at] && !key.includes("/zombie-")),
    described: [...new Set(facts.join().match(/\w+:\d+(?=")/g))].sort(),
    lease: (await readJson<{ expiresAt: number }>(store, LEASE)).expiresAt,
  };
}

let runs = 0;

/** One run as the administrator, 15 minutes long and with a store of its own unless told otherwise. */
export async function resultOf(
  world: World,
  registrations: LoadedRegistration[],
  more: Partial<RunOptions> = {},
): Promise<RunResult> {
  const connect = more.connect ?? connectAdmin(world);
  const store = more.store ?? (await storeOf(registrations));
  return world.clock.actor(() =>
    run({
      connect,
      clock: world.clock,
      account: ACCOUNT,
      region: REGION,
      runId: `run-${++runs}`,
      registrations,
      remembers: true,
      settings: { acknowledgedGaps: [], ignoredSources: [] },
      deadline: world.clock.now() + 15 * MINUTE,
      removerFor: async () => connect.ecs(),
      ...more,
      store,
    }),
  );
}

/** The same where nobody else holds the lease. */
export async function runIn(
  world: World,
  registrations: LoadedRegistration[],
  more: Partial<RunOptions> = {},
): Promise<Report> {
  const { report, held } = await resultOf(world, registrations, more);
  if (!report) throw new Error(`run ${held.runId} holds the lease`);
  return report;
}

export const callsOf = (world: World, operation: string): RecordedCall[] =>
  world.gate.calls.filter((call) => call.operation === operation);

/** Outcomes of one service as `family:revision action result`. */
export function outcomesOf(report: Report, family: string): string[] {
  return outcomes(report, family).map(({ subject, action, result }) => `${subject.split("/")[1]} ${action} ${result}`);
}

export function outcomes(report: Report, family: string): Outcome[] {
  return report.services.find(({ registration }) => registration === keyOf(family))?.outcomes ?? [];
}

/** Verdicts of one service as `revision action rule`, newest first. */
export function verdictsOf(report: Report, family: string): string[] {
  const service = report.services.find(({ registration }) => registration === keyOf(family));
  return (service?.plan?.revisions ?? []).map(
    ({ subject, action, because }) => `${subject.revision} ${action} ${because.rule}`,
  );
}

/** Gaps that block something, as `source cause scope: detail`. */
export function gapsOf(report: Pick<Report, "gaps">): string[] {
  return report.gaps
    .filter(({ scope }) => scope.kind !== "none")
    .map(({ source, cause, scope, detail }) => `${source} ${cause} ${scope.kind}: ${detail}`);
}

/** Faults of one operation: on each of its calls that `when` picks, counted from 1. */
export function failing(world: World, operation: string, fault: Fault, when: (nth: number) => boolean = () => true) {
  let nth = 0;
  world.gate.faults = (call) => (call.operation === operation && when(++nth) ? fault : undefined);
}

type Output = Record<string, unknown>;
type Next = (args: object) => Promise<{ output: Output; response: unknown }>;

/** AWS as it should not answer: changes what one operation gives; `nth` counts its answers from 1. */
export function answering(
  connect: ConnectEcr,
  operation: string,
  change: (output: Output, nth: number) => Output | Promise<Output>,
): ConnectEcr {
  let nth = 0;
  const middleware = (next: Next, context: { commandName?: string }) => async (args: object) => {
    const result = await next(args);
    if (context.commandName !== `${operation}Command`) return result;
    return { ...result, output: await change(result.output, ++nth) };
  };
  const outermost = { relation: "before", toMiddleware: "simulator", name: `answering ${operation}` } as const;
  return {
    ...connect,
    ecs(credentials) {
      const client = connect.ecs(credentials);
      client.middlewareStack.addRelativeTo(middleware as never, outermost);
      return client;
    },
    ecr() {
      const client = connect.ecr();
      client.middlewareStack.addRelativeTo(middleware as never, outermost);
      return client;
    },
  };
}
