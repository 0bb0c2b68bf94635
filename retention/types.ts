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
  /** Absent: ACTIVE or not described. */
  deregisteredAt?: Millis;
  /** Where it carries plaintext secrets, as `container: field NAME`, never a value. Absent: not described. */
  plaintextSecrets?: string[];
}

/** `latest`: the family is named without a revision, which means its newest ACTIVE one at the time of use. */
export type Target = { kind: "revision"; family: string; revision: number | "latest" };

/** Something that needs a revision now. */
export interface Reference {
  source: ReferenceSourceId;
  /** ARN of what needs it: a task, service, deployment, rule, schedule, pipe, state machine. */
  by: string;
  target: Target;
}

/** The ids of `REFERENCE_SOURCES` in reference-sources.ts. */
export type ReferenceSourceId =
  | "services"
  | "service-deployments"
  | "tasks"
  | "rules"
  | "pipes"
  | "schedules"
  | "state-machines"
  | "codedeploy";

/** A deployment that completed on a revision: what a rollback may return to, and what `keepSuccessful` counts. */
export interface Success {
  family: string;
  revision: number;
  at: Millis;
  /** ARN of the service or deployment group. */
  by: string;
}

/**
 * `item`: by ARN; a revision that is named blocks itself, anything else (a state machine, a deployment group) the families
 * that begin with `couldMean`: all of them where it is empty.
 */
export type GapScope =
  | { kind: "none" | "account" }
  | { kind: "family"; name: string }
  | { kind: "item"; name: string; couldMean?: string };

/** A gap that somebody took responsibility for, as an argument of the cleanup function. */
export interface AcknowledgedGap {
  /** The gap's `id`, as reports show it. */
  id: string;
  reason: string;
  /** Until the end of this day (UTC), `2027-03-31`; after it the gap blocks again. */
  until: string;
}

/** A source that somebody left out by name. */
export interface IgnoredSource {
  source: ReferenceSourceId;
  reason: string;
}

/** What could not be read. An account gap blocks every removal, a family's or an item's blocks what it names. */
export interface Gap {
  id: string;
  source: string;
  scope: GapScope;
  cause:
    | "denied"
    | "throttled"
    | "truncated"
    | "failed"
    | "dynamic"
    | "implausible"
    | "vanished"
    | "left-out"
    | "not-covered";
  /** What happened, for people: operation and error code, never a response body. */
  detail: string;
  /** The IAM action or the call that closes it. */
  remedy: string;
  /** Set where it is acknowledged and therefore blocks nothing. */
  acknowledged?: Omit<AcknowledgedGap, "id">;
}

/** Everything that one pass over an account and Region read. */
export interface Inventory {
  account: string;
  region: string;
  readAt: Millis;
  revisions: Revision[];
  references: Reference[];
  successes: Success[];
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
  /** Ids of rules that could not be applied since nothing remembers what they need. @default none */
  notApplied?: string[];
  /** Sources that the policy leaves out: their gaps block nothing of this plan. @default none */
  ignoredSources?: ReferenceSourceId[];
}

/** `retire`: the service is gone; nothing is kept as newest or by count, and any reference to the family keeps it all. */
export type Mode = "report" | "enforce" | "retire";

/** Why a removal was not tried in this run. `time` and `pace`: the next run, soon, goes on with it. */
export type Postponement = "time" | "pace" | "limit" | "stop" | "changed" | "refused" | "declined";

/** Where the JSON of a deleted revision lies. */
export interface Archived {
  /** Key in the store. */
  key: string;
  /** `partial`: `missing` names the plaintext secrets that were left out, as `container: field NAME`. */
  restorable: "full" | "partial";
  missing: string[];
}

/** What happened to one removal. `spared`: a read after the plan found a reference or a hold; `postponed`: not tried. */
export interface Outcome {
  /** ARN of the revision. */
  subject: string;
  action: Removal;
  result: "done" | "failed" | "spared" | "postponed";
  at: Millis;
  cause?: string;
  /** Of a postponed one. */
  postponedBy?: Postponement;
  /** Of a spared one: what needs it now. */
  references?: Reference[];
  /** Of a deleted one. */
  archived?: Archived;
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
  /** `hash-suffix`: all families `<family>-` and eight hexadecimal digits, as awsx names them, are one line of revisions. */
  familyMatch: FamilyMatch;
  mode: Mode;
  taskDefinitions: {
    /** That many newest ACTIVE revisions are always kept. */
    keepRevisions: number;
    /** That many last revisions on which a deployment completed are always kept. */
    keepSuccessful: number;
    /** A revision younger than this is never touched. */
    keepFor: string;
    /** A revision that was in use less than this ago is never touched. */
    unusedFor: string;
    /** A revision is INACTIVE at least this long before it is deleted. */
    deleteAfter: string;
    /** Kept whatever else holds: `family:revision`. */
    pinned: string[];
    /** `remove-when-unreferenced`: no rule that keeps by count or age shields a revision with plaintext secrets. */
    plaintextSecrets: "report" | "remove-when-unreferenced";
  };
  /** Sources whose references and gaps do not count for this service. */
  ignoredSources: IgnoredSource[];
  limits: {
    /** Removals in any 24 hours, all kinds together. */
    maxRemovals: number;
  };
}

export type FamilyMatch = "exact" | "hash-suffix";

/** A service's policy and the role that may remove for it: `policies/<project>/<stack>/<name>-<hash of URN>.json`. */
export interface Registration {
  version: 1;
  policy: RetentionPolicy;
  /** Only in modes `enforce` and `retire`. */
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
  /** What people should know and nobody has to mend, such as a ledger that was started anew. */
  notes: string[];
  /** When what the limit postponed will be gone, if nothing changes. */
  backlogEnds?: Millis;
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
  /** Why nothing was removed, or nothing more, for anybody: paused, stopped. */
  stopped?: string;
  /** Where the run remembers and archives: `s3://bucket` or a folder. Absent: nowhere. */
  store?: string;
  /** Calls made, by `service:Operation`. */
  calls: Record<string, number>;
}

/** What is remembered of one registration: `ledger/…`. Written only by who holds the lease. */
export interface Ledger {
  version: 1;
  /** Nothing is known of any use before; a revision without an entry counts as used then. */
  since: Millis;
  /** Whose use it knows since then. Absent: nothing was read yet. */
  about?: Pick<RetentionPolicy, "family" | "familyMatch">;
  /** When each revision was last in use, as far as reads can tell, by `family:revision`. */
  lastUsed: Record<string, Millis>;
  /** What the last read found in use: until the next read, who knows how long. Absent: nothing was read yet. */
  inUse?: string[];
  /** When a deployment last completed on each revision, by `family:revision`. */
  successful: Record<string, Millis>;
  /** Removals of the last 24 hours, one entry a batch. */
  removed: { batch: string; at: Millis; count: number }[];
}

/** What is remembered of an account and Region: `state/<account>-<region>.json`. */
export interface AccountState {
  version: 1;
  /** ARNs whose removal failed in the last run; they come last, so that they hold nothing else up. */
  failed: string[];
  /** Families with references in the last run, and the ARNs of the services among what referred to them. */
  referenced: Record<string, string[]>;
  /** By ARN of the service. */
  completedDeployments: Record<string, CompletedDeployment>;
  /** The last policy that was read of each registration, by its key; `goneSince` where it is there no more. */
  lastClaims: Record<string, { policy: RetentionPolicy; goneSince?: Millis }>;
  /** Keys of registrations whose role refused the last run. */
  refused: string[];
  /** Whether deadline or pace postponed something that the next run should go on with soon. */
  pending: boolean;
}

/** What service deployments said of a service once all of its deployments had completed. */
interface CompletedDeployment {
  /** ARN of the service deployment, else id of the deployment. */
  deployment: string;
  /** ARNs of the revisions that a rollback may return to. */
  taskDefinitions: string[];
}

/** What never changes about a revision, once it was described: `facts/…`. */
export interface RevisionFact {
  /** `family:revision` */
  revision: string;
  registeredAt?: Millis;
  deregisteredAt?: Millis;
  /** It was INACTIVE, and AWS told no date of deregistration: asking again tells no more. */
  undated?: true;
  plaintextSecrets: string[];
}

/** Where everything lives that outlives a run. */
export interface Store {
  get(key: string): Promise<{ body: string; etag: string } | undefined>;
  /** Resolves with the new etag; throws `StoreConflictError` where `ifMatch` does not hold. */
  put(key: string, body: string, ifMatch: string | "absent" | "any"): Promise<string>;
  list(prefix: string): Promise<{ key: string; etag: string }[]>;
}
