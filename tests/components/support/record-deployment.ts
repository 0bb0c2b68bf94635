import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest, RegisterResourceResponse } from "@pulumi/pulumi/proto/resource_pb";

export const ACCOUNT = "111122223333";
export const REGION = "eu-west-1";
/** An image in the account's own registry. */
export const image = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/shop/checkout:1`;
/** A cleanup function that another stack made. */
export const cleanupFunction = {
  bucketName: "store",
  roleArn: `arn:aws:iam::${ACCOUNT}:role/ecs-retention-${REGION}`,
  rolePath: `/ecs-retention/${REGION}/`,
  region: REGION,
  account: ACCOUNT,
};
/** Inputs and state as tests look at them. */
// biome-ignore lint/suspicious/noExplicitAny: their shape is each resource's own
export type Values = Record<string, any>;

type Answer = (error: Error | null, response: RegisterResourceResponse) => void;

interface Monitor {
  registerResource(request: RegisterResourceRequest, answer: Answer): unknown;
}

/** How the engine writes a value that a preview cannot know. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const SECRET = "4dabf18193072939515e22adb298388d";

/** One resource as the program registered it: what mocks alone do not show. */
export interface Registered {
  urn: string;
  type: string;
  name: string;
  parent: string;
  /** Plain values: secrets unwrapped, unknowns as {@link UNKNOWN}. */
  inputs: Values;
  /** The inputs as sent, secrets in their envelopes. */
  sent: string;
  /** URNs. */
  dependencies: string[];
  aliases: string[];
  protect: boolean;
  retainOnDelete: boolean;
  deleteBeforeReplace: boolean;
}

interface Settings {
  preview?: boolean;
  stack?: string;
  project?: string;
  /** Returns the error with which the provider refuses to create a resource. */
  refuse?(type: string, name: string): Error | undefined;
}

/**
 * Runs a program against Pulumi's mocks and returns what it registered, in order.
 *
 * @throws The first error of the program, also where it came out of an `apply`.
 */
export async function recordDeployment(program: () => unknown, settings: Settings = {}): Promise<Registered[]> {
  const { result, errors } = await attemptDeployment(program, settings);
  if (errors[0]) throw errors[0];
  return result;
}

/**
 * As {@link recordDeployment}, but with the errors beside what was registered before they ended it, and with the warnings,
 * each after the name of its resource.
 */
export async function attemptDeployment(
  program: () => unknown,
  { preview = false, stack = "prod", project = "shop", refuse }: Settings = {},
): Promise<{ result: Registered[]; errors: Error[]; warnings: string[] }> {
  const result: Registered[] = [];
  const errors: Error[] = [];
  const warnings: string[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs, id, custom }) => {
        const error = refuse?.(type, name);
        if (error) throw error;
        if (!custom) return { id: undefined, state: inputs };
        return preview ? { id: undefined, state: inputs } : created(type, name, inputs, id);
      },
      call: ({ token, inputs }) => answer(token, inputs),
    },
    project,
    stack,
    preview,
  );
  const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, answer) =>
    register(request, (error, response) => {
      if (!error) result.push(registered(request, response.getUrn()));
      answer(error, response);
    });
  const log = pulumi.log as { warn: typeof pulumi.log.warn };
  const { warn } = log;
  log.warn = async (message, resource) => {
    const urn = await new Promise<string>((resolve) => (resource ? resource.urn.apply(resolve) : resolve("")));
    warnings.push(`${urn.split("::").at(-1)}: ${message}`);
  };
  const listeners = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", (reason) => errors.push(reason as Error));
  try {
    program();
    await pulumi.runtime.disconnect();
    await new Promise((resolve) => setImmediate(resolve));
  } catch (error) {
    errors.push(error as Error);
    await pulumi.runtime.disconnect().catch(() => undefined);
  } finally {
    await new Promise((resolve) => setImmediate(resolve));
    log.warn = warn;
    process.removeAllListeners("unhandledRejection");
    for (const listener of listeners) process.on("unhandledRejection", listener);
  }
  return { result, errors, warnings };
}

function registered(request: RegisterResourceRequest, urn: string): Registered {
  const sent = request.getObject()?.toJavaScript();
  return {
    urn,
    type: request.getType(),
    name: request.getName(),
    parent: request.getParent(),
    inputs: unwrapped(sent) as Values,
    sent: JSON.stringify(sent),
    dependencies: request.getDependenciesList(),
    aliases: [
      ...request.getAliasurnsList(),
      ...request.getAliasesList().map((alias) => JSON.stringify(alias.toObject())),
    ],
    protect: request.getProtect() ?? false,
    retainOnDelete: request.getRetainondelete() ?? false,
    deleteBeforeReplace: request.getDeletebeforereplace(),
  };
}

function unwrapped(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrapped);
  if (typeof value !== "object" || value === null) return value;
  const fields = value as Record<string, unknown>;
  if (fields[SECRET] === "1b47061264138c4ac30d75fd1eb44270") return unwrapped(fields.value);
  return Object.fromEntries(Object.entries(fields).map(([key, member]) => [key, unwrapped(member)]));
}

/** What AWS adds, as far as the components read it. */
function created(type: string, name: string, inputs: Values, importId?: string) {
  const unique = `${name}-1a2b3c4`;
  const [, module, kind] = /^aws:(\w+)\/(\w+):/.exec(type) ?? [];
  const id = importId || inputs.name || inputs.bucket || unique;
  const arns: Record<string, string> = {
    role: `arn:aws:iam::${ACCOUNT}:role${inputs.path ?? "/"}${inputs.name ?? unique}`,
    bucket: `arn:aws:s3:::${id}`,
    scheduleGroup: `arn:aws:scheduler:${REGION}:${ACCOUNT}:schedule-group/${id}`,
  };
  const arn = arns[kind ?? ""] ?? `arn:aws:${module}:${REGION}:${ACCOUNT}:${kind}/${id}`;
  return { id, state: { name: id, bucket: id, arn, ...inputs } };
}

function answer(token: string, inputs: Values) {
  const answers: Record<string, object> = {
    "aws:index/getPartition:getPartition": { partition: "aws" },
    "aws:index/getRegion:getRegion": { region: REGION },
    "aws:index/getCallerIdentity:getCallerIdentity": { accountId: ACCOUNT },
    "aws:iam/getRole:getRole": { name: inputs.name, arn: `arn:aws:iam::${ACCOUNT}:role/teams/${inputs.name}` },
  };
  const found = answers[token];
  if (!found) throw new Error(`unexpected invoke ${token}`);
  return found;
}

/** The one resource of that name, and of that type where several share the name. */
export function find(all: Registered[], name: string, type = ""): Registered {
  const found = all.filter((resource) => resource.name === name && resource.type.includes(type));
  if (found.length === 1 && found[0]) return found[0];
  throw new Error(`expected one ${type} "${name}", got ${found.length} of: ${all.map((each) => each.name).join(", ")}`);
}

/** Names of the resources that this one depends on. */
export function dependenciesOf(resource: Registered): string[] {
  return resource.dependencies.map((urn) => urn.split("::").at(-1) as string).sort();
}

/** Labels and statements of a policy document. */
export function statementsOf(document: string): Record<string, Values> {
  return Object.fromEntries(JSON.parse(document).Statement.map((statement: Values) => [statement.Sid, statement]));
}

/** Everything that policies of roles allow, by action. */
export function allowedBy(all: Registered[]): string[] {
  return all
    .filter(({ type, inputs }) => /:(?:Role)?Policy$/.test(type) && inputs.policy !== UNKNOWN)
    .flatMap(({ inputs }) => Object.values(statementsOf(inputs.policy)))
    .flatMap(({ Action, Resource }) =>
      Action.flatMap((action: string) => Resource.map((on: string) => `${action} ${on}`)),
    );
}

/** Names of the resources that an output waits for. */
export async function dependencyNames(output: pulumi.Output<unknown>): Promise<string[]> {
  const resources = await (output as unknown as { allResources(): Promise<Set<pulumi.Resource>> }).allResources();
  const nameOf = ({ urn }: pulumi.Resource) =>
    new Promise<string>((resolve) => urn.apply((text) => resolve(text.split("::").at(-1) ?? "")));
  return Promise.all([...resources].map(nameOf));
}
