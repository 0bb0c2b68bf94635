import * as pulumi from "@pulumi/pulumi";
import { CHECK_IDS, findingsOf } from "../checks/index";
import {
  CONTAINER,
  type Container,
  readContainer,
  readContainerDefinitions,
  readVolumes,
  VOLUME,
  type Volume,
} from "../permissions/containers";
import type { Shape } from "../permissions/shape";
import { policyDocuments } from "../permissions/split";
import { shown } from "../retention/errors";
import { isRecord, unknownProperties, within } from "../retention/fields";
import type { ContainerArgs, VolumeArgs } from "./container-args";
import type { ExecutionRoleArgs } from "./execution-role";
import { checkedAcceptances, findingText, warn } from "./findings";
import { checkedSettings } from "./grant-settings";
import { checked, inputError } from "./inputs";

const ARGUMENTS = Object.keys({
  containerDefinitions: true,
  containers: true,
  volumes: true,
  keys: true,
  pullThroughCachePrefixes: true,
  bucketAccountIds: true,
  additionalSecretArns: true,
  policyCount: true,
  acceptedFindings: true,
  existingRoleName: true,
  region: true,
  path: true,
  permissionsBoundaryArn: true,
  tags: true,
} satisfies Record<keyof ExecutionRoleArgs, true>);

const PROJECTED = Symbol("projected");

/** Marked, since whoever projected them had the whole containers and checked those; the engine keeps no symbols. */
type Projected = ExecutionRoleArgs & { [PROJECTED]: true };

/**
 * The arguments as the engine may keep them: without `environment` and everything else of a container that needs no
 * grant. Projected ones stay what they are.
 *
 * @param path Where the arguments stand in those of the component; empty for its own.
 * @throws InputPropertiesError where the containers are not given exactly once, or cannot be read, or where a property is
 *   unknown: it would be kept as it is, and may hold a container.
 */
export function projectContainers(component: string, args: ExecutionRoleArgs, path = ""): Projected {
  if (isProjected(args)) return args;
  const { containerDefinitions, containers, volumes, acceptedFindings, ...others } = args;
  const unknown = unknownProperties(args, ARGUMENTS, path);
  if (unknown.length > 0) throw inputError(component, unknown);
  if ((containers === undefined) === (containerDefinitions === undefined)) {
    const given = containers ? "both" : "neither";
    const expected = "exactly one of containerDefinitions and containers";
    const fix = containers ? "remove one of them" : "pass the string that you give to aws.ecs.TaskDefinition";
    throw inputError(component, [{ path: within(path, "containerDefinitions"), given, expected, fix }]);
  }
  checkPolicyCount(component, args.policyCount, within(path, "policyCount"));
  return {
    ...others,
    ...checkedSettings(component, args, path),
    ...(acceptedFindings && {
      acceptedFindings: checkedAcceptances(component, acceptedFindings, CHECK_IDS, path),
    }),
    ...(volumes && { volumes: projectedVolumes(component, volumes, within(path, "volumes")) }),
    ...(containerDefinitions !== undefined && {
      containerDefinitions: projectedText(component, containerDefinitions, within(path, "containerDefinitions")),
    }),
    ...(containers && { containers: projectedMap(component, containers, within(path, "containers")) }),
    [PROJECTED]: true,
  };
}

/** Before anything is made: it decides which resources there are. */
function checkPolicyCount(component: string, count: unknown, path: string): void {
  if (count === undefined) return;
  const { problem } = policyDocuments([], typeof count === "number" ? count : Number.NaN);
  const given = pulumi.Output.isInstance(count) ? "an output" : shown(count);
  if (problem) throw inputError(component, [{ ...problem, path, given }]);
}

export function isProjected(args: ExecutionRoleArgs): args is Projected {
  return PROJECTED in args;
}

function projectedText(component: string, text: pulumi.Input<string>, path: string): pulumi.Output<string> {
  const read = checked(component, path, text, (text) => readContainerDefinitions(text, path));
  return read.apply(({ containers }) => JSON.stringify(containers));
}

type Containers = NonNullable<ExecutionRoleArgs["containers"]>;

function projectedMap(component: string, containers: Containers, path: string): Containers {
  const each = Object.entries(containers).map(([name, container]) => {
    const at = `${path}.${name}`;
    const read = checked(component, at, partsOf(container, CONTAINER), (given) => readContainer(given, at));
    return [name, read.apply(({ container }) => container as ContainerArgs)];
  });
  return Object.fromEntries(each);
}

function projectedVolumes(
  component: string,
  volumes: NonNullable<ExecutionRoleArgs["volumes"]>,
  path: string,
): pulumi.Output<VolumeArgs[]> {
  const read = checked(component, path, partsOf(volumes, [VOLUME]), (given) => readVolumes(given, path));
  return read.apply(({ volumes }) => volumes as VolumeArgs[]);
}

/** Of an input, what a shape names, so that what is not known of the rest hides nothing in a preview. */
function partsOf(value: pulumi.Input<unknown>, shape: Shape): pulumi.Input<unknown> {
  const isLater = pulumi.Output.isInstance(value) || value instanceof Promise;
  if (isLater || shape === "text") return value;
  if (Array.isArray(shape)) return Array.isArray(value) ? value.map((item) => partsOf(item, shape[0])) : value;
  if (!isRecord(value)) return value;
  const parts = Object.entries(shape).filter(([field]) => value[field] !== undefined);
  return Object.fromEntries(parts.map(([field, part]) => [field, partsOf(value[field], part)]));
}

/** What the grants of arguments come from, once they are projected. */
export function containersOf(args: ExecutionRoleArgs): pulumi.Output<{ containers: Container[]; volumes: Volume[] }> {
  const { containerDefinitions, containers = {}, volumes = [] } = args;
  const list: pulumi.Output<Container[]> =
    containerDefinitions === undefined
      ? pulumi.output(containers).apply(named)
      : pulumi.output(containerDefinitions).apply((text): Container[] => JSON.parse(text));
  return pulumi.all([list, volumes]).apply(([containers, volumes]) => ({ containers, volumes }));
}

/** A container of a map is called by its key, whatever name it has: awsx does so. */
function named<C extends object>(containers: Record<string, C>): (C & { name: string })[] {
  return Object.entries(containers).map(([name, container]) => ({ ...container, name }));
}

/**
 * Warns of what the checks find in containers: of each danger, and of all advice in one line, since most images could be
 * hardened further and nobody reads what is long every time.
 *
 * @param args As they were given: of projected ones most fields are gone.
 * @param projected The same, for what they accept.
 */
export function warnOfContainers(
  component: pulumi.Resource,
  { containerDefinitions, containers = {} }: ExecutionRoleArgs,
  { acceptedFindings = [] }: ExecutionRoleArgs,
): void {
  const whole: pulumi.Input<unknown> = containerDefinitions ?? pulumi.output(containers).apply(named);
  pulumi.all([whole, acceptedFindings]).apply(([containerDefinitions, accepted]) => {
    const findings = findingsOf({ containerDefinitions }, accepted);
    const advice = findings.filter(({ severity, accepted }) => severity === "advice" && accepted === undefined);
    warn(
      component,
      findings.filter(({ severity }) => severity === "danger"),
      findingText,
    );
    if (advice.length === 0) return;
    const listed = advice.map(({ id, where }) => `${id} (${where})`).join(", ");
    const next = "`ecs-retention check FILE` says why, and how to mend it; acceptedFindings takes each by its id";
    pulumi.log.warn(`Advice on the containers: ${listed}. ${next}.`, component);
  });
}
