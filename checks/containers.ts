import { type ContainerCheck, type Hit, ofEach } from "./check";
import { isWhole } from "./definition";
import { isMissing, isOutside, membersOf, records } from "./values";

const CONTAINER = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html";
const DEPENDENCY = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html";
/** Fields of the task: in a container they are refused, or silently left out by the tool that registers it. */
const OF_TASKS = [
  ...["family", "taskRoleArn", "executionRoleArn", "networkMode", "volumes", "placementConstraints"],
  ...["requiresCompatibilities", "pidMode", "ipcMode", "proxyConfiguration", "ephemeralStorage", "runtimePlatform"],
];

export const containerNameAgain: ContainerCheck = {
  id: "container-name-again",
  severity: "danger",
  question: "Has each container a name of its own?",
  why: "ECS refuses to register two of one name",
  fix: "rename one of the two",
  link: `${CONTAINER}#ECS-Type-ContainerDefinition-name`,
  check: ({ containerDefinitions }) => {
    const seen = new Set<unknown>();
    return containerDefinitions.flatMap(({ name }, index) => {
      const isAgain = !isMissing(name) && seen.has(name);
      seen.add(name);
      return isAgain
        ? [{ where: `containerDefinitions[${index}].name`, what: "is the name of another container" }]
        : [];
    });
  },
};

export const essentialMissing: ContainerCheck = {
  id: "essential-container-missing",
  severity: "danger",
  question: "Is at least one container essential?",
  why: "ECS refuses to register a task without an essential container",
  fix: "set essential to true, or leave it out, for the container whose end is the task's end",
  link: `${CONTAINER}#ECS-Type-ContainerDefinition-essential`,
  check: ({ containerDefinitions }) =>
    containerDefinitions.length > 0 && containerDefinitions.every(({ essential }) => essential === false)
      ? [{ where: "containerDefinitions", what: "no container is essential" }]
      : [],
};

export const containerDependency: ContainerCheck = {
  id: "container-dependency",
  severity: "danger",
  question: "Can each container's dependencies be met?",
  why: "ECS refuses to register dependencies on what is not there, on each other in a circle, or on what cannot come about",
  fix: "name a container of this task; wait for HEALTHY only where it has a healthCheck, for COMPLETE or SUCCESS only where it is not essential",
  link: DEPENDENCY,
  check: (definition) => {
    const { containerDefinitions } = definition;
    const links = new Map(
      containerDefinitions.map(({ name, dependsOn }) => [name, records(dependsOn).map((each) => each.containerName)]),
    );
    return ofEach((container) => {
      const hits = records(container.dependsOn).flatMap(({ containerName, condition }, index): Hit[] => {
        const other = containerDefinitions.find(({ name }) => name === containerName);
        const where = `dependsOn[${index}]`;
        if (!other) return isMissing(containerName) ? [] : [{ where, what: "names a container that is not there" }];
        return unmet(condition, other).map((what) => ({ where, what }));
      });
      const isCircular = reachable(container.name, links).has(container.name);
      return isCircular ? [...hits, { where: "dependsOn", what: "leads back to the container itself" }] : hits;
    })(definition);
  },
};

export const volumeMissing: ContainerCheck = {
  id: "volume-missing",
  severity: "danger",
  question: "Is every volume that is mounted there?",
  why: "ECS refuses to register a mount of a volume that it does not know",
  fix: "add the volume to volumes, or correct sourceVolume",
  link: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_MountPoint.html",
  check: ofEach(({ mountPoints }, definition) => {
    const volumes = records(definition.volumes).map(({ name }) => name);
    return records(mountPoints).flatMap(({ sourceVolume }, index) =>
      isMissing(sourceVolume) ||
      typeof sourceVolume !== "string" ||
      volumes.includes(sourceVolume) ||
      !isWhole(definition)
        ? []
        : [{ where: `mountPoints[${index}].sourceVolume`, what: "is not among volumes" }],
    );
  }),
};

export const restartPolicy: ContainerCheck = {
  id: "restart-policy",
  severity: "danger",
  question: "Is the restart policy one that ECS takes?",
  why: "ECS refuses to register others",
  fix: "set enabled, a restartAttemptPeriod of 60 to 1800 seconds, and at most 50 ignoredExitCodes",
  link: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerRestartPolicy.html",
  check: ofEach(({ restartPolicy: policy }) => {
    if (isMissing(policy)) return [];
    const { enabled, restartAttemptPeriod, ignoredExitCodes } = membersOf(policy);
    const hit = (field: string, what: string): Hit[] => [{ where: `restartPolicy.${field}`, what }];
    return [
      ...(isMissing(enabled) ? hit("enabled", "is not set") : []),
      ...(isOutside(restartAttemptPeriod, 60, 1_800) ? hit("restartAttemptPeriod", "is not within 60 and 1800") : []),
      ...(Array.isArray(ignoredExitCodes) && ignoredExitCodes.length > 50
        ? hit("ignoredExitCodes", "are more than 50")
        : []),
    ];
  }),
};

export const misplacedField: ContainerCheck = {
  id: "misplaced-field",
  severity: "danger",
  question: "Are fields of the task outside its containers?",
  why: "within a container they are refused, or left out without a word by the tool that registers it",
  fix: "move the field beside containerDefinitions",
  link: CONTAINER,
  check: ofEach((container) =>
    OF_TASKS.filter((field) => container[field] !== undefined).map((where) => ({
      where,
      what: "is a field of the task",
    })),
  ),
};

function unmet(condition: unknown, other: Record<string, unknown>): string[] {
  const isEssential = isMissing(other.essential) || other.essential === true;
  if (condition === "HEALTHY" && isMissing(other.healthCheck))
    return ["waits for the health of a container without healthCheck"];
  if ((condition === "COMPLETE" || condition === "SUCCESS") && isEssential)
    return ["waits for the end of an essential container"];
  return [];
}

/** What can be reached from this container by its dependencies and theirs. */
function reachable(from: unknown, links: Map<unknown, unknown[]>): Set<unknown> {
  const reached = new Set<unknown>();
  const open = [...(links.get(from) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    open.push(...(links.get(next) ?? []));
  }
  return reached;
}
