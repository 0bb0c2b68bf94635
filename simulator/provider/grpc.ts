import { type handleUnaryCall, Server, ServerCredentials, status } from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { World } from "../world";
import { AwsStandIn, type Diff } from "./provider";
import type { Values } from "./values";

export interface Listening {
  port: number;
  close(): Promise<void>;
}

/** Binds a gRPC server to a free port of loopback. */
export function listen(server: Server): Promise<Listening> {
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
      if (error) reject(error);
      else resolve({ port, close: () => new Promise((closed) => server.tryShutdown(() => closed())) });
    });
  });
}

const values = (struct: Struct | undefined): Values => struct?.toJavaScript() ?? {};

/** Through JSON, because a Struct refuses members that are undefined. */
const struct = (of: Values): Struct => Struct.fromJavaScript(JSON.parse(JSON.stringify(of)));

function diffResponse(diff: Diff): proto.DiffResponse {
  const { DIFF_SOME, DIFF_NONE } = proto.DiffResponse.DiffChanges;
  const response = new proto.DiffResponse()
    .setChanges(diff.diffs.length > 0 ? DIFF_SOME : DIFF_NONE)
    .setDiffsList(diff.diffs)
    .setReplacesList(diff.replaces)
    .setDeletebeforereplace(diff.deleteBeforeReplace)
    .setHasdetaileddiff(true);
  for (const [key, change] of Object.entries(diff.detailed)) {
    const kind = `${change}${diff.replaces.includes(key) ? "_replace" : ""}`.toUpperCase();
    const property = new proto.PropertyDiff()
      .setKind(proto.PropertyDiff.Kind[kind as keyof typeof proto.PropertyDiff.Kind])
      .setInputdiff(true);
    response.getDetaileddiffMap().set(key, property);
  }
  return response;
}

const check = (request: proto.CheckRequest, provider: AwsStandIn) => {
  const olds = request.getOlds() && values(request.getOlds());
  const inputs = provider.check(request.getType(), request.getName(), values(request.getNews()), olds);
  return new proto.CheckResponse().setInputs(struct(inputs));
};

const diff = (request: proto.DiffRequest, provider: AwsStandIn) =>
  // In old inputs an archive keeps no content, only the hash that the engine gave it.
  diffResponse(provider.diff(request.getType(), values(request.getOldInputs()), values(request.getNews())));

const create = (request: proto.CreateRequest, provider: AwsStandIn) => {
  const made = provider.create(request.getType(), values(request.getProperties()), request.getPreview());
  return new proto.CreateResponse().setId(made.id).setProperties(struct(made.outputs));
};

const read = (request: proto.ReadRequest, provider: AwsStandIn) => {
  const state = values(request.getProperties());
  const found = provider.read(request.getType(), request.getId(), values(request.getInputs()), state);
  if (!found) return new proto.ReadResponse();
  return new proto.ReadResponse().setId(found.id).setInputs(struct(found.inputs)).setProperties(struct(found.outputs));
};

const update = (request: proto.UpdateRequest, provider: AwsStandIn) => {
  const id = request.getId();
  const olds = { id, inputs: values(request.getOldInputs()), outputs: values(request.getOlds()) };
  const updated = provider.update(request.getType(), id, olds, values(request.getNews()), request.getPreview());
  return new proto.UpdateResponse().setProperties(struct(updated.outputs));
};

const remove = (request: proto.DeleteRequest, provider: AwsStandIn) => {
  provider.delete(request.getType(), request.getId(), values(request.getProperties()));
  return new Empty();
};

const invoke = (request: proto.InvokeRequest, provider: AwsStandIn) =>
  new proto.InvokeResponse().setReturn(struct(provider.invoke(request.getTok(), values(request.getArgs()))));

/**
 * Serves the stand-in to the Pulumi engine, which attaches to it with `PULUMI_DEBUG_PROVIDERS=aws:<port>`. The default
 * provider and every explicit one call over a connection of their own and keep the Region that they were configured with.
 */
export function serveProvider(world: World, defaults: { account: string; region: string }): Promise<Listening> {
  const providers = new Map<string, AwsStandIn>();

  function configure(request: proto.ConfigureRequest, peer: string): proto.ConfigureResponse {
    const region = request.getArgs()?.toJavaScript().region ?? defaults.region;
    providers.set(peer, new AwsStandIn(world, { account: defaults.account, region: String(region) }));
    // No acceptSecrets, as in the bridged aws provider: the engine opens secrets before a call and marks what comes
    // back under the same name.
    return new proto.ConfigureResponse().setSupportspreview(true);
  }

  function answering<Request, Response>(
    answer: (request: Request, peer: string) => Response,
  ): handleUnaryCall<Request, Response> {
    return (call, callback) => {
      try {
        callback(null, answer(call.request, call.getPeer()));
      } catch (error) {
        const { name, message } = error as Error;
        callback({ code: status.UNKNOWN, details: name === "Error" ? message : `${name}: ${message}` });
      }
    };
  }

  const resource = <Request, Response>(handler: (request: Request, provider: AwsStandIn) => Response) =>
    answering<Request, Response>((request, peer) => {
      const provider = providers.get(peer);
      if (!provider) throw new Error(`the provider behind ${peer} was not configured`);
      return handler(request, provider);
    });

  // Methods that are left out answer UNIMPLEMENTED, for which the engine has defaults.
  const server = new Server();
  server.addService(ResourceProviderService, {
    attach: answering(() => new Empty()),
    getPluginInfo: answering(() => new PluginInfo().setVersion("7.48.0")),
    configure: answering(configure),
    check: resource(check),
    diff: resource(diff),
    create: resource(create),
    read: resource(read),
    update: resource(update),
    delete: resource(remove),
    invoke: resource(invoke),
  });
  return listen(server);
}
