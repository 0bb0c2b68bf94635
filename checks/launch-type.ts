import { parseImageReference } from "../retention/images/reference";
import { type ContainerCheck, type Hit, ofEach } from "./check";
import { type ContainerPart, isForFargate, isWhole, type TaskDefinitionPart } from "./definition";
import { isMissing, isOutside, membersOf, records } from "./values";

const PARAMETERS = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html";

export const fargateUnsupported: ContainerCheck = {
  id: "fargate-unsupported",
  severity: "danger",
  question: "Does a task for Fargate do without what only instances have?",
  why: "ECS refuses to register it for Fargate",
  fix: "remove the field, or FARGATE from requiresCompatibilities",
  link: PARAMETERS,
  check: (definition) => {
    if (!isForFargate(definition)) return [];
    return [...taskHits(definition), ...ofEach(containerHits)(definition)];
  },
};

export const networkModeUnsupported: ContainerCheck = {
  id: "network-mode-unsupported",
  severity: "danger",
  question: "Does the task do without what its network mode does not have?",
  why: "ECS refuses to register links, a host name or extra hosts with awsvpc, and with awsvpc or host a host port that is not the container's",
  fix: "remove the field; with awsvpc, containers of a task reach each other on localhost",
  link: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html",
  check: ofEach((container, { networkMode }) => {
    if (networkMode !== "awsvpc" && networkMode !== "host") return [];
    const fields = networkMode === "host" ? [] : ["links", "hostname", "extraHosts"];
    const used = fields.filter((field) => !isMissing(container[field]));
    const ports = records(container.portMappings).flatMap(({ containerPort, hostPort }, index) =>
      typeof hostPort === "number" && hostPort !== 0 && hostPort !== containerPort
        ? [{ where: `portMappings[${index}].hostPort`, what: "is not the containerPort" }]
        : [],
    );
    return [...used.map((where) => ({ where, what: "is not available with awsvpc" })), ...ports];
  }),
};

export const stopTimeout: ContainerCheck = {
  id: "stop-timeout",
  severity: "danger",
  question: "Does Fargate wait as long as stopTimeout asks?",
  why: "Fargate takes 2 to 120 seconds",
  fix: "stay within 2 and 120, and let what takes longer be repeatable",
  link: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html#ECS-Type-ContainerDefinition-stopTimeout",
  check: ofEach(({ stopTimeout: seconds }, definition) =>
    isForFargate(definition) && isOutside(seconds, 2, 120)
      ? [{ where: "stopTimeout", what: "is not within 2 and 120 seconds" }]
      : [],
  ),
};

export const executionRoleMissing: ContainerCheck = {
  id: "execution-role-missing",
  severity: "danger",
  question: "Has the task the execution role that its containers need?",
  why: "ECS refuses to register secrets without one, and on Fargate awslogs and images of ECR",
  fix: "set executionRoleArn, such as that of an ExecutionRole",
  link: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html",
  check: (definition) => {
    if (!isWhole(definition) || !isMissing(definition.executionRoleArn)) return [];
    const needing = definition.containerDefinitions.map((container) => neededBy(container, isForFargate(definition)));
    const what = needing.find((need) => need !== undefined);
    return what ? [{ where: "executionRoleArn", what: `is not set, and ${what} it` }] : [];
  },
};

function neededBy({ image, logConfiguration, secrets }: ContainerPart, onFargate: boolean): string | undefined {
  if (records(secrets).length > 0) return "secrets need";
  if (!onFargate) return undefined;
  if (membersOf(logConfiguration).logDriver === "awslogs") return "awslogs needs";
  const isOfEcr = typeof image === "string" && parseImageReference(image)?.registry.kind === "ecr";
  return isOfEcr ? "an image of ECR needs" : undefined;
}

function taskHits(definition: TaskDefinitionPart): Hit[] {
  const { networkMode, pidMode, ipcMode, placementConstraints, volumes } = definition;
  const isOtherMode = isMissing(networkMode) ? isWhole(definition) : networkMode !== "awsvpc";
  const unavailable = (where: string) => ({ where, what: "is not available on Fargate" });
  return [
    ...(isOtherMode ? [{ where: "networkMode", what: "is not awsvpc" }] : []),
    ...(pidMode === "host" ? [{ where: "pidMode", what: "is host; Fargate takes only task" }] : []),
    ...(isMissing(ipcMode) ? [] : [unavailable("ipcMode")]),
    ...(isMissing(placementConstraints) ? [] : [unavailable("placementConstraints")]),
    ...records(volumes).flatMap(({ host, dockerVolumeConfiguration }, index) => [
      ...(isMissing(membersOf(host).sourcePath) ? [] : [unavailable(`volumes[${index}].host.sourcePath`)]),
      ...(isMissing(dockerVolumeConfiguration) ? [] : [unavailable(`volumes[${index}].dockerVolumeConfiguration`)]),
    ]),
  ];
}

function containerHits({
  privileged,
  dockerSecurityOptions,
  linuxParameters,
  resourceRequirements,
}: ContainerPart): Hit[] {
  const linux = membersOf(linuxParameters);
  const { add } = membersOf(linux.capabilities);
  const used = [
    ...(privileged === true ? ["privileged"] : []),
    ...(isMissing(dockerSecurityOptions) ? [] : ["dockerSecurityOptions"]),
    ...["devices", "sharedMemorySize", "maxSwap", "swappiness"]
      .filter((field) => !isMissing(linux[field]))
      .map((field) => `linuxParameters.${field}`),
    ...(Array.isArray(add) && add.some((name) => name !== "SYS_PTRACE") ? ["linuxParameters.capabilities.add"] : []),
    ...(records(resourceRequirements).some(({ type }) => type === "GPU") ? ["resourceRequirements"] : []),
  ];
  return used.map((where) => ({ where, what: "is not available on Fargate" }));
}
