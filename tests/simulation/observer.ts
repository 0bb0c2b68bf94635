import type { Millis } from "../../retention/types";
import type { RecordedCall, Scope } from "../../simulator";
import { listRevisions, type TaskDefinition } from "../../simulator/services/ecs-definitions";
import type { Bucket } from "../../simulator/services/s3";
import { bucketIn, type Claim, claims, current, overlap } from "./claims";
import { brokenBy } from "./safety";
import type { Tolerances } from "./tolerances";
import { needsOf } from "./truth";

/** A removal that took effect. */
export interface Removal {
  at: Millis;
  action: "deregister" | "delete";
  /** `family:revision` */
  revision: string;
  found: TaskDefinition;
  /** As it was just before. */
  before: TaskDefinition["status"];
  /** Who removed: the last part of the caller's ARN, which is a name of one run. */
  runId: string;
  /** Of a session: its role's name. */
  role?: string;
}

/** What the observer is told of a run: who it is, and what it was asked to do. */
export interface ObservedRun {
  id: string;
  startedAt: Millis;
  mode?: "report";
  services?: string[];
  /** Of the CLI: the policies that it was given. The function takes those in the store. */
  given?: Claim[];
  /** What the store held when it began. */
  registered: Claim[];
  acknowledged: string[];
  /** A fault met it, a process died in it, or somebody meddled with the store: it may know less than the world. */
  disturbed?: true;
}

export interface Violation {
  /** Of the rule that was broken. */
  rule: string;
  at: Millis;
  text: string;
}

export const named = ({ family, revision }: { family: string; revision: number }) => `${family}:${revision}`;

/**
 * Watches a simulated account after every step, by its state alone: it shares no code with what plans and removes. What
 * it remembers is when each need was first there, what undisturbed runs must have seen, and what was removed.
 */
export class Observer {
  readonly violations: Violation[] = [];
  readonly removals: Removal[] = [];
  /** When each need was first there, by its source, by whom and of what. */
  readonly needed = new Map<string, { source: string; revision: string; since: Millis }>();
  readonly riddles = new Map<string, { prefix: string; since: Millis }>();
  /** Since when runs knew a registration for what it is about: how far its ledger reaches back without a hole. */
  readonly keptSince = new Map<string, { claim: Claim; since: Millis }>();
  /** When a run that nothing disturbed must last have seen a revision used: by registration and revision, by source. */
  readonly seenUsed = new Map<string, Map<string, Millis>>();
  /** When a deployment last completed on a revision, as the end of a rollback too. */
  readonly completed = new Map<string, Millis>();
  /** The same without rollbacks: AWS's list of service deployments does not tell what those returned to. */
  readonly succeeded = new Map<string, Millis>();
  /** When such a run must last have seen that, by registration and revision. */
  readonly seenCompleted = new Map<string, Millis>();
  /** When somebody else deregistered a revision. */
  readonly deregisteredByOthers = new Map<string, Millis>();
  readonly held = new Map<string, Millis>();
  readonly runs = new Map<string, ObservedRun>();
  /** When somebody meddled with an object of the store, by its key. */
  readonly meddled = new Map<string, Millis>();
  /** Runs that nothing disturbed: from when to when. */
  readonly undisturbed: { from: Millis; to: Millis }[] = [];
  readonly #known = new Map<string, TaskDefinition["status"]>();
  #lastCompleted = new Map<string, string>();
  readonly scope: Scope;
  readonly bucket: Bucket;
  readonly tolerances: Tolerances;
  /** Operations that AWS denies now, and since when. */
  readonly denied: ReadonlyMap<string, Millis>;

  constructor(scope: Scope, bucket: string, tolerances: Tolerances, denied: ReadonlyMap<string, Millis> = new Map()) {
    this.scope = scope;
    this.bucket = bucketIn(scope, bucket);
    this.tolerances = tolerances;
    this.denied = denied;
    this.afterEvent();
  }

  get now(): Millis {
    return this.scope.world.clock.now();
  }

  /** Something happened that is no call of a run. */
  afterEvent(): void {
    this.#look();
    for (const [revision, { status }] of this.#changed()) {
      if (status !== "ACTIVE") this.deregisteredByOthers.set(revision, this.now);
    }
    this.#findHolds();
  }

  /** A run's call took effect, or was refused. */
  afterCall(call: RecordedCall): void {
    this.#look();
    if (call.operation === "PutObject") this.#noteLedger(call);
    if (!/^(Deregister|Delete)TaskDefinition/.test(call.operation)) return;
    const runId = call.principal.split("/").at(-1) ?? "";
    const role = /assumed-role\/([^/]+)\//.exec(call.principal)?.[1];
    for (const [revision, { before, found }] of this.#changed()) {
      if (found.status === "ACTIVE" || before === undefined) continue;
      const action = found.status === "INACTIVE" ? "deregister" : "delete";
      this.#judge({ at: this.now, action, revision, found, before, runId, role });
    }
  }

  /** A run read the account, and came to its end. */
  afterRun({ id, startedAt, given, registered, disturbed }: ObservedRun): void {
    if (disturbed || this.runs.get(id)?.disturbed) return;
    this.undisturbed.push({ from: startedAt, to: this.now });
    const good = (given ?? registered).filter(({ policy }) => policy);
    for (const { key, policy } of good) {
      const ours = (revision: string) => claims({ key, policy }, revision.split(":")[0] ?? "");
      const ignored = new Set(policy?.ignoredSources.map(({ source }) => source));
      for (const { source, revision, since } of this.needed.values()) {
        if (since > startedAt || !ours(revision) || ignored.has(source)) continue;
        const of = `${key} ${revision}`;
        this.seenUsed.set(of, (this.seenUsed.get(of) ?? new Map<string, Millis>()).set(source, startedAt));
      }
      for (const revision of this.#lastCompleted.values()) {
        const completedAt = this.completed.get(revision) ?? startedAt;
        if (ours(revision) && completedAt <= startedAt) this.seenCompleted.set(`${key} ${revision}`, startedAt);
      }
    }
  }

  /** Revisions as they are. */
  revisions(): TaskDefinition[] {
    return listRevisions(this.scope);
  }

  /** A run wrote what it knows: one that is broken or gone for a while goes on being kept, one about others begins anew. */
  #noteLedger({ principal, resources: [object = ""] }: RecordedCall): void {
    // Also where the answer was lost.
    if (
      current(this.bucket.objects.get(object.slice(object.indexOf(":::") + 4 + this.bucket.name.length)))?.at !==
      this.now
    )
      return;
    const [, name] = object.split(`ledger/${this.scope.account}-${this.scope.region}/`);
    const { startedAt, given, registered = [] } = this.runs.get(principal.split("/").at(-1) ?? "") ?? {};
    if (name === undefined || startedAt === undefined) return;
    const key = decodeURIComponent(name);
    const claim = (given ?? registered).find((each) => each.key === key);
    const before = this.keptSince.get(key);
    if (!claim?.policy || (before && overlap(before.claim, claim))) return;
    this.keptSince.set(key, { claim, since: startedAt });
  }

  #judge(removal: Removal): void {
    this.#findHolds();
    const broken = brokenBy(removal, this);
    this.removals.push(removal);
    if (broken) {
      const { action, revision, runId } = removal;
      const text = `${action} ${revision} by ${runId}: ${broken.text}`;
      this.violations.push({ rule: broken.rule, at: removal.at, text });
    }
  }

  /** Notes what is needed now, and since when. */
  #look(): void {
    const { now } = this;
    const { needs, riddles } = needsOf(this.scope);
    const still = new Set<string>();
    for (const { source, by, family, revision } of needs) {
      const number = revision ?? this.#latest(family);
      if (number === undefined) continue;
      const key = `${source} ${by} ${family}:${number}`;
      still.add(key);
      if (!this.needed.has(key)) this.needed.set(key, { source, revision: `${family}:${number}`, since: now });
    }
    for (const key of this.needed.keys()) if (!still.has(key)) this.needed.delete(key);
    const unsolved = new Set(riddles.map(({ by, prefix }) => `${by} ${prefix}`));
    for (const { by, prefix } of riddles) {
      const key = `${by} ${prefix}`;
      if (!this.riddles.has(key)) this.riddles.set(key, { prefix, since: now });
    }
    for (const key of this.riddles.keys()) if (!unsolved.has(key)) this.riddles.delete(key);
    this.#noteCompleted();
  }

  #noteCompleted(): void {
    const completed = new Map<string, string>();
    for (const cluster of this.scope.world.services.ecsServices.at(this.scope).clusters.values()) {
      for (const service of cluster.services.values()) {
        const last = service.completed.at(-1)?.taskDefinition.split("/")[1];
        if (last && service.status === "ACTIVE") completed.set(service.arn, last);
        // Those that the next one followed before anybody looked, and rollbacks, which end on a revision too.
        for (const { status, target, rollback, finishedAt } of service.serviceDeployments) {
          const ended = { SUCCESSFUL: target, ROLLBACK_SUCCESSFUL: rollback?.revision }[status as string];
          const [, revision] = service.revisions.find(({ arn }) => arn === ended)?.taskDefinition.split("/") ?? [];
          if (finishedAt === undefined || revision === undefined) continue;
          for (const dates of status === "SUCCESSFUL" ? [this.completed, this.succeeded] : [this.completed]) {
            dates.set(revision, Math.max(dates.get(revision) ?? 0, finishedAt));
          }
        }
      }
    }
    for (const application of this.scope.world.services.codedeploy.at(this.scope).applications.values()) {
      for (const [group, { targetRevision }] of application.groups) {
        const content = targetRevision?.appSpecContent?.content ?? "";
        const last = /task-definition\/([\w-]+:\d+)/.exec(content)?.[1];
        if (last) completed.set(`${application.name}/${group}`, last);
      }
    }
    for (const [by, revision] of completed) {
      if (this.#lastCompleted.get(by) === revision) continue;
      this.completed.set(revision, this.now);
      // What CodeDeploy deployed was no rollback of ECS.
      if (!by.startsWith("arn:")) this.succeeded.set(revision, this.now);
    }
    this.#lastCompleted = completed;
  }

  #latest(family: string): number | undefined {
    const revisions = this.scope.world.services.ecsDefinitions.at(this.scope).families.get(family)?.revisions;
    return [...(revisions?.values() ?? [])].findLast(({ status }) => status === "ACTIVE")?.revision;
  }

  /** Revisions whose status is another one than when this was last asked. */
  #changed(): Map<string, { status: string; before: TaskDefinition["status"] | undefined; found: TaskDefinition }> {
    const changed = new Map();
    for (const found of this.revisions()) {
      const revision = named(found);
      const before = this.#known.get(revision);
      if (before === found.status) continue;
      changed.set(revision, { status: found.status, before, found });
      this.#known.set(revision, found.status);
    }
    return changed;
  }

  #findHolds(): void {
    for (const found of this.revisions()) {
      const value = found.definition.tags?.find(({ key }) => key === "ecs-retention:keep-until")?.value;
      const ended = value !== undefined && Date.parse(value) < this.now;
      if (value === undefined || ended) this.held.delete(named(found));
      else if (!this.held.has(named(found))) this.held.set(named(found), this.now);
    }
  }
}
