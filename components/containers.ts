import * as pulumi from "@pulumi/pulumi";
import { type Container, readContainer, readContainerDefinitions } from "../permissions/containers";
import type { ContainerArgs, ExecutionRoleArgs } from "./execution-role";
import { checked, inputError } from "./inputs";

const ARGUMENTS = [
  "containerDefinitions",
  "containers",
  "existingRoleName",
  "region",
  "path",
  "permissionsBoundaryArn",
  "tags",
] as const satisfies (keyof ExecutionRoleArgs)[];

/**
 * The arguments as the engine may keep them: without `environment` and everything else of a container that needs no
 * grant.
 *
 * @param path Where the arguments stand in those of the component, such as `executionRole.`.
 * @throws InputPropertiesError where the containers are not given exactly once, or cannot be read, or where a property is
 *   unknown: it would be kept as it is, and may hold a container.
 */
export function projectContainers(component: string, args: ExecutionRoleArgs, path = ""): ExecutionRoleArgs {
  const { containerDefinitions, containers } = args;
  const unknown = Object.keys(args).filter((name) => !(ARGUMENTS as readonly string[]).includes(name));
  if (unknown.length > 0) {
    const expected = `one of ${ARGUMENTS.join(", ")}`;
    const wrong = { given: "an unknown property", expected, fix: "correct its name or remove it" };
    throw inputError(
      component,
      unknown.map((name) => ({ path: path + name, ...wrong })),
    );
  }
  if ((containers === undefined) === (containerDefinitions === undefined)) {
    const given = containers ? "both" : "neither";
    const expected = "exactly one of containerDefinitions and containers";
    const fix = containers ? "remove one of them" : "pass the string that you give to aws.ecs.TaskDefinition";
    throw inputError(component, [{ path: `${path}containerDefinitions`, given, expected, fix }]);
  }
  if (containerDefinitions !== undefined) {
    const at = `${path}containerDefinitions`;
    const read = checked(component, at, containerDefinitions, (text) => readContainerDefinitions(text, at));
    return { ...args, containerDefinitions: read.apply((read) => JSON.stringify(read.containers)) };
  }
  const projected = Object.entries(containers ?? {}).map(([name, container]) => {
    const at = `${path}containers.${name}`;
    const read = checked(component, at, container, (given) => readContainer(given, at));
    return [name, read.apply((read) => read.containers as ContainerArgs)];
  });
  return { ...args, containers: Object.fromEntries(projected) };
}

/** The containers of arguments that are projected. */
export function containersOf({ containerDefinitions, containers }: ExecutionRoleArgs): pulumi.Output<Container[]> {
  return containerDefinitions === undefined
    ? pulumi.output(containers).apply((containers) => Object.values(containers ?? {}))
    : pulumi.output(containerDefinitions).apply((text): Container[] => JSON.parse(text));
}
