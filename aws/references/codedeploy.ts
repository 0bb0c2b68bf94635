import {
  BatchGetApplicationsCommand,
  BatchGetDeploymentGroupsCommand,
  BatchGetDeploymentsCommand,
  type CodeDeployClient,
  type DeploymentGroupInfo,
  type DeploymentInfo,
  GetApplicationRevisionCommand,
  ListApplicationsCommand,
  ListDeploymentGroupsCommand,
  type RevisionLocation,
} from "@aws-sdk/client-codedeploy";
import { usesInAppSpec } from "../../retention/references/app-spec";
import { chunks, listAll } from "../paging";
import { type Reader, type Scan, unlessGone } from "./reader";
import { familiesOf } from "./services";

/** The last successful and the last attempted deployment of every deployment group for ECS. */
export const readCodeDeploy: Reader = async (scan) => {
  const client = scan.connect.codedeploy();
  const groups: DeploymentGroupInfo[] = [];
  for (const applicationName of await listApplications(scan, client)) {
    groups.push(...(await readGroups(scan, client, applicationName)));
  }
  const deployments = await readDeployments(scan, client, groups.flatMap(idsOf));
  await scan.servicesRead;
  for (const group of groups) {
    for (const id of idsOf(group)) await readDeployment(scan, client, group, id, deployments.get(id));
  }
};

/** Names of the applications for ECS. */
async function listApplications(scan: Scan, client: CodeDeployClient): Promise<string[]> {
  const names = await listAll(
    scan.calls,
    "codedeploy:ListApplications",
    (nextToken) => client.send(new ListApplicationsCommand({ nextToken })),
    (answer) => answer.applications,
  );
  const found: string[] = [];
  for (const applicationNames of chunks(names, 100)) {
    const operation = "codedeploy:BatchGetApplications";
    const { applicationsInfo = [] } = await scan.calls.read(operation, () =>
      client.send(new BatchGetApplicationsCommand({ applicationNames })),
    );
    for (const name of applicationNames) {
      const platform = applicationsInfo.find((each) => each.applicationName === name)?.computePlatform;
      if (platform === undefined) scan.gap(operation, `${name} is missing in the answer`);
      if (platform === "ECS") found.push(name);
    }
  }
  return found;
}

async function readGroups(
  scan: Scan,
  client: CodeDeployClient,
  applicationName: string,
): Promise<DeploymentGroupInfo[]> {
  // Not what else may be missing, such as the configuration of one group.
  const gone = /^ApplicationDoesNotExist/;
  const list = () =>
    listAll(
      scan.calls,
      "codedeploy:ListDeploymentGroups",
      (nextToken) => client.send(new ListDeploymentGroupsCommand({ applicationName, nextToken })),
      (answer) => answer.deploymentGroups,
    );
  const names = await unlessGone(list, gone);
  const groups: DeploymentGroupInfo[] = [];
  for (const deploymentGroupNames of chunks(names ?? [], 100)) {
    const describe = () =>
      scan.calls.read("codedeploy:BatchGetDeploymentGroups", () =>
        client.send(new BatchGetDeploymentGroupsCommand({ applicationName, deploymentGroupNames })),
      );
    const answer = await unlessGone(describe, gone);
    const described = answer?.deploymentGroupsInfo ?? [];
    groups.push(...described);
    for (const name of answer ? deploymentGroupNames : []) {
      if (described.some(({ deploymentGroupName }) => deploymentGroupName === name)) continue;
      scan.unclear(groupArn(scan, applicationName, name), MISSING, "", AGAIN, "failed");
    }
  }
  return groups;
}

async function readDeployments(
  scan: Scan,
  client: CodeDeployClient,
  ids: string[],
): Promise<Map<string, DeploymentInfo>> {
  const found = new Map<string, DeploymentInfo>();
  for (const deploymentIds of chunks(ids, 25)) {
    const { deploymentsInfo = [] } = await scan.calls.read("codedeploy:BatchGetDeployments", () =>
      client.send(new BatchGetDeploymentsCommand({ deploymentIds })),
    );
    for (const each of deploymentsInfo) found.set(each.deploymentId ?? "", each);
  }
  return found;
}

/** Each deployment that a rollback of the group may return to, once. */
function idsOf({ lastSuccessfulDeployment, lastAttemptedDeployment }: DeploymentGroupInfo): string[] {
  const ids = [lastSuccessfulDeployment?.deploymentId, lastAttemptedDeployment?.deploymentId];
  return [...new Set(ids.filter((id) => id !== undefined))];
}

async function readDeployment(
  scan: Scan,
  client: CodeDeployClient,
  group: DeploymentGroupInfo,
  id: string,
  deployment: DeploymentInfo | undefined,
): Promise<void> {
  const { applicationName = "", deploymentGroupName = "", lastSuccessfulDeployment: successful } = group;
  const by = groupArn(scan, applicationName, deploymentGroupName);
  const couldMean = familiesOfGroup(scan, group);
  if (!deployment) return scan.unclear(by, `has deployment ${id}, which ${MISSING}`, couldMean, AGAIN, "failed");
  const read = () => readAppSpec(scan, client, applicationName, deployment.revision);
  const appSpec = await scan.item(by, read, couldMean);
  if (!appSpec) return;
  if (appSpec.content === undefined) return scan.unclear(by, `deploys an AppSpec ${appSpec.where}`, couldMean, INLINE);
  for (const use of usesInAppSpec(appSpec.content)) {
    scan.uses(by, "names" in use ? use : { couldMean });
    if ("names" in use && id === successful?.deploymentId) scan.succeeded(by, use.names, successful.endTime);
  }
}

const MISSING = "is missing in the answer";
const AGAIN = "run again: everything is read anew";
const INLINE = "deploy with the AppSpec's content inline, or pin what it names and acknowledge this gap";

/** Its content, or where it is instead. */
async function readAppSpec(
  { calls }: Scan,
  client: CodeDeployClient,
  applicationName: string,
  revision: RevisionLocation = {},
): Promise<{ content: string | undefined; where: string }> {
  const { revisionType, appSpecContent, string } = revision;
  const content = contentOf(revision);
  const where = `that lies elsewhere: ${revisionType ?? "nowhere"}`;
  const sha256 = (appSpecContent ?? string)?.sha256;
  if (content !== undefined || sha256 === undefined) return { content, where };
  // A deployment tells the hash alone: https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_GetDeployment.html
  const asked = appSpecContent ? { revisionType, appSpecContent: { sha256 } } : { revisionType, string: { sha256 } };
  const answer = await unlessGone(() =>
    calls.read("codedeploy:GetApplicationRevision", () =>
      client.send(new GetApplicationRevisionCommand({ applicationName, revision: asked })),
    ),
  );
  return { content: contentOf(answer?.revision), where: "that CodeDeploy does not tell" };
}

const contentOf = ({ appSpecContent, string }: RevisionLocation = {}) => appSpecContent?.content ?? string?.content;

const groupArn = ({ clusters, region, account }: Scan, application: string, group: string) =>
  `arn:${clusters[0]?.split(":")[1] ?? "aws"}:codedeploy:${region}:${account}:deploymentgroup:${application}/${group}`;

/** How the families begin that its services use; empty where not all of these are known. */
function familiesOfGroup({ services }: Scan, { ecsServices = [] }: DeploymentGroupInfo): string {
  const known = services.filter(({ serviceName, clusterArn }) =>
    ecsServices.some((each) => each.serviceName === serviceName && clusterArn?.endsWith(`/${each.clusterName}`)),
  );
  return known.length === ecsServices.length ? familiesOf(known) : "";
}
