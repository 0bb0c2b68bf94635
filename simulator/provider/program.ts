/**
 * The child process of deploy.ts: runs one Pulumi program on Pulumi's own test runtime. The monitor that setMocks
 * installs is kept, but for registrations: those go to the parent with all their options, after their transforms.
 */
import * as pulumi from "@pulumi/pulumi";
import type { Callback } from "@pulumi/pulumi/proto/callback_pb";
import * as proto from "@pulumi/pulumi/proto/resource_pb";
import type { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { AliasSpec, Goal } from "./stack";
import { addStackTransform, registered, transformed } from "./transforms";
import type { Values } from "./values";

export interface ProgramOptions {
  program: string;
  organization: string;
  project: string;
  stack: string;
  preview: boolean;
  config: Record<string, string>;
  secretKeys: string[];
}

export type Request =
  | { call: "register"; goal: Goal }
  | { call: "read"; goal: Goal; id: string }
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

async function register(request: proto.RegisterResourceRequest) {
  const { own, properties, given } = await transformed(request);
  if (given.getImport()) throw new Error(`${request.getName()}: the option "import" needs the real engine`);
  const dependencies = request.getPropertydependenciesMap().getEntryList() as unknown as [string, string[][]][];
  const goal: Goal = {
    type: request.getType(),
    name: request.getName(),
    custom: request.getCustom(),
    parent: request.getParent(),
    inputs: properties,
    provider: given.getProvider(),
    dependencies: given.getDependsOnList(),
    propertyDependencies: Object.fromEntries(dependencies.map(([key, [urns]]) => [key, urns ?? []])),
    aliases: given.getAliasesList().map(aliasOf),
    ignoreChanges: given.getIgnoreChangesList(),
    replaceOnChanges: given.getReplaceOnChangesList(),
    protect: given.getProtect(),
    retainOnDelete: given.getRetainOnDelete(),
    deleteBeforeReplace: given.hasDeleteBeforeReplace() ? given.getDeleteBeforeReplace() : undefined,
    deletedWith: given.getDeletedWith(),
  };
  const answer = await ask({ call: "register", goal });
  registered(answer.urn, { transforms: own, parent: goal.parent });
  return answer;
}

function aliasOf(alias: ReturnType<proto.TransformResourceOptions["getAliasesList"]>[number]): string | AliasSpec {
  const spec = alias.getSpec();
  if (!spec) return alias.getUrn();
  return {
    name: spec.getName() || undefined,
    type: spec.getType() || undefined,
    stack: spec.getStack() || undefined,
    project: spec.getProject() || undefined,
    parentUrn: spec.getParenturn() || undefined,
    noParent: spec.getNoparent(),
  };
}

function read(request: proto.ReadResourceRequest) {
  const goal: Goal = {
    type: request.getType(),
    name: request.getName(),
    custom: true,
    parent: request.getParent(),
    inputs: (request.getProperties()?.toJavaScript() ?? {}) as Values,
    provider: request.getProvider(),
    dependencies: request.getDependenciesList(),
    propertyDependencies: {},
    aliases: [],
    ignoreChanges: [],
    replaceOnChanges: [],
    deletedWith: "",
  };
  return ask({ call: "read", goal, id: request.getId() });
}

function wrap(monitor: MockMonitor): void {
  const remember = ({ urn, id, outputs }: ToProgram["answer"]) =>
    monitor.resources.set(urn, { urn, id: id || null, state: outputs });
  monitor.registerResource = (request: proto.RegisterResourceRequest, reply: Reply<proto.RegisterResourceResponse>) =>
    register(request).then((answer) => {
      remember(answer);
      const response = new proto.RegisterResourceResponse();
      response.setUrn(answer.urn);
      response.setId(answer.id);
      response.setObject(Struct.fromJavaScript(answer.outputs as Parameters<typeof Struct.fromJavaScript>[0]));
      reply(null, response);
    }, fail);
  monitor.readResource = (request: proto.ReadResourceRequest, reply: Reply<proto.ReadResourceResponse>) =>
    read(request).then((answer) => {
      remember(answer);
      const response = new proto.ReadResourceResponse();
      response.setUrn(answer.urn);
      response.setProperties(Struct.fromJavaScript(answer.outputs as Parameters<typeof Struct.fromJavaScript>[0]));
      reply(null, response);
    }, fail);
  monitor.registerResourceOutputs = (request: proto.RegisterResourceOutputsRequest, reply: Reply<object>) =>
    void ask({
      call: "outputs",
      urn: request.getUrn(),
      outputs: (request.getOutputs()?.toJavaScript() ?? {}) as Values,
    }).then(() => reply(null, {}), fail);
  monitor.registerStackTransform = (callback: Callback, reply: Reply<object>) => {
    addStackTransform(callback);
    reply(null, {});
  };
}

async function main(options: ProgramOptions): Promise<void> {
  const { program, organization, project, stack, preview, config, secretKeys } = options;
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
    preview,
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
let ended: "no" | "main" | "all" = "no";
process.on("beforeExit", async () => {
  if (ended === "all") return;
  const finished = ended === "main";
  ended = "all";
  if (!finished) return send({ failed: "the program ended while it still waited for a value that nothing will give" });
  await pulumi.runtime.disconnect();
  send({ done: true });
});
process.once("message", (options: ProgramOptions) => {
  process.on("message", take);
  process.channel?.unref();
  main(options).then(() => {
    ended = "main";
  }, fail);
});
