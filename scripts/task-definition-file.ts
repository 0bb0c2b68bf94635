import { readFileSync } from "node:fs";
import { basename, extname } from "node:path";

/** What `--task-definition FILE` gives: the containers of the service, and the family they belong to. */
export interface TaskDefinitionFile {
  family: string;
  containerDefinitions: Record<string, unknown>[];
}

const EXPECTED =
  "what `aws ecs describe-task-definition` prints or `register-task-definition` takes (also below `taskDefinition` or " +
  "`data`), or a list of container definitions";

/**
 * Reads a task definition in any of the shapes in which people keep them.
 *
 * @throws Error that names the file, what was found, what was expected and the fix
 */
export function readTaskDefinitionFile(file: string): TaskDefinitionFile {
  const value = parse(file, read(file));
  const definition = unwrapped(value);
  const containers = Array.isArray(definition) ? definition : definition?.containerDefinitions;
  if (!Array.isArray(containers) || containers.length === 0 || !containers.every(isContainer)) {
    throw new Error(
      `${file}: got no container definitions, each with a name or an image, expected ${EXPECTED}; fix: name a file that has them`,
    );
  }
  const family = Array.isArray(definition) ? undefined : definition?.family;
  return {
    family: familyFrom(typeof family === "string" && family !== "" ? family : file),
    containerDefinitions: containers,
  };
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`${file}: got no readable file (${code}), expected ${EXPECTED}; fix: check its name and rights`);
  }
}

function parse(file: string, text: string): unknown {
  try {
    // Editors on Windows begin a file with a byte order mark, which JSON does not know.
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    // The parser's own message quotes the text, which may hold secrets.
    throw new Error(`${file}: got text that is not JSON, expected ${EXPECTED}; fix: name a JSON file of that kind`);
  }
}

function unwrapped(value: unknown): unknown[] | Record<string, unknown> | undefined {
  if (Array.isArray(value)) return value;
  if (!isObject(value)) return undefined;
  return "containerDefinitions" in value ? value : unwrapped(value.taskDefinition ?? value.data);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

// Pipelines keep definitions without an image, and skeletons with an empty name, and fill them in when they deploy.
const isContainer = (value: unknown): value is Record<string, unknown> =>
  isObject(value) && [value.name, value.image].some((text) => typeof text === "string");

/** A file's name, or a family with a placeholder in it, made into what ECS takes as a family. */
function familyFrom(text: string): string {
  const name = basename(text, extname(text))
    .replace(/[^A-Za-z0-9_-]+/g, "-")
    .slice(0, 255);
  return /[A-Za-z0-9]/.test(name) ? name : "service";
}
