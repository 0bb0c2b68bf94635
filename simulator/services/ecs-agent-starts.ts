import type { ContainerDefinition, Volume } from "@aws-sdk/client-ecs";
import { AwsError, type Scope } from "../operation";
import { pullThroughCache } from "./ecr-pull-operations";

/** Who starts one container or volume of a task. */
export interface Agent {
  scope: Scope;
  /** Id of the task. */
  task: string;
  /** Whose start this is. */
  container: string;
  /** Undefined: it was refused, or what it names was never made. */
  // biome-ignore lint/suspicious/noExplicitAny: the caller knows its operation's output.
  call(service: string, operation: string, input: object, region?: string): Promise<any>;
}

type Start<Part> = (agent: Agent, part: Part) => Promise<void>;

/** What starting a container asks of AWS, in the agent's order. */
export const CONTAINER_STARTS: Start<ContainerDefinition>[] = [
  async (agent, { credentialSpecs = [], dockerSecurityOptions = [] }) => {
    const options = dockerSecurityOptions.filter((option) => option.startsWith("credentialspec"));
    for (const spec of [...credentialSpecs, ...options]) await readCredentialSpec(agent, spec);
  },
  async (agent, { environmentFiles = [] }) => {
    for (const { value } of environmentFiles) await readFile(agent, "environmentFiles", value);
  },
  async (agent, { firelensConfiguration: { options } = { type: undefined } }) => {
    if (options?.["config-file-type"] !== "s3") return;
    await readFile(agent, "firelensConfiguration", options["config-file-value"]);
  },
  async (agent, { secrets = [], logConfiguration }) => {
    for (const { valueFrom } of secrets) await readSecret(agent, "secrets", valueFrom);
    for (const { valueFrom } of logConfiguration?.secretOptions ?? []) {
      await readSecret(agent, "logConfiguration.secretOptions", valueFrom);
    }
  },
  async (agent, { repositoryCredentials: credentials }) => {
    if (credentials)
      await readSecret(agent, "repositoryCredentials", credentials.credentialsParameter, "secretsmanager");
  },
  pullImage,
  openLog,
];

/** What mounting a volume asks of AWS. EFS is mounted under the task role. */
export const VOLUME_STARTS: Start<Volume>[] = [
  async (agent, { fsxWindowsFileServerVolumeConfiguration: fsx }) => {
    if (!fsx) return;
    await readSecret(agent, "authorizationConfig", fsx.authorizationConfig?.credentialsParameter);
    await agent.call("fsx", "DescribeFileSystems", { FileSystemIds: [fsx.fileSystemId] });
  },
];

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-requests.html */
const PRIVATE_IMAGE =
  /^(\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws|on\.amazonwebservices\.com\.cn)\/([^:@]+)(?::([^@]+))?(?:@(.+))?$/;
/** For IAM one layer is like another. */
const LAYER = `sha256:${"0".repeat(64)}`;

async function pullImage(agent: Agent, { image = "" }: ContainerDefinition): Promise<void> {
  const [, registryId, region, repositoryName, imageTag = "latest", imageDigest] = PRIVATE_IMAGE.exec(image) ?? [];
  if (!registryId || !region || !repositoryName) return;
  const ecr = (operation: string, input: object) =>
    agent.call("ecr", operation, { registryId, repositoryName, ...input }, region);
  const imageIds = [imageDigest ? { imageDigest } : { imageTag }];
  await agent.call("ecr", "GetAuthorizationToken", {}, region);
  const { fills, makes } = pullThroughCache({ ...agent.scope, account: registryId, region }, repositoryName);
  if (makes) await ecr("CreateRepository", {});
  if (fills) await ecr("BatchImportUpstreamImage", { imageIds });
  await ecr("BatchGetImage", { imageIds });
  await ecr("BatchCheckLayerAvailability", { layerDigests: [LAYER] });
  await ecr("GetDownloadUrlForLayer", { layerDigest: LAYER });
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-log-config.html */
async function openLog(agent: Agent, { name, logConfiguration }: ContainerDefinition): Promise<void> {
  const { scope, task } = agent;
  const { "awslogs-group": logGroupName, ...options } = logConfiguration?.options ?? {};
  if (logConfiguration?.logDriver !== "awslogs" || !logGroupName) return;
  const { "awslogs-region": region = scope.region, "awslogs-stream-prefix": prefix } = options;
  const logs = (operation: string, input: object) => agent.call("logs", operation, { logGroupName, ...input }, region);
  // Without a prefix Docker names the stream after the container.
  const logStreamName = prefix ? `${prefix}/${name}/${task}` : scope.world.random.text(64);
  const exists = scope.world.services.logs.at({ ...scope, region }).groups.has(logGroupName);
  // The log driver is written in Go: https://pkg.go.dev/strconv#ParseBool
  const creates = /^(?:1|[tT]|true|True|TRUE)$/.test(options["awslogs-create-group"] ?? "");
  if (creates && !exists) await logs("CreateLogGroup", {});
  await logs("CreateLogStream", { logStreamName });
  const logEvents = [{ timestamp: scope.world.clock.now(), message: "started" }];
  await logs("PutLogEvents", { logStreamName, logEvents });
}

/** @param named What a text without `arn:` is the name of. */
async function readSecret(agent: Agent, field: string, text = "", named: "secretsmanager" | "ssm" = "ssm") {
  const [prefix, , service, region] = prefixed(text) ? text.split(":") : ["", "", named, undefined];
  if (text !== "" && service === "ssm") {
    return agent.call("ssm", "GetParameters", { Names: [text], WithDecryption: true }, region);
  }
  if (text !== "" && service === "secretsmanager") {
    // Behind the name: a JSON key, a version stage, a version id.
    const parts = prefix === "" ? [text] : text.split(":");
    const [, VersionStage, VersionId] = parts.slice(7);
    const version = { ...(VersionStage && { VersionStage }), ...(VersionId && { VersionId }) };
    return agent.call(
      "secretsmanager",
      "GetSecretValue",
      { SecretId: parts.slice(0, 7).join(":"), ...version },
      region,
    );
  }
  throw misread(agent, field, "a secret or a parameter");
}

const prefixed = (text: string) => text.startsWith("arn:");

/** The object's answer. */
async function readFile(agent: Agent, field: string, text = "") {
  const [, Bucket, Key] = /^arn:[^:]+:s3:::([^/]+)\/(.+)$/s.exec(text) ?? [];
  if (!Bucket) throw misread(agent, field, "an object in S3");
  const located = await agent.call("s3", "GetBucketLocation", { Bucket });
  const region = located ? (located.LocationConstraint ?? "us-east-1") : agent.scope.region;
  return agent.call("s3", "GetObject", { Bucket, Key }, region);
}

/** A domainless one names the secret that opens the directory. */
async function readCredentialSpec(agent: Agent, text: string): Promise<void> {
  const [, place = ""] = /^credentialspec(?:domainless)?:(.+)$/s.exec(text) ?? [];
  if (place.startsWith("file://")) return;
  const isFile = place.split(":")[2] === "s3";
  const answer = await (isFile ? readFile : readSecret)(agent, "credentialSpecs", place);
  const content = isFile ? answer?.Body?.toString() : answer?.Parameters?.[0]?.Value;
  const [secret] = /arn:[^":]+:secretsmanager:[^"\\]+/.exec(content ?? "") ?? [];
  if (secret && text.startsWith("credentialspecdomainless:")) await readSecret(agent, "credentialSpecs", secret);
}

const misread = ({ container }: Agent, field: string, expected: string) =>
  new AwsError("ClientException", `${container}: ${field} does not name ${expected}`);
