/** Epoch milliseconds, always from a {@link Clock}. */
export type Millis = number;

/** The only source of time and the only way to wait; tests and the simulator bring their own. */
export interface Clock {
  now(): Millis;
  sleep(ms: number): Promise<void>;
}

/** A revision of a task definition, as far as it was read. */
export interface Revision {
  arn: string;
  family: string;
  revision: number;
  status: "ACTIVE" | "INACTIVE" | "DELETE_IN_PROGRESS";
  /** Absent: not described. */
  registeredAt?: Millis;
  /**
   * What the described neighbours say of a revision that was not described itself: `registeredAt` grows with the
   * revision number, so an older neighbour's date is the earliest possible one and a younger neighbour's the latest.
   */
  registeredNotBefore?: Millis;
  registeredNotAfter?: Millis;
  /** Absent: ACTIVE or not described. */
  deregisteredAt?: Millis;
}

type Target = { kind: "revision"; family: string; revision: number };

/** Something that needs a revision now. */
export interface Reference {
  source: ReferenceSourceId;
  /** ARN of the task, service, deployment or task set. */
  by: string;
  target: Target;
}

/** The ids of `REFERENCE_SOURCES` in reference-sources.ts. */
export type ReferenceSourceId = "services" | "tasks";

export type GapScope = { kind: "none" | "account" } | { kind: "family" | "item"; name: string };

/** What could not be read. An account gap blocks every removal, a family's or an item's blocks what it names. */
export interface Gap {
  id: string;
  source: string;
  scope: GapScope;
  cause: "denied" | "throttled" | "truncated" | "failed" | "not-covered";
  /** What happened, for people: operation and error code, never a response body. */
  detail: string;
  /** The IAM action or the call that closes it. */
  remedy: string;
}

/** Everything that one pass over an account and Region read. */
export interface Inventory {
  account: string;
  region: string;
  readAt: Millis;
  revisions: Revision[];
  references: Reference[];
  gaps: Gap[];
}

export type Action = "keep" | "deregister" | "delete";
export type Removal = Exclude<Action, "keep">;

/** Why a verdict was given, as data; sentences are made in report/. */
export interface Because {
  rule: string;
  references: Reference[];
  /** When the verdict could change at the earliest. */
  until?: Millis;
  note?: string;
}

export interface Verdict<S> {
  subject: S;
  action: Action;
  because: Because;
}

export interface Plan {
  service: string;
  family: string;
  mode: Mode;
  at: Millis;
  revisions: Verdict<Revision>[];
}

export type Mode = "report" | "enforce";

/** What happened to one removal. `postponed`: not tried in this run (deadline, throttling, stop). */
export interface Outcome {
  /** ARN of the revision. */
  subject: string;
  action: Removal;
  result: "done" | "failed" | "postponed";
  at: Millis;
  cause?: string;
}

/** One thing wrong with an input. Its sentence is `path: got given, expected …; fix`. */
export interface Problem {
  path: string;
  given: string;
  expected: string;
  fix: string;
}

/** A complete retention policy, defaults filled in: what is registered, hashed and planned by. */
export interface RetentionPolicy {
  version: 1;
  /** A label for people. */
  service: string;
  family: string;
  mode: Mode;
  taskDefinitions: {
    /** That many newest ACTIVE revisions are always kept. */
    keepRevisions: number;
    /** A revision younger than this is never touched. */
    keepFor: string;
    /** A revision is INACTIVE at least this long before it is deleted. */
    deleteAfter: string;
    /** Kept whatever else holds: `family:revision`. */
    pinned: string[];
  };
}

/** A service's policy and the role that may remove for it: `policies/<project>/<stack>/<name>-<hash of URN>.json`. */
export interface Registration {
  version: 1;
  policy: RetentionPolicy;
  /** Only in mode `enforce`. */
  cleanupRoleArn?: string;
}

/** What one service got out of a run. */
export interface ServiceReport {
  /** The registration's key in the store, or the policy's file. */
  registration: string;
  service: string;
  plan?: Plan;
  outcomes: Outcome[];
  /** Why this service's part was refused or ended early. */
  problems: Problem[];
}

export interface Report {
  version: 1;
  runId: string;
  account: string;
  region: string;
  startedAt: Millis;
  endedAt: Millis;
  /** `report` where the caller asked for it: nothing was removed for any service. */
  mode?: "report";
  gaps: Gap[];
  services: ServiceReport[];
  /** Calls made, by `service:Operation`. */
  calls: Record<string, number>;
}

/** Where everything lives that outlives a run. */
export interface Store {
  get(key: string): Promise<{ body: string; etag: string } | undefined>;
  /** Resolves with the new etag; throws `StoreConflictError` where `ifMatch` does not hold. */
  put(key: string, body: string, ifMatch: string | "absent" | "any"): Promise<string>;
  list(prefix: string): Promise<string[]>;
}
