import { createHash } from "node:crypto";
import type { Clock, Millis } from "../../retention/types";
import { type Fault, KilledError, type RecordedCall, SimulatorError } from "../../simulator";
import { Random } from "../../simulator/random";
import { roleOf } from "../../simulator/services/iam";
import { openSession } from "../../simulator/services/sts";
import { Account, BUCKET, PLACE, REGION } from "./account";
import { bodyOf, claimsAt, current, objectsBelow, readClaim } from "./claims";
import { connectSlowly } from "./connect";
import { faultOf, happeningOf, runOf } from "./events";
import { deployPolicy, lines } from "./events-store";
import { DENIED, type Meeting } from "./faults";
import type { Event, History } from "./history";
import { expectGone } from "./liveness";
import { type ObservedRun, Observer, type Violation } from "./observer";
import { type Cleaner, product } from "./runs";
import { tolerancesOf } from "./tolerances";

const MINUTE = 60_000;

export interface Result {
  /** Calls and events. */
  steps: number;
  removals: number;
  /** Of the first violation nothing more is looked at. */
  violations: Violation[];
  /** Of every call and event: the same history gives the same. */
  hash: string;
  /** What happened, event by event, as long as it was asked for. */
  told: string[];
}

export interface Options {
  /** @default the product */
  cleaner?: Cleaner;
  /** Whether what may go must be gone in the end. @default true */
  liveness?: boolean;
  /** Kills the run of one event at one of its calls, counted from 1. */
  killAt?: { event: number; nth: number; when: "before" | "after" };
  /** Told what happens, as it happens. */
  onTold?(line: string): void;
}

/** Lives through a history, with the cleanup running in between, until its end or the first violation. */
export async function simulate(history: History, options: Options = {}): Promise<Result> {
  return new Simulation(history, options).run();
}

export class Simulation {
  readonly account: Account;
  readonly observer: Observer;
  readonly cleaner: Cleaner;
  readonly #history: History;
  readonly #options: Options;
  readonly #hash = createHash("sha256");
  readonly #told: string[] = [];
  /** Events that wait for so many calls. */
  #armed: { event: Event; left: number }[] = [];
  /** Faults that go on. */
  #meetings: { operation: string; meeting: Meeting }[] = [];
  readonly #running = new Map<string, Promise<void>>();
  #steps = 0;
  #ticks = 0;
  /** Of the run that is to be killed. */
  #calls = 0;
  #quiet = false;

  constructor(history: History, options: Options) {
    this.#history = history;
    this.#options = options;
    this.cleaner = options.cleaner ?? product;
    this.account = new Account(history.seed, history.world);
    const random = new Random(history.seed ^ 0xfa111e5);
    for (let index = 0; index < history.world.families; index++) {
      const suffix = random.next() < 0.2 ? `-${random.text(8)}` : "";
      this.account.addFamily(`${FAMILIES[index]}${suffix}`, 1 + random.below(14), random);
    }
    for (const line of lines(this.account)) deployPolicy(this.account, line.family, line, random);
    this.observer = new Observer(this.account.scope, BUCKET, tolerancesOf(history.world), this.account.denied);
    const { gate } = this.account.world;
    gate.keep = 1_000;
    gate.remembers = history.world.staleness > 0;
    gate.faults = (call) => this.#beforeCall(call);
    gate.observe = (call) => this.#afterCall(call);
    this.account.meddled = (key) => {
      this.observer.meddled.set(key, this.observer.now);
      this.#disturb();
    };
  }

  async run(): Promise<Result> {
    const { clock } = this.account.world;
    await clock.actor(async (driver) => {
      const stop = this.#everyQuarterHour();
      for (const event of this.#history.events) {
        if (event.after > 0) await driver.sleep(event.after);
        if (this.#over) break;
        if (event.calls) this.#armed.push({ event, left: event.calls });
        else this.#happen(event);
      }
      await driver.sleep(30 * MINUTE);
      await clock.wait(Promise.all(this.#running.values()));
      if (!this.#over && this.#options.liveness !== false) await this.#comeToRest(driver);
      stop();
    });
    if (!this.#over) this.#findLeaks();
    const { violations, removals } = this.observer;
    const hash = this.#hash.digest("hex");
    return { steps: this.#steps, removals: removals.length, violations, hash, told: this.#told };
  }

  /** Whether the run that was to be killed came as far as that call. */
  get killed(): boolean {
    return this.#calls >= (this.#options.killAt?.nth ?? Infinity);
  }

  get #over(): boolean {
    return this.observer.violations.length > 0;
  }

  #happen(event: Event): void {
    const random = new Random(event.seed);
    const start = runOf(event.kind);
    if (start) {
      this.#start(event.id, start, random);
      return;
    }
    const text = happeningOf(event.kind)?.(this.account, random);
    if (text === undefined) return;
    this.#step(`#${event.id} ${text}`);
    this.observer.afterEvent();
  }

  /** Starts a run and does not wait for it. */
  #start(id: number, { kind, mode, ...more }: Pick<StartOf, "kind" | "mode" | "continue">, random: Random): void {
    const { account, observer } = this;
    const { clock } = account.world;
    const runId = `${kind}-${id}`;
    const { slowest, skew: most } = this.#history.world;
    // A clock that is wrong the other way next time has been set back.
    const skew = this.#quiet ? 0 : Math.round((random.next() * 2 - 1) * most * 0.75);
    const principal =
      kind === "cli"
        ? account.user(runId)
        : openSession(account.scope, roleOf(account.scope, `ecs-retention-${REGION}`), { name: runId });
    const files = objectsBelow(observer.bucket, "policies/").flatMap(([key, versions]) => {
      const body = bodyOf(current(versions));
      const file = `./${key.split("/").at(-1)}`;
      return body === undefined ? [] : [{ key: kind === "cli" ? file : key, body }];
    });
    const lasts = (more.continue || this.#quiet || random.next() < 0.7 ? 15 : 4 + random.below(8)) * MINUTE;
    const only = !this.#quiet && random.next() < 0.1 ? files[random.below(files.length)] : undefined;
    const service = only && !mode && !more.continue ? readClaim(only.key, only.body).policy?.service : undefined;
    const observed: ObservedRun = {
      id: runId,
      startedAt: clock.now(),
      ...(mode && { mode }),
      ...(service && { services: [service] }),
      ...(kind === "cli" && {
        given: files.map(({ key, body }) => ({ ...readClaim(key, body), role: undefined, given: true as const })),
      }),
      acknowledged: account.settings.acknowledgedGaps.map((each) => each.id),
      // Now: another object may be written at this very moment.
      registered: claimsAt(observer.bucket, clock.now()),
    };
    if (account.denied.size > 0 || account.world.inactiveLag > 0) observed.disturbed = true;
    observer.runs.set(runId, observed);
    if (!more.continue)
      this.#step(
        `#${id} ${runId} starts${mode ? ` (${mode})` : ""}${service ? ` for ${service}` : ""}, its clock ${skew / 1000} s off`,
      );
    const delays = new Random(random.below(2 ** 32));
    const work = clock
      .actor(async (actor) => {
        const skewed: Clock = { now: () => actor.now() + skew, sleep: (ms) => actor.sleep(ms) };
        // Lambda ends what does not end by itself.
        const cancel = clock.at(clock.now() + lasts + MINUTE, () => actor.kill("its time is over"));
        const read = await this.cleaner({
          ...{ kind, runId, files, settings: account.settings, deadline: skewed.now() + lasts },
          ...(mode && { mode }),
          ...(service && { services: [service] }),
          ...more,
          clock: skewed,
          connect: connectSlowly(account.world, principal, REGION, actor, delays, this.#quiet ? 0 : slowest),
        });
        cancel();
        if (read) observer.afterRun(observed);
        if (!more.continue || read) this.#tell(`${runId} ends`);
      })
      .catch((error: Error) => {
        if (error instanceof SimulatorError) throw error;
        if (!observed.disturbed && !(error instanceof KilledError) && this.#alone(runId)) {
          this.observer.violations.push({ rule: "failed", at: clock.now(), text: `${runId} failed: ${error.stack}` });
        }
        this.#tell(`${runId} fails: ${error.name} ${error.message}`);
      })
      .finally(() => this.#running.delete(runId));
    this.#running.set(runId, work);
    // Whoever runs beside another may find the lease taken, or lose a race for an object.
    if (this.#running.size > 1) this.#disturb();
  }

  #alone(runId: string): boolean {
    return [...this.#running.keys()].every((each) => each === runId);
  }

  /** The second schedule: most of its runs find nothing to go on with, and one in sixteen of those is made. */
  #everyQuarterHour(): () => void {
    const { clock } = this.account.world;
    let cancel = () => {};
    const tick = () => {
      this.#ticks += 1;
      const state = bodyOf(current(this.observer.bucket.objects.get(`state/${PLACE}.json`))) ?? "";
      if (/"pending":true/.test(state) || this.#ticks % 16 === 0) {
        this.#start(100_000 + this.#ticks, { kind: "function", continue: true }, new Random(this.#ticks));
      }
      cancel = clock.at(clock.now() + 15 * MINUTE, tick);
    };
    cancel = clock.at(clock.now() + 15 * MINUTE, tick);
    return () => cancel();
  }

  #beforeCall(call: RecordedCall): Fault | undefined {
    const { killAt } = this.#options;
    if (killAt && call.principal.endsWith(`/function-${killAt.event}`) && ++this.#calls === killAt.nth) {
      return { [killAt.when]: "kill" };
    }
    if (this.#quiet) return undefined;
    const runId = call.principal.split("/").at(-1) ?? "";
    const observed = this.observer.runs.get(runId);
    let fault: Fault | undefined;
    for (const event of this.#due((kind) => faultOf(kind) !== undefined)) {
      const meeting = faultOf(event.kind)(call, new Random(event.seed));
      if (meeting.fault.stale && this.#history.world.staleness === 0) continue;
      this.#step(`#${event.id} ${runId}: ${meeting.says}`);
      if (meeting.times > 1) this.#meetings.push({ operation: call.operation, meeting: { ...meeting } });
      fault ??= meeting.fault;
    }
    const going = this.#meetings.find(({ operation }) => operation === call.operation);
    if (going) {
      going.meeting.times -= 1;
      if (going.meeting.times <= 1) this.#meetings = this.#meetings.filter((each) => each !== going);
      fault ??= going.meeting.fault;
    }
    if (this.account.denied.has(call.operation) && !fault?.before) fault = { before: DENIED };
    if (fault && observed) observed.disturbed = true;
    return fault;
  }

  /** Those of the armed events that come with this call. */
  #due(isOfKind: (kind: Event["kind"]) => boolean): Event[] {
    const due = this.#armed.filter((each) => isOfKind(each.event.kind) && --each.left <= 0);
    this.#armed = this.#armed.filter((each) => !due.includes(each));
    return due.map(({ event }) => event);
  }

  #afterCall(call: RecordedCall): void {
    this.#steps += 1;
    this.#hash.update(
      `${call.at} ${call.principal} ${call.operation} ${call.error ?? ""} ${call.resources.join(" ")}\n`,
    );
    if (this.#options.onTold && !/^(Get|List|Describe|Batch)/.test(call.operation)) {
      this.#tell(
        `  ${call.principal.split("/").at(-1)} ${call.operation} ${call.resources.join(" ")} ${call.error ?? ""}`,
      );
    }
    if (this.#over) return;
    this.observer.afterCall(call);
    for (const event of this.#due((kind) => faultOf(kind) === undefined)) this.#happen(event);
  }

  /** Every run that goes on now may know less than it should. */
  #disturb(): void {
    for (const id of this.#running.keys()) {
      const observed = this.observer.runs.get(id);
      if (observed) observed.disturbed = true;
    }
  }

  /** No fault and no event any more, only the cleanup: what may go must be gone in the time that policies say. */
  async #comeToRest(driver: { sleep(ms: Millis): Promise<void> }): Promise<void> {
    this.#quiet = true;
    this.#armed = [];
    this.#meetings = [];
    const patience = expectGone(this.account, this.observer);
    for (let day = 0; day < patience.days && !this.#over && !patience.isOver(); day++) {
      this.#start(200_000 + day, { kind: "function" }, new Random(day));
      await driver.sleep(24 * 60 * MINUTE);
    }
    if (!this.#over) this.observer.violations.push(...patience.left());
  }

  #findLeaks(): void {
    for (const [key, versions] of this.observer.bucket.objects) {
      for (const version of versions) {
        const text = bodyOf(version) ?? "";
        const leaked = /MIIEpAIBAAKCAQEAsimulated|ordinary-value-of-the-environment/.exec(text)?.[0];
        const allowed = key.startsWith("archive/") && leaked?.startsWith("ordinary");
        if (leaked && !allowed)
          this.observer.violations.push({ rule: "leak", at: version.at, text: `${key}: ${leaked}` });
      }
    }
  }

  #step(text: string): void {
    this.#steps += 1;
    this.#hash.update(`${text}\n`);
    this.#tell(text);
  }

  #tell(text: string): void {
    const line = `${new Date(this.observer.now).toISOString()} ${text}`;
    this.#told.push(line);
    this.#options.onTold?.(line);
  }
}

type StartOf = Parameters<Cleaner>[0];

const FAMILIES = ["checkout", "basket", "search", "mail", "reports", "prices", "stock"];
