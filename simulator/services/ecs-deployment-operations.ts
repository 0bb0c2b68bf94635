import { type CallScope, type Context, type Operations, type Scope, sortedPage } from "../operation";
import { clusterOf, type Service, type ServiceDeployment, type ServiceRevision } from "./ecs-clusters";
import { shownDeployments } from "./ecs-deployments";
import { atMost, below, describedAll, inCluster, pageSize } from "./ecs-service-operations";
import { serviceOf } from "./ecs-services";

/** Of `<kind>/<cluster>/<service>/<id>`. */
const ownerOf = (reference: string) => {
  const [, cluster = "", service = ""] = reference.split(":").at(-1)?.split("/") ?? [];
  return { cluster, service };
};

/** IAM is asked about each service, and about what of it is described. */
const withServices = (arns: string[] = [], scope: Scope) => {
  const services = arns.map((each) => below("service", ownerOf(each), scope, [ownerOf(each).service])[0] ?? "");
  return [...new Set([...services, ...arns])];
};

/** Of the first one's service: here a condition key has one value for the whole call. */
const ofService = ([first = ""]: string[] = [], scope: CallScope): Context => ({
  ...inCluster(ownerOf(first), scope),
  "ecs:service": withServices([first], scope)[0] ?? "",
});

function brief(scope: Scope, service: Service, each: ServiceDeployment) {
  return {
    serviceDeploymentArn: each.arn,
    serviceArn: service.arn,
    clusterArn: clusterOf(scope, service.cluster).arn,
    createdAt: new Date(each.createdAt),
    startedAt: new Date(each.createdAt),
    finishedAt: each.finishedAt === undefined ? undefined : new Date(each.finishedAt),
    status: each.status,
  };
}

function describedDeployment(scope: Scope, service: Service, each: ServiceDeployment) {
  const { rollback, source, target } = each;
  return {
    ...brief(scope, service, each),
    updatedAt: new Date(each.finishedAt ?? rollback?.startedAt ?? each.createdAt),
    sourceServiceRevisions: source.map((revision) => ({ arn: revision })),
    targetServiceRevision: { arn: target },
    deploymentConfiguration: { strategy: service.strategy },
    ...(rollback && {
      rollback: {
        reason: rollback.reason,
        startedAt: new Date(rollback.startedAt),
        serviceRevisionArn: rollback.revision,
      },
    }),
  };
}

function describedRevision(scope: Scope, service: Service, each: ServiceRevision) {
  return {
    serviceRevisionArn: each.arn,
    serviceArn: service.arn,
    clusterArn: clusterOf(scope, service.cluster).arn,
    taskDefinition: each.taskDefinition,
    createdAt: new Date(each.createdAt),
  };
}

/** By ARN, each in its own service. */
function describedIn<T extends { arn: string }>(
  scope: Scope,
  arns: string[],
  of: (service: Service) => T[],
  describe: (scope: Scope, service: Service, one: T) => object,
) {
  const { clusters } = scope.world.services.ecsServices.at(scope);
  return describedAll(arns, (each) => {
    const { cluster, service: name } = ownerOf(each);
    const service = clusters.get(cluster)?.services.get(name);
    const one = service && of(service).find((candidate) => candidate.arn === each);
    return service && one && describe(scope, service, one);
  });
}

export const ecsDeploymentOperations: Operations = {
  ListServiceDeployments: {
    action: "ecs:ListServiceDeployments",
    bucket: "service deployment",
    resources: (input, scope) => below("service", input, scope, [input.service]),
    context: inCluster,
    run: (input, scope) => {
      const service = serviceOf(scope, input);
      const found = shownDeployments(scope, service).filter(({ status }) => input.status?.includes(status) ?? true);
      const age = (each: ServiceDeployment) => `${each.createdAt} ${each.arn}`;
      const { items, next } = sortedPage(scope, found, age, input.nextToken, pageSize(input, 20), true);
      const serviceDeployments = items.map((each) => ({
        ...brief(scope, service, each),
        targetServiceRevisionArn: each.target,
      }));
      return { serviceDeployments, nextToken: next };
    },
  },
  DescribeServiceDeployments: {
    action: "ecs:DescribeServiceDeployments",
    bucket: "service deployment",
    resources: (input, scope) => withServices(input.serviceDeploymentArns, scope),
    context: (input, scope) => ofService(input.serviceDeploymentArns, scope),
    run: (input, scope) => {
      const arns = atMost(20, input.serviceDeploymentArns);
      const shown = (service: Service) => shownDeployments(scope, service);
      const { described, failures } = describedIn(scope, arns, shown, describedDeployment);
      return { serviceDeployments: described, failures };
    },
  },
  DescribeServiceRevisions: {
    action: "ecs:DescribeServiceRevisions",
    bucket: "service revision",
    resources: (input, scope) => withServices(input.serviceRevisionArns, scope),
    context: (input, scope) => ofService(input.serviceRevisionArns, scope),
    run: (input, scope) => {
      const arns = atMost(20, input.serviceRevisionArns);
      const { described, failures } = describedIn(scope, arns, (service) => service.revisions, describedRevision);
      return { serviceRevisions: described, failures };
    },
  },
};
