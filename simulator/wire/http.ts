import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { AwsError, KilledError, type Principal } from "../operation";
import type { World } from "../world";
import { CODECS, type WireRequest, type WireResponse } from "./codecs";

export interface Door {
  /** What `AWS_ENDPOINT_URL` is set to. */
  url: string;
  close(): Promise<void>;
}

/** Runs a call in its caller's context, so that a sleep or a kill inside the gate is the caller's. */
export type Within = <T>(work: () => T) => T;

/** Opens a world to SDK clients of other processes, on 127.0.0.1. Signatures are taken at their word. */
export function serve(world: World, within: Within = (work) => work()): Promise<Door> {
  return listen((request, response) => {
    answer(world, within, request).then(
      (answered) => send(world, response, answered),
      // A killed caller gets no answer.
      () => response.destroy(),
    );
  });
}

/** An HTTP server on a free port, which keeps no process alive and never closes a connection by real time. */
export async function listen(listener: RequestListener): Promise<Door> {
  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(world: World, within: Within, message: IncomingMessage): Promise<WireResponse> {
  const request = await received(message);
  const [, accessKeyId = "", region = "", service = ""] =
    /Credential=([^/]+)\/\d+\/([^/]+)\/([^/]+)\/aws4_request/.exec(request.headers.authorization ?? "") ?? [];
  const codec = CODECS[service];
  if (!codec) {
    const what = service ? `The service "${service}" is not simulated over HTTP` : "The request is not signed";
    return { statusCode: service ? 501 : 403, headers: {}, body: JSON.stringify({ message: what }) };
  }
  try {
    const { operation, input } = await codec.read(request);
    const principal = caller(world, service, accessKeyId);
    const output = await within(() => world.gate.call({ principal, region, service, operation, input }));
    return await codec.write(operation, output);
  } catch (error) {
    if (error instanceof KilledError) throw error;
    if (error instanceof AwsError) return codec.fail(error);
    // Not AWS's doing: said aloud here, since the caller's product code may swallow it.
    console.error(error);
    return codec.fail({ name: "SimulatorError", message: String(error), statusCode: 500 });
  }
}

async function received(message: IncomingMessage): Promise<WireRequest> {
  const url = new URL(message.url ?? "/", "http://localhost");
  const headers = Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, String(value)]));
  return {
    method: message.method ?? "GET",
    path: url.pathname,
    query: url.searchParams,
    headers,
    body: await buffer(message),
  };
}

/** What each service says to an access key that it does not know. */
const UNKNOWN_KEY: Record<string, [name: string, statusCode: number]> = {
  s3: ["InvalidAccessKeyId", 403],
  sts: ["InvalidClientTokenId", 403],
};

function caller(world: World, service: string, accessKeyId: string): Principal {
  const principal = world.principalOf(accessKeyId);
  if (!principal) {
    const [name, statusCode] = UNKNOWN_KEY[service] ?? ["UnrecognizedClientException", 400];
    throw new AwsError(name, `The access key "${accessKeyId}" belongs to nobody in this world`, statusCode);
  }
  return principal;
}

function send(world: World, response: ServerResponse, { statusCode, headers, body }: WireResponse): void {
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  // The simulated date: clients correct their clocks by it.
  const now = world.clock.now();
  const common = { date: new Date(now).toUTCString(), "simulator-now": now, "x-amzn-requestid": randomUUID() };
  // A HEAD's answer names a length that it does not send.
  response.writeHead(statusCode, { "content-length": bytes.byteLength, ...headers, ...common });
  response.end(response.req.method === "HEAD" ? undefined : bytes);
}
