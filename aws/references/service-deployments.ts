import {
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  type Failure,
  ListServiceDeploymentsCommand,
  type Service,
  type ServiceDeploymentBrief,
} from "@aws-sdk/client-ecs";
import { chunks, listAll } from "../paging";
import { type Reader, type Scan, unlessGone } from "./reader";
import { familiesOf } from "./services";

const OPEN = ["PENDING", "IN_PROGRESS", "STOP_REQUESTED", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS"] as const;
/** So many of the last successful service deployments are told of a service, more than one run a day would see. */
const SUCCESSES = 5;

/** A service and what it still needs besides what DescribeServices tells. */
interface Rollout {
  service: Service & { serviceArn: string };
  /** The deployment that all of its deployments have completed with, if they have. */
  completed: string | undefined;
  /** ARNs of its open service deployments. */
  open: string[];
  /** ARNs of the service revisions that a rollback may return to or that are current. */
  revisions: Set<string>;
  successes: { revision: string; at: Date }[];
}

/**
 * The source, target and rollback of open service deployments, the last successful one, and current service revisions,
 * for controller ECS: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html.
 */
export const readServiceDeployments: Reader = async (scan) => {
  const rollouts: Rollout[] = [];
  for (const service of scan.services) {
    const { serviceArn, deploymentController } = service;
    if (!serviceArn || (deploymentController?.type ?? "ECS") !== "ECS") continue;
    const completed = completedDeployment(service);
    const known = scan.completed[serviceArn];
    if (completed && known?.deployment === completed) {
      for (const taskDefinition of known.taskDefinitions) scan.refers(serviceArn, taskDefinition);
      scan.found.completed[serviceArn] = known;
    } else {
      const listed = await listServiceDeployments(scan, service);
      if (listed) rollouts.push(rolloutOf({ ...service, serviceArn }, completed, listed));
    }
  }
  await resolveOpen(scan, rollouts);
  await resolveRevisions(scan, rollouts);
};

/** `undefined` where not every deployment has completed. */
function completedDeployment({ deployments = [], currentServiceDeployment }: Service): string | undefined {
  const done = deployments.every(({ rolloutState }) => rolloutState === "COMPLETED");
  return done && deployments[0] ? (currentServiceDeployment ?? deployments[0].id) : undefined;
}

/** The open and the successful ones; nothing where the service is gone meanwhile. */
function listServiceDeployments({ client, calls }: Scan, { serviceArn, clusterArn }: Service) {
  const input = { service: serviceArn, cluster: clusterArn, status: [...OPEN, "SUCCESSFUL" as const], maxResults: 100 };
  const list = () =>
    listAll(
      calls,
      "ecs:ListServiceDeployments",
      (nextToken) => client.send(new ListServiceDeploymentsCommand({ ...input, nextToken })),
      (answer) => answer.serviceDeployments,
    );
  return unlessGone(list, /^ServiceNotFound/);
}

function rolloutOf(service: Rollout["service"], completed: string | undefined, all: ServiceDeploymentBrief[]): Rollout {
  const successes = all
    .filter(({ status }) => status === "SUCCESSFUL")
    .map(({ targetServiceRevisionArn: revision = "", finishedAt, createdAt }) => ({
      revision,
      at: finishedAt ?? createdAt ?? new Date(0),
    }))
    .sort((a, b) => b.at.getTime() - a.at.getTime())
    .slice(0, SUCCESSES);
  const open = all.filter(({ status }) => OPEN.some((each) => each === status));
  const needed = [
    ...(service.currentServiceRevisions ?? []).map(({ arn }) => arn),
    ...open.map(({ targetServiceRevisionArn }) => targetServiceRevisionArn),
    successes[0]?.revision,
  ];
  return {
    service,
    completed,
    open: open.map(({ serviceDeploymentArn = "" }) => serviceDeploymentArn),
    revisions: new Set(needed.filter((arn) => arn !== undefined)),
    successes,
  };
}

async function resolveOpen(scan: Scan, rollouts: Rollout[]): Promise<void> {
  const asked = rollouts.flatMap(({ open }) => open);
  const told = await describeAll(asked, async (serviceDeploymentArns) => {
    const { serviceDeployments = [], failures } = await scan.calls.read("ecs:DescribeServiceDeployments", () =>
      scan.client.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns })),
    );
    return { described: serviceDeployments.map((one) => [one.serviceDeploymentArn, one]), failures };
  });
  for (const { service, open, revisions } of rollouts) {
    for (const arn of open) {
      const one = told.found.get(arn);
      if (!one) unresolved(scan, service, arn, told.reasons);
      const sides = [...(one?.sourceServiceRevisions ?? []), one?.targetServiceRevision].map((side) => side?.arn);
      for (const revision of [...sides, one?.rollback?.serviceRevisionArn]) if (revision) revisions.add(revision);
    }
  }
}

async function resolveRevisions(scan: Scan, rollouts: Rollout[]): Promise<void> {
  const asked = rollouts.flatMap(({ revisions, successes }) => [
    ...revisions,
    ...successes.map((each) => each.revision),
  ]);
  const told = await describeAll(asked, async (serviceRevisionArns) => {
    const { serviceRevisions = [], failures } = await scan.calls.read("ecs:DescribeServiceRevisions", () =>
      scan.client.send(new DescribeServiceRevisionsCommand({ serviceRevisionArns })),
    );
    return { described: serviceRevisions.map((one) => [one.serviceRevisionArn, one]), failures };
  });
  const taskDefinitionOf = (revision: string) => told.found.get(revision)?.taskDefinition;
  for (const { service, completed, open, revisions, successes } of rollouts) {
    const { serviceArn } = service;
    const isWhole = [...revisions].every(taskDefinitionOf);
    // Those that cannot be described may be of a family that the service uses no more.
    const taskDefinitions = new Set(isWhole ? [] : scan.completed[serviceArn]?.taskDefinitions);
    for (const revision of revisions) {
      const taskDefinition = taskDefinitionOf(revision);
      if (taskDefinition) taskDefinitions.add(taskDefinition);
      else unresolved(scan, service, revision, told.reasons);
    }
    for (const taskDefinition of taskDefinitions) scan.refers(serviceArn, taskDefinition);
    for (const { revision, at } of successes) scan.succeeded(serviceArn, taskDefinitionOf(revision), at);
    if (completed && open.length === 0 && isWhole) {
      scan.found.completed[serviceArn] = { deployment: completed, taskDefinitions: [...taskDefinitions] };
    }
  }
}

/** What it needs may be of any family that the service uses. */
function unresolved(scan: Scan, service: Rollout["service"], arn: string, reasons: Map<string, string>): void {
  const detail = `has ${arn}, which cannot be described: ${reasons.get(arn) ?? "missing in the answer"}`;
  scan.unclear(service.serviceArn, detail, familiesOf([service]), "run again: everything is read anew", "failed");
}

interface Described<T> {
  /** Each with its ARN. */
  described: [arn: string | undefined, one: T][];
  failures: Failure[] | undefined;
}

/** Each by its ARN, 20 a call, and why not. */
async function describeAll<T>(arns: string[], describe: (asked: string[]) => Promise<Described<T>>) {
  const found = new Map<string | undefined, T>();
  const reasons = new Map<string, string>();
  for (const asked of chunks([...new Set(arns)], 20)) {
    const { described, failures = [] } = await describe(asked);
    for (const [arn, one] of described) found.set(arn, one);
    for (const { arn = "", reason = "no reason given" } of failures) reasons.set(arn, reason);
  }
  return { found, reasons };
}
