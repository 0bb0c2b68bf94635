import type { Finding } from "../retention/findings";
import type { ContainerPart, TaskDefinitionPart } from "./definition";
import { isShowable } from "./plaintext-secrets";

/**
 * One place that a check objects to: container and field, or a field of the definition; and what is wrong there, never a
 * value of environment, command, options or secrets.
 */
export type Hit = Pick<Finding, "where" | "what">;

/** Something that a task definition can get wrong; components warn of it, and the CLI tells it. */
export interface ContainerCheck extends Omit<Finding, keyof Hit | "accepted"> {
  question: string;
  /** Finds nothing where what it needs to know is missing or not filled in yet; it never throws. */
  check(definition: TaskDefinitionPart): Hit[];
}

/** A check of each container by itself; `where` is then a field of the container. */
export function ofEach(
  find: (container: ContainerPart, definition: TaskDefinitionPart) => Hit[],
): (definition: TaskDefinitionPart) => Hit[] {
  return (definition) =>
    definition.containerDefinitions.flatMap((container, index) =>
      find(container, definition).map(({ where, what }) => ({
        where: `${nameOf(container, index)}: ${where}`,
        what,
      })),
    );
}

/** What a container is called in findings. */
export function nameOf({ name }: ContainerPart, index: number): string {
  return shownName(name) ?? `containerDefinitions[${index}]`;
}

/** A name that can be shown; undefined where somebody put something else in its place. */
export function shownName(name: unknown): string | undefined {
  return typeof name === "string" && isShowable(name) ? name : undefined;
}
