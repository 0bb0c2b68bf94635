import { parseJson } from "../retention/fields";
import type { Problem } from "../retention/types";
import { FIELD_GRANTS } from "./grants/fields";
import type { FieldGrants } from "./grants/grant";
import { volumeGrants } from "./grants/volumes";
import { kindOf, project, type Shape, type Shaped } from "./shape";

const SECRETS = [{ name: "text", valueFrom: "text" }] satisfies Shape;

/** Of a container definition, the fields that need grants. */
export const CONTAINER = {
  name: "text",
  image: "text",
  repositoryCredentials: { credentialsParameter: "text" },
  logConfiguration: {
    logDriver: "text",
    // Only these: other options can hold credentials in clear.
    options: {
      "awslogs-group": "text",
      "awslogs-region": "text",
      "awslogs-create-group": "text",
      "awslogs-stream-prefix": "text",
    },
    secretOptions: SECRETS,
  },
  firelensConfiguration: { options: { "config-file-type": "text", "config-file-value": "text" } },
  secrets: SECRETS,
  environmentFiles: [{ value: "text", type: "text" }],
  credentialSpecs: ["text"],
  dockerSecurityOptions: ["text"],
} satisfies Shape;

/** A container as far as it needs grants. Nothing else of it is looked at or kept. */
export type Container = Shaped<typeof CONTAINER>;

/** Of a task definition's volume, the fields that need grants. */
export const VOLUME = {
  name: "text",
  fsxWindowsFileServerVolumeConfiguration: { authorizationConfig: { credentialsParameter: "text" } },
} satisfies Shape;

/** A volume as far as it needs grants. */
export type Volume = Shaped<typeof VOLUME>;

/** Narrow it by `result.problems`. */
type Read<Name extends string, T> =
  | ({ [name in Name]: T } & { problems?: undefined })
  | ({ [name in Name]?: undefined } & { problems: Problem[] });

/** Reads the JSON text that `aws.ecs.TaskDefinition` takes. Problems name fields, never values: they may be secret. */
export function readContainerDefinitions(text: string, path: string): Read<"containers", Container[]> {
  const { value: definitions, unparsed } = parseJson(text);
  if (!Array.isArray(definitions)) {
    const given = unparsed === undefined ? `JSON of ${kindOf(definitions)}` : "text that is not JSON";
    const fix = "pass the string that you give to aws.ecs.TaskDefinition, made with pulumi.jsonStringify([…])";
    return { problems: [{ path, given, expected: "a JSON list of container definitions", fix }] };
  }
  const read = definitions.map((each, index) => readContainer(each, `${path}[${index}]${label(each)}`));
  const problems = read.flatMap(({ problems = [] }) => problems);
  return problems.length > 0 ? { problems } : { containers: read.flatMap(({ container }) => container ?? []) };
}

/** Reads one container, of either form. */
export function readContainer(value: unknown, path: string): Read<"container", Container> {
  const problems: Problem[] = [];
  const container = project(value, CONTAINER, path, problems) ?? {};
  const { dockerSecurityOptions: options } = container;
  // Others need no grant, and keep their places alone.
  if (options) container.dockerSecurityOptions = options.map((text) => (text.startsWith("credentialspec") ? text : ""));
  problems.push(...FIELD_GRANTS.flatMap((field) => problemsOf(field, container, path)));
  return problems.length > 0 ? { problems } : { container };
}

/** Reads the volumes of a task definition. */
export function readVolumes(value: unknown, path: string): Read<"volumes", Volume[]> {
  const problems: Problem[] = [];
  const volumes = project(value, [VOLUME], path, problems) ?? [];
  problems.push(...volumes.flatMap((each, index) => problemsOf(volumeGrants, each, `${path}[${index}]${label(each)}`)));
  return problems.length > 0 ? { problems } : { volumes };
}

function problemsOf<S>(grants: FieldGrants<S>, subject: S, path: string): Problem[] {
  return grants.problems(subject).map(({ field, ...wrong }) => ({ path: `${path}.${field}`, ...wrong }));
}

/** A name that could be one, ` (app)`: somebody may have put a value in its place. */
function label(value: unknown): string {
  const name: unknown = typeof value === "object" && value !== null && "name" in value ? value.name : undefined;
  return typeof name === "string" && /^[A-Za-z0-9_-]{1,255}$/.test(name) ? ` (${name})` : "";
}
