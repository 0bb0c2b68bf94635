import type { Gap, ReferenceSourceId } from "./types";

/** Where references are read: readers, the function's rights and docs/references.md are made from this list. */
export interface ReferenceSource {
  id: ReferenceSourceId;
  title: string;
  /** What stays because of it. */
  protects: string;
  /** Calls of one read, by IAM action, and how many at most; `SYMBOLS` says what the letters count. */
  calls: Readonly<Record<string, string>>;
  /** IAM actions that it is read with. */
  actions: readonly string[];
  /** Whether a function or a policy may leave it out. */
  ignorable: boolean;
}

/** What formulas count. ⌈x⌉ is at least 1 where a list is asked for. */
export const SYMBOLS: Readonly<Record<string, string>> = {
  C: "clusters",
  S: "services; Sc in one cluster",
  T: "tasks that run or stopped within the last hour; Tc in one cluster",
  N: "services for controller ECS with a deployment that has not completed, or that completed since the last read",
  D: "open service deployments",
  V: "service revisions that those N services are at, or may return to, and up to five that each succeeded with",
  B: "event buses",
  G: "rules that target a cluster, summed over buses",
  P: "pipes that target a cluster",
  A: "schedules; Ae of them run a task or call ECS",
  M: "state machines; Mv published versions of all of them",
  K: "applications of CodeDeploy; Ke of them for ECS, with H deployment groups in all",
};

const read = (source: Omit<ReferenceSource, "actions">): ReferenceSource => ({
  ...source,
  actions: Object.keys(source.calls),
});

export const REFERENCE_SOURCES: readonly ReferenceSource[] = [
  read({
    id: "services",
    title: "Services in every cluster",
    protects: "the revision of every service, of each of its deployments and of each of its task sets, at any count",
    calls: {
      "ecs:ListClusters": "⌈C / 100⌉, for all sources together",
      "ecs:ListServices": "for each cluster ⌈Sc / 100⌉",
      "ecs:DescribeServices": "for each cluster Sc / 10, rounded up",
    },
    ignorable: false,
  }),
  read({
    id: "service-deployments",
    title: "Service deployments and service revisions",
    protects:
      "source, target and rollback revision of every open service deployment, the last successful one, and all current service revisions: what a rollback returns to",
    calls: {
      "ecs:ListServiceDeployments": "N, for each 100 of its service deployments of the last 90 days",
      "ecs:DescribeServiceDeployments": "D / 20, rounded up",
      "ecs:DescribeServiceRevisions": "V / 20, rounded up",
    },
    ignorable: false,
  }),
  read({
    id: "tasks",
    title: "Tasks in every cluster",
    protects: "the revision of every task that is pending, running or stopping, whoever started it",
    calls: {
      "ecs:ListTasks": "for each cluster and each of two statuses ⌈Tc / 100⌉",
      "ecs:DescribeTasks": "for each cluster Tc / 100, rounded up",
    },
    ignorable: false,
  }),
  read({
    id: "rules",
    title: "EventBridge rules on every bus",
    protects: "what targets of rules run, enabled or not; without a revision, the newest ACTIVE one",
    calls: {
      "events:ListEventBuses": "⌈B / 100⌉",
      "events:ListRuleNamesByTarget": "B × C, for each 100 rules of a bus that target the cluster",
      "events:ListTargetsByRule": "G",
    },
    ignorable: true,
  }),
  read({
    id: "pipes",
    title: "EventBridge Pipes",
    protects: "what pipes run, started or not",
    calls: { "pipes:ListPipes": "⌈P / 100⌉", "pipes:DescribePipe": "P" },
    ignorable: true,
  }),
  read({
    id: "schedules",
    title: "EventBridge Scheduler, templated and universal targets",
    protects: "what schedules of every group run or deploy, enabled or not",
    calls: { "scheduler:ListSchedules": "⌈A / 100⌉", "scheduler:GetSchedule": "Ae" },
    ignorable: true,
  }),
  read({
    id: "state-machines",
    title: "Step Functions",
    protects:
      "what states run or deploy at any depth, JSONPath or JSONata, in every state machine and each of its published versions, which is all that an alias can lead to",
    calls: {
      "states:ListStateMachines": "⌈M / 1000⌉",
      "states:ListStateMachineVersions": "M",
      "states:DescribeStateMachine": "M + Mv",
    },
    ignorable: true,
  }),
  read({
    id: "codedeploy",
    title: "CodeDeploy",
    protects: "what the last successful and the last attempted deployment of every deployment group deploys",
    calls: {
      "codedeploy:ListApplications": "⌈K / 100⌉",
      "codedeploy:BatchGetApplications": "K / 100, rounded up",
      "codedeploy:ListDeploymentGroups": "Ke, for each 100 of its groups",
      "codedeploy:BatchGetDeploymentGroups": "Ke, for each 100 of its groups",
      "codedeploy:BatchGetDeployments": "2H / 25, rounded up",
      "codedeploy:GetApplicationRevision": "2H",
    },
    ignorable: true,
  }),
];

/** What may need a revision and is not read by this version. */
interface UnreadSource {
  id: string;
  protects: string;
  /** What to do until it is read. */
  remedy: string;
}

export const UNREAD_SOURCES: readonly UnreadSource[] = [
  {
    id: "functions",
    protects: "images of Lambda functions; it needs no revision",
    remedy: "nothing: this version removes no image",
  },
  {
    id: "daemons",
    protects: "images of daemon task definitions; it needs no revision",
    remedy: "nothing: this version removes no image",
  },
];

/** One gap for each source that is not read. They block nothing and stand in every report. */
export function notCoveredGaps(): Gap[] {
  return UNREAD_SOURCES.map(({ id, protects, remedy }) => ({
    id: `not-covered-${id}`,
    source: id,
    scope: { kind: "none" },
    cause: "not-covered",
    detail: `not read by this version: ${protects}`,
    remedy,
  }));
}
