import type {
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
    ...more,
  };
}

export function outcome(
  family: string,
  revision: number,
  action: Outcome["action"],
  result: Outcome["result"] = "done",
  cause?: string,
): Outcome {
  return { subject: arn(family, revision), action, result, at: NOW, ...(cause === undefined ? {} : { cause }) };
}

export const NOT_COVERED: Gap = {
  id: "not-covered-eventbridge-rules",
  source: "eventbridge-rules",
  scope: { kind: "none" },
  cause: "not-covered",
  detail: "targets of rules that run a task",
  remedy: "pin the revisions that they name",
};

export const ACCOUNT_GAP: Gap = {
  id: "tasks",
  source: "tasks",
  scope: { kind: "account" },
  cause: "denied",
  detail: "ecs:ListTasks, AccessDeniedException",
  remedy: "allow ecs:ListTasks on *",
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
    if (subject.revision === 44) return [outcome(family, 44, action, "failed", "ServerException")];
    if (subject.revision < 12) return [outcome(family, subject.revision, action, "postponed", "ThrottlingException")];
    return [outcome(family, subject.revision, action)];
  });
  return service(family, verdicts, { outcomes });
}
