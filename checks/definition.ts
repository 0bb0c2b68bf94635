import { isRecord, parseJson } from "../retention/fields";
import { NAMED_VALUES } from "./plaintext-secrets";

/** A container as it was given: checks look at their fields, and take nothing for granted. */
export type ContainerPart = Readonly<Record<string, unknown>>;

/** What checks look at: a task definition, or its containers alone, of which checks of the task then say nothing. */
export interface TaskDefinitionPart {
  readonly containerDefinitions: readonly ContainerPart[];
  /** Only where a whole definition was given. */
  readonly family?: unknown;
  readonly cpu?: unknown;
  readonly memory?: unknown;
  readonly networkMode?: unknown;
  readonly pidMode?: unknown;
  readonly ipcMode?: unknown;
  readonly requiresCompatibilities?: unknown;
  readonly runtimePlatform?: unknown;
  readonly executionRoleArn?: unknown;
  readonly volumes?: unknown;
  readonly placementConstraints?: unknown;
}

/** What the command line, tools and CloudFormation put around a definition. */
const AROUND = ["taskDefinition", "data", "properties"];
const DEEPEST = 32;

/**
 * Reads a task definition of any form: as RegisterTaskDefinition takes it, DescribeTaskDefinition answers it
 * (`taskDefinition`) or `aws.ecs.TaskDefinition` takes it (`containerDefinitions` as JSON text); a resource of
 * CloudFormation, whose names begin with capitals; a list of containers.
 *
 * @returns undefined where there are no containers in it.
 */
export function readTaskDefinition(value: unknown): TaskDefinitionPart | undefined {
  return read(withSmallInitials(value), AROUND.length);
}

function read(value: unknown, around: number): TaskDefinitionPart | undefined {
  if (Array.isArray(value)) {
    const containerDefinitions = value.filter(isRecord).filter((container) => "image" in container);
    return containerDefinitions.length > 0 ? { containerDefinitions } : undefined;
  }
  if (!isRecord(value)) return undefined;
  const { containerDefinitions: given } = value;
  if (given !== undefined) {
    const parsed = typeof given === "string" ? withSmallInitials(parseJson(given).value) : given;
    return Array.isArray(parsed) ? { ...value, containerDefinitions: parsed.filter(isRecord) } : undefined;
  }
  const inner = AROUND.map((name) => value[name]).find(isRecord);
  return inner && around > 0 ? read(inner, around - 1) : undefined;
}

/** The fields of ECS in camel case; names that users gave (of options, labels) stay as they are. */
function withSmallInitials(value: unknown, depth = 0): unknown {
  if (depth > DEEPEST) return value;
  if (Array.isArray(value)) return value.map((item) => withSmallInitials(item, depth + 1));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      const name = /^[A-Z][a-z]/.test(key) ? key.charAt(0).toLowerCase() + key.slice(1) : key;
      return [name, NAMED_VALUES.includes(name) ? member : withSmallInitials(member, depth + 1)];
    }),
  );
}

/** Whether the task's own fields were given, so that a missing one is missing. */
export function isWhole({ family }: TaskDefinitionPart): boolean {
  return family !== undefined;
}

/** Whether it is to run on Fargate, and so has to obey Fargate's rules. */
export function isForFargate({ requiresCompatibilities }: TaskDefinitionPart): boolean {
  return Array.isArray(requiresCompatibilities) && requiresCompatibilities.includes("FARGATE");
}

/** Whether its containers run on Windows. */
export function isForWindows({ runtimePlatform }: TaskDefinitionPart): boolean {
  const family = isRecord(runtimePlatform) ? runtimePlatform.operatingSystemFamily : undefined;
  return typeof family === "string" && family.startsWith("WINDOWS");
}
