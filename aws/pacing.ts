import type { Clock, Millis } from "../retention/types";

/** Our share of one of the token buckets by which AWS throttles an account and Region. */
interface Bucket {
  operations: string[];
  /** Calls at once after a pause. */
  burst: number;
  perSecond: number;
}

/**
 * AWS's buckets: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html. Reads take half of the
 * rate. Deregister shares 1 a second with Register: half of that and none of the burst, which belongs to deployments.
 * Nobody but a cleanup deletes: all of the rate, without the burst, so that runs may follow each other at once.
 */
export const BUCKETS: Bucket[] = [
  { operations: ["DeregisterTaskDefinition"], burst: 1, perSecond: 0.5 },
  { operations: ["DeleteTaskDefinitions"], burst: 1, perSecond: 1 },
  { operations: ["ListTaskDefinitions", "DescribeTaskDefinition"], burst: 50, perSecond: 10 },
  { operations: ["ListServices", "DescribeServices"], burst: 100, perSecond: 10 },
  { operations: ["ListTasks", "DescribeTasks"], burst: 100, perSecond: 10 },
  { operations: ["ListClusters"], burst: 50, perSecond: 10 },
  { operations: ["ListServiceDeployments", "DescribeServiceDeployments"], burst: 50, perSecond: 10 },
  { operations: ["DescribeServiceRevisions"], burst: 50, perSecond: 10 },
  // Of the services beside ECS AWS publishes no such figures, or far higher ones; these leave them to others.
  polite("ListEventBuses", "ListRuleNamesByTarget", "ListTargetsByRule"),
  polite("ListPipes", "DescribePipe"),
  polite("ListSchedules", "GetSchedule"),
  polite("ListStateMachines", "ListStateMachineVersions"),
  polite("DescribeStateMachine"),
  polite(
    ...["ListApplications", "BatchGetApplications", "ListDeploymentGroups", "BatchGetDeploymentGroups"],
    ...["BatchGetDeployments", "GetApplicationRevision"],
  ),
  polite("DescribeRepositories", "DescribeImages"),
  polite("BatchGetImage"),
];

function polite(...operations: string[]): Bucket {
  return { operations, burst: 5, perSecond: 5 };
}

/** The one pace of a run, for all its services together. Operations without a bucket do not wait. */
export interface Pace {
  /** Waits for a token of the operation's bucket and takes it. */
  take(operation: string): Promise<void>;
  /** Milliseconds until `take` would return at once. */
  wait(operation: string): Millis;
  /** Milliseconds from one call to the next where many follow each other. */
  interval(operation: string): Millis;
}

export function pace(clock: Clock): Pace {
  /** When each bucket is full again, if nobody takes of it. */
  const fullAt = new Map<Bucket, Millis>();
  const bucketOf = (operation: string) => BUCKETS.find(({ operations }) => operations.includes(operation));
  const between = (bucket: Bucket) => 1000 / bucket.perSecond;

  function wait(bucket: Bucket): Millis {
    return Math.max(0, (fullAt.get(bucket) ?? 0) - (bucket.burst - 1) * between(bucket) - clock.now());
  }

  return {
    async take(operation) {
      const bucket = bucketOf(operation);
      if (!bucket) return;
      const ms = wait(bucket);
      fullAt.set(bucket, Math.max(fullAt.get(bucket) ?? 0, clock.now()) + between(bucket));
      if (ms > 0) await clock.sleep(ms);
    },
    wait(operation) {
      const bucket = bucketOf(operation);
      return bucket ? wait(bucket) : 0;
    },
    interval(operation) {
      const bucket = bucketOf(operation);
      return bucket ? between(bucket) : 0;
    },
  };
}
