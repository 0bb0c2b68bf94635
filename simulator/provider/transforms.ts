import { credentials } from "@grpc/grpc-js";
import { CallbacksClient } from "@pulumi/pulumi/proto/callback_grpc_pb";
import { type Callback, CallbackInvokeRequest } from "@pulumi/pulumi/proto/callback_pb";
import * as proto from "@pulumi/pulumi/proto/resource_pb";

const stackTransforms: Callback[] = [];
/** By URN: a component's transforms hold for its children as well. */
const transformsOf = new Map<string, { transforms: Callback[]; parent: string }>();

export const addStackTransform = (callback: Callback): void => void stackTransforms.push(callback);

export const registered = (urn: string, own: { transforms: Callback[]; parent: string }): void =>
  void transformsOf.set(urn, own);

const clients = new Map<string, CallbacksClient>();

/** Calls a transform over the protocol by which the engine does. */
function transform(callback: Callback, request: proto.TransformRequest): Promise<proto.TransformResponse> {
  const target = callback.getTarget();
  const client = clients.get(target) ?? new CallbacksClient(target, credentials.createInsecure());
  clients.set(target, client);
  const call = new CallbackInvokeRequest();
  call.setToken(callback.getToken());
  call.setRequest(request.serializeBinary());
  return new Promise((resolve, reject) =>
    client.invoke(call, (error, response) =>
      error
        ? reject(new Error(error.details))
        : resolve(proto.TransformResponse.deserializeBinary(response.getResponse_asU8())),
    ),
  );
}

function optionsOf(request: proto.RegisterResourceRequest): proto.TransformResourceOptions {
  const given = new proto.TransformResourceOptions();
  given.setDependsOnList(request.getDependenciesList());
  if (request.hasProtect()) given.setProtect(request.getProtect() ?? false);
  given.setIgnoreChangesList(request.getIgnorechangesList());
  given.setReplaceOnChangesList(request.getReplaceonchangesList());
  given.setAliasesList(request.getAliasesList());
  given.setProvider(request.getProvider());
  if (request.hasRetainondelete()) given.setRetainOnDelete(request.getRetainondelete() ?? false);
  given.setDeletedWith(request.getDeletedwith());
  if (request.getDeletebeforereplacedefined()) given.setDeleteBeforeReplace(request.getDeletebeforereplace());
  given.setAdditionalSecretOutputsList(request.getAdditionalsecretoutputsList());
  given.setImport(request.getImportid());
  return given;
}

/** Applies the resource's own transforms, its ancestors', then the stack's, in the engine's order. */
export async function transformed(request: proto.RegisterResourceRequest) {
  const own = request.getTransformsList();
  const callbacks = [...own];
  for (let urn = request.getParent(); urn; urn = transformsOf.get(urn)?.parent ?? "") {
    callbacks.push(...(transformsOf.get(urn)?.transforms ?? []));
  }
  let properties = request.getObject();
  let given = optionsOf(request);
  for (const callback of [...callbacks, ...stackTransforms]) {
    const call = new proto.TransformRequest();
    call.setType(request.getType());
    call.setName(request.getName());
    call.setCustom(request.getCustom());
    call.setParent(request.getParent());
    call.setProperties(properties);
    call.setOptions(given);
    const response = await transform(callback, call);
    properties = response.getProperties();
    given = response.getOptions() ?? given;
  }
  return { own, properties, given };
}
