/**
 * The child process of deploy.ts: runs one Pulumi program on Pulumi's own test runtime. The monitor that setMocks
 * installs is kept, but for registrations: those go to the parent with all their options, after their transforms.
 */
import * as pulumi from "@pulumi/pulumi";
import type { Callback } from "@pulumi/pulumi/proto/callback_pb";
import * as proto from "@pulumi/pulumi/proto/resource_pb";
import type { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { Goal } from "./stack";
import { addStackTransform, registered, transformed } from "./transforms";
import type { Values } from "./values";

export interface ProgramOptions {
  program: string;
  organization: string;
  project: string;
  stack: string;
  config: Record<string, string>;
  secretKeys: string[];
}

export type Request =
  | { call: "register"; goal: Goal }
  | { call: "reference"; stack: string }
  | { call: "outputs"; urn: string; outputs: Values }
  | { call: "invoke"; token: string; args: Values; provider: string };

export type FromProgram = { number: number; request: Request } | { done: true } | { failed: string };

/** An error ends the deployment, so no answer carries one. */
export interface ToProgram {
  number: number;
  answer: { urn: string; id: string; outputs: Values };
}

type Reply<T> = (error: Error | null, response?: T) => void;

const waiting = new Map<number, (answer: ToProgram["answer"]) => void>();
let sent = 0;

const send = (message: FromProgram): void => void process.send?.(message);

/** The channel holds the process only while an answer is due, so that the end of the program's work is noticed. */
function ask(request: Request): Promise<ToProgram["answer"]> {
  const number = ++sent;
  if (waiting.size === 0) process.channel?.ref();
  send({ number, request });
  return new Promise((resolve) => waiting.set(number, resolve));
}

function take({ number, answer }: ToProgram): void {
  waiting.get(number)?.(answer);
  waiting.delete(number);
  if (waiting.size === 0) process.channel?.unref();
}

function fail(error: unknown): void {
  const known: boolean = pulumi.RunError.isInstance(error) || pulumi.ResourceError.isInstance(error);
  const { stack, message } = error instanceof Error ? error : new Error(String(error));
  send({ failed: (!known && stack) || message });
}

/** Options that only the real engine is asked about: tests/engine. */
function refuseOptions(name: string, given: proto.TransformResourceOptions): void {
  const refused = Object.entries({
    // Types have former names in the SDK itself.
    aliases: given.getAliasesList().some((alias) => !alias.getSpec()?.getType()),
    deletedWith: given.getDeletedWith() !== "",
    ignoreChanges: given.getIgnoreChangesList().length > 0,
    import: given.getImport() !== "",
    protect: given.getProtect(),
    replaceOnChanges: given.getReplaceOnChangesList().length > 0,
  }).filter(([, isGiven]) => isGiven);
  if (refused.length > 0) {
    throw new pulumi.RunError(`${name}: the option ${refused.map(([option]) => option)} needs the real engine`);
  }
}

const valuesOf = (struct: Struct | undefined) => (struct?.toJavaScript() ?? {}) as Values;
const structOf = (values: Values) => Struct.fromJavaScript(values as Parameters<typeof Struct.fromJavaScript>[0]);

async function register(request: proto.RegisterResourceRequest) {
  const { own, properties, given } = await transformed(request);
  refuseOptions(request.getName(), given);
  const goal: Goal = {
    type: request.getType(),
    name: request.getName(),
    custom: request.getCustom(),
    parent: request.getParent(),
    inputs: valuesOf(properties),
    provider: given.getProvider(),
    retainOnDelete: given.getRetainOnDelete(),
    deleteBeforeReplace: given.hasDeleteBeforeReplace() ? given.getDeleteBeforeReplace() : undefined,
  };
  const answer = await ask({ call: "register", goal });
  registered(answer.urn, { transforms: own, parent: goal.parent });
  return answer;
}

async function read(request: proto.ReadResourceRequest) {
  const [type, id] = [request.getType(), request.getId()];
  if (type !== "pulumi:pulumi:StackReference")
    throw new pulumi.RunError(`${request.getName()}: get needs the real engine`);
  return ask({ call: "reference", stack: id });
}

function wrap(monitor: MockMonitor): void {
  monitor.registerResource = (request: proto.RegisterResourceRequest, reply: Reply<proto.RegisterResourceResponse>) =>
    register(request).then(
      ({ urn, id, outputs }) =>
        reply(null, new proto.RegisterResourceResponse().setUrn(urn).setId(id).setObject(structOf(outputs))),
      fail,
    );
  monitor.readResource = (request: proto.ReadResourceRequest, reply: Reply<proto.ReadResourceResponse>) =>
    read(request).then(
      ({ urn, outputs }) => reply(null, new proto.ReadResourceResponse().setUrn(urn).setProperties(structOf(outputs))),
      fail,
    );
  monitor.registerResourceOutputs = (request: proto.RegisterResourceOutputsRequest, reply: Reply<object>) =>
    ask({ call: "outputs", urn: request.getUrn(), outputs: valuesOf(request.getOutputs()) }).then(
      () => reply(null, {}),
      fail,
    );
  monitor.registerStackTransform = (callback: Callback, reply: Reply<object>) => {
    addStackTransform(callback);
    reply(null, {});
  };
}

async function main(options: ProgramOptions): Promise<void> {
  const { program, organization, project, stack, config, secretKeys } = options;
  await pulumi.runtime.setMocks(
    {
      newResource: () => {
        throw new Error("a registration went past the wrapped monitor");
      },
      call: async ({ token, inputs, provider }) =>
        (await ask({ call: "invoke", token, args: inputs, provider: provider ?? "" })).outputs,
    },
    project,
    stack,
    false,
    organization,
  );
  wrap(pulumi.runtime.getMonitor() as unknown as MockMonitor);
  pulumi.runtime.setAllConfig(config, secretKeys);
  await pulumi.runtime.runInPulumiStack(async () => {
    const exported = require(program);
    const entry = exported.default ?? exported;
    return typeof entry === "function" ? entry() : exported;
  });
}

process.on("uncaughtException", fail);
process.on("unhandledRejection", fail);
let finished = false;
process.once("beforeExit", async () => {
  if (!finished) return send({ failed: "the program ended while it still waited for a value that nothing will give" });
  await pulumi.runtime.disconnect();
  send({ done: true });
});
process.once("message", (options: ProgramOptions) => {
  process.on("message", take);
  process.channel?.unref();
  main(options).then(() => {
    finished = true;
  }, fail);
});
