import type {
  Archived,
  Because,
  Gap,
  Outcome,
  Plan,
  Reference,
  Report,
  Revision,
  ServiceReport,
  Verdict,
} from "../../retention/types";

export const NOW = Date.UTC(2026, 10, 20, 14, 3);
export const DAY = 86_400_000;

function arn(family: string, revision: number): string {
  return `arn:aws:ecs:eu-central-1:123456789012:task-definition/${family}:${revision}`;
}

/** A verdict on `family:revision`, registered three days after the one before. */
export function verdict(
  family: string,
  revision: number,
  action: Verdict<Revision>["action"],
  rule: string,
  because: Partial<Because> = {},
  status: Revision["status"] = action === "delete" ? "INACTIVE" : "ACTIVE",
): Verdict<Revision> {
  const registeredAt = NOW - (200 - (revision % 200)) * 3 * DAY;
  return {
    subject: { arn: arn(family, revision), family, revision, status, registeredAt },
    action,
    because: { rule, references: [], ...because },
  };
}

export function reference(source: Reference["source"], by: string, family: string, revision: number): Reference {
  return { source, by: `arn:aws:ecs:eu-central-1:123456789012:${by}`, target: { kind: "revision", family, revision } };
}

export function service(
  name: string,
  revisions: Verdict<Revision>[],
  rest: Partial<ServiceReport> & { mode?: Plan["mode"] } = {},
): ServiceReport {
  const { mode = "enforce", ...more } = rest;
  return {
    registration: `policies/shop/prod/${name}-0a1b2c3d.json`,
    service: name,
    plan: { service: name, family: name, mode, at: NOW, revisions },
    outcomes: [],
    problems: [],
    notes: [],
    ...more,
  };
}

export function outcome(
  family: string,
  revision: number,
  action: Outcome["action"],
  result: Outcome["result"] = "done",
  more: Partial<Outcome> = {},
): Outcome {
  return { subject: arn(family, revision), action, result, at: NOW, ...more };
}

/** Where a revision lies that was deleted; `missing` names the secrets that its archive is without. */
export function archived(family: string, revision: number, missing: string[] = []): Archived {
  const restorable = missing.length > 0 ? "partial" : "full";
  const key = `archive/123456789012-eu-central-1/${family}/${revision}.${restorable}.json`;
  return { key, restorable, missing };
}

export const NOT_COVERED: Gap = {
  id: "not-covered-functions",
  source: "functions",
  scope: { kind: "none" },
  cause: "not-covered",
  detail: "not read by this version: images of Lambda functions",
  remedy: "nothing: this version removes no image",
};

export const ACCOUNT_GAP: Gap = {
  id: "tasks",
  source: "tasks",
  scope: { kind: "account" },
  cause: "denied",
  detail: "ecs:ListTasks, AccessDeniedException",
  remedy: "allow ecs:ListTasks on *",
};

export const ACKNOWLEDGED: Gap = {
  ...ACCOUNT_GAP,
  id: "pipes",
  source: "pipes",
  detail: "pipes:ListPipes, AccessDeniedException",
  acknowledged: { reason: "no pipe of ours runs a task", until: "2027-03-31" },
};

export const LEFT_OUT: Gap = {
  id: "left-out-state-machines",
  source: "state-machines",
  scope: { kind: "none" },
  cause: "left-out",
  detail: "none runs a task here",
  remedy: "remove it from ignoredSources",
};

/** A state machine whose task definition is decided when it runs. */
export const DYNAMIC: Gap = {
  id: "state-machines-nightly",
  source: "state-machines",
  scope: {
    kind: "item",
    name: "arn:aws:states:eu-central-1:123456789012:stateMachine:nightly:3",
    couldMean: "orders",
  },
  cause: "dynamic",
  detail: "TaskDefinition.$ of state Run",
  remedy: "name the family in the definition",
};

export function report(services: ServiceReport[], rest: Partial<Report> = {}): Report {
  return {
    version: 1,
    runId: "run-1",
    account: "123456789012",
    region: "eu-central-1",
    startedAt: NOW,
    endedAt: NOW + 42_000,
    gaps: [NOT_COVERED],
    services,
    calls: { "ecs:ListTasks": 12, "ecs:DescribeServices": 3 },
    ...rest,
  };
}

/** `checkout` as it looks some months into its life: something of everything. */
export function checkout(): ServiceReport {
  const family = "checkout";
  const current = reference("services", "service/shop/checkout", family, 62);
  const task = reference("tasks", "task/shop/0f9a1b2c3d4e5f60718293a4b5c6d7e8", family, 17);
  const newest = Array.from({ length: 8 }, (_, at) => verdict(family, 61 - at, "keep", "among-newest"));
  const young = Array.from({ length: 5 }, (_, at) =>
    verdict(family, 53 - at, "keep", "too-young", { until: NOW + (12 - at * 3) * DAY }),
  );
  const superseded = Array.from({ length: 7 }, (_, at) => verdict(family, 48 - at, "deregister", "superseded"));
  const waiting = Array.from({ length: 4 }, (_, at) =>
    verdict(family, 41 - at, "keep", "waiting", { until: NOW + (6 - at) * DAY }, "INACTIVE"),
  );
  const older = Array.from({ length: 35 }, (_, at) => 37 - at).map((revision) => {
    if (revision === 17) return verdict(family, 17, "keep", "referenced", { references: [task] });
    if (revision === 30) return verdict(family, 30, "keep", "pinned", {}, "ACTIVE");
    return revision < 5
      ? verdict(family, revision, "keep", "already-going", {}, "DELETE_IN_PROGRESS")
      : verdict(family, revision, "delete", "expired");
  });
  const verdicts = [
    verdict(family, 63, "keep", "newest-active"),
    verdict(family, 62, "keep", "referenced", { references: [current] }),
    ...newest,
    ...young,
    ...superseded,
    ...waiting,
    ...older,
  ];
  const outcomes = verdicts.flatMap(({ subject, action }) => {
    if (action === "keep") return [];
    if (subject.revision === 44) return [outcome(family, 44, action, "failed", { cause: "ServerException" })];
    if (subject.revision < 12) return [outcome(family, subject.revision, action, "postponed", { postponedBy: "pace" })];
    return [outcome(family, subject.revision, action)];
  });
  return service(family, verdicts, { outcomes });
}

export const SECRET_FIELDS = ["app: environment DB_PASSWORD", "app: environment STRIPE_KEY"];

/** `orders`: the rules that need memory, every outcome, plaintext secrets, and what is needed to restore. */
export function orders(): ServiceReport {
  const family = "orders";
  const keep = (revision: number, rule: string, days?: number) =>
    verdict(family, revision, "keep", rule, days === undefined ? {} : { until: NOW + days * DAY });
  const withSecrets = (one: Verdict<Revision>) => ({
    ...one,
    subject: { ...one.subject, plaintextSecrets: SECRET_FIELDS },
  });
  const postponements = ["limit", "limit", "limit", "time", "pace", "stop", "changed", "refused", "declined"] as const;
  const verdicts = [
    keep(40, "newest-active"),
    keep(39, "among-newest"),
    keep(38, "within-24h", 0.5),
    keep(37, "among-successful"),
    keep(36, "vanished-claim", 25),
    keep(35, "recently-used", 20),
    withSecrets(verdict(family, 34, "deregister", "plaintext-secrets")),
    verdict(family, 33, "deregister", "superseded"),
    verdict(family, 32, "deregister", "superseded"),
    ...postponements.map((_, at) => verdict(family, 31 - at, "deregister", "superseded")),
    withSecrets(verdict(family, 22, "delete", "expired")),
    ...Array.from({ length: 20 }, (_, at) => verdict(family, 21 - at, "delete", "expired")),
  ];
  const task = reference("tasks", "task/shop/11112222333344445555666677778888", family, 33);
  const outcomes = [
    outcome(family, 34, "deregister"),
    outcome(family, 33, "deregister", "spared", { references: [task] }),
    outcome(family, 32, "deregister", "spared", { cause: "held by its tag ecs-retention:keep-until" }),
    ...postponements.map((postponedBy, at) => outcome(family, 31 - at, "deregister", "postponed", { postponedBy })),
    outcome(family, 22, "delete", "done", { archived: archived(family, 22, SECRET_FIELDS) }),
    ...Array.from({ length: 20 }, (_, at) =>
      outcome(family, 21 - at, "delete", "done", { archived: archived(family, 21 - at) }),
    ),
  ];
  const notes = ["its ledger was started anew: every revision counts as used until now"];
  return service(family, verdicts, { outcomes, notes, backlogEnds: NOW + 12 * DAY });
}

/** `web`: one line of families, as awsx names them, whose service is gone. */
export function web(): ServiceReport {
  const suffixes = ["0a1b2c3d", "1b2c3d4e", "2c3d4e5f", "3d4e5f60"];
  const verdicts = suffixes.map((suffix) => verdict(`web-${suffix}`, 1, "delete", "expired"));
  const outcomes = suffixes.map((suffix) =>
    outcome(`web-${suffix}`, 1, "delete", "done", { archived: archived(`web-${suffix}`, 1) }),
  );
  return service("web", verdicts, { mode: "retire", outcomes });
}

export const STORE_NAME = "s3://shop-retention-0a1b2c3";
