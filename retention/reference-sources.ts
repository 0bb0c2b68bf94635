import type { Gap, ReferenceSourceId } from "./types";

/** Where references are read: readers, the function's rights and docs/references.md are made from this list. */
export interface ReferenceSource {
  id: ReferenceSourceId;
  title: string;
  /** What stays because of it. */
  protects: string;
  /** IAM actions that it is read with. */
  actions: readonly string[];
}

export const REFERENCE_SOURCES: readonly ReferenceSource[] = [
  {
    id: "services",
    title: "Services in every cluster",
    protects: "the revision of every service, of each of its deployments and of each of its task sets, at any count",
    actions: ["ecs:ListClusters", "ecs:ListServices", "ecs:DescribeServices"],
  },
  {
    id: "tasks",
    title: "Tasks in every cluster",
    protects: "the revision of every task that is pending, running or stopping, whoever started it",
    actions: ["ecs:ListClusters", "ecs:ListTasks", "ecs:DescribeTasks"],
  },
];

/** What may need a revision and is not read by this version. */
interface UnreadSource {
  id: string;
  protects: string;
  /** What to do until it is read. */
  remedy: string;
}

const PIN = "pin the revisions that it names in taskDefinitions.pinned";

export const UNREAD_SOURCES: readonly UnreadSource[] = [
  {
    id: "service-deployments",
    protects: "revisions that a rollback returns to: source, target and last successful service revisions",
    remedy: "pin the last good revision while a deployment is open, or keep enough with keepRevisions and keepFor",
  },
  { id: "rules", protects: "revisions that targets of EventBridge rules run, on any bus", remedy: PIN },
  { id: "pipes", protects: "revisions that targets of EventBridge Pipes run", remedy: PIN },
  { id: "schedules", protects: "revisions that EventBridge Scheduler runs, universal targets too", remedy: PIN },
  { id: "state-machines", protects: "revisions that Step Functions definitions run", remedy: PIN },
  { id: "codedeploy", protects: "the last revision that CodeDeploy deployed successfully", remedy: PIN },
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
