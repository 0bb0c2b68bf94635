import type { ContainerPart, TaskDefinitionPart } from "./definition";
import { isShowable } from "./plaintext-secrets";

/** `danger`: a deployment or production breaks, or a secret leaks. `advice`: it works, and could be safer. */
type Severity = "danger" | "advice";

/** One place that a check objects to. */
export interface Hit {
  /** Container and field (`app: healthCheck.command`), or a field of the definition (`memory`). */
  where: string;
  /** What is wrong there: never a value of environment, command, options or secrets. */
  what: string;
}

/** Something that a task definition can get wrong; components warn of it, and the CLI tells it. */
export interface ContainerCheck {
  /** Stable: users accept findings by it. */
  id: string;
  severity: Severity;
  question: string;
  why: string;
  fix: string;
  /** The page that says so. */
  link: string;
  /** Finds nothing where what it needs to know is missing or not filled in yet; it never throws. */
  check(definition: TaskDefinitionPart): Hit[];
}

/** What a check found. */
export interface Finding extends Hit {
  id: string;
  severity: Severity;
  why: string;
  fix: string;
  link: string;
  /** The reason of whoever accepted it. */
  accepted?: string;
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
