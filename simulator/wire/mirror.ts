import { Readable } from "node:stream";
import { NormalizedSchema } from "@smithy/core/schema";
import type { ClientProtocol, HttpRequest, HttpResponse, StaticOperationSchema } from "@smithy/types";
import { AwsError } from "../operation";

type Protocol = ClientProtocol<HttpRequest, HttpResponse>;

/** What the protocol asks of its client: an endpoint, though nothing is sent, and to collect a stream, which is empty. */
const context = {
  endpoint: async () => ({ protocol: "http:", hostname: "localhost", path: "/" }),
  streamCollector: async () => new Uint8Array(),
} as never;

/**
 * A server reads what a client writes and writes what a client reads. So the SDK client's own protocol is the codec: it
 * is given each operation in the mirror, the input's schema as the output to deserialize and the other way round.
 */
export class Mirror {
  readonly operations: Map<string, StaticOperationSchema>;
  readonly #protocol: Protocol;

  constructor(client: { config: object }, module: object) {
    this.#protocol = (client.config as { protocol: Protocol }).protocol;
    const schemas = Object.values(module).filter((each) => Array.isArray(each) && each[0] === 9);
    this.operations = new Map(schemas.map((schema: StaticOperationSchema) => [schema[2], schema]));
  }

  schema(operation: string): StaticOperationSchema {
    const schema = this.operations.get(operation);
    if (!schema) throw new AwsError("NotImplemented", `${operation} is not an operation of this service`, 501);
    return schema;
  }

  /** Input of the operation, but for what stands in the path and the query string. */
  async parse(operation: string, headers: Record<string, string>, body: Uint8Array) {
    const [, namespace, name, , input] = this.schema(operation);
    const mirrored = { namespace, name, traits: {}, input: "unit", output: input };
    const blob = payloadBlob(input);
    const message = { statusCode: 200, headers: { ...headers }, body: blob ? Readable.from([]) : body };
    const { $metadata: _, ...parsed } = await this.#protocol.deserializeResponse(
      mirrored as never,
      context,
      message as never,
    );
    return blob ? { ...parsed, [blob]: body } : (parsed as Record<string, unknown>);
  }

  /** The answer that carries an output. */
  async format(
    operation: string,
    output: object,
  ): Promise<{ headers: Record<string, string>; body: string | Uint8Array }> {
    const [, namespace, name, , , schema] = this.schema(operation);
    const mirrored = { namespace, name, traits: {}, input: schema, output: "unit" };
    const { headers, body = "" } = await this.#protocol.serializeRequest(mirrored as never, output, context);
    return { headers, body };
  }
}

/** Name of the member that is the whole body, as bytes. */
function payloadBlob(input: StaticOperationSchema[4]): string | undefined {
  const schema = NormalizedSchema.of(input as never);
  const members = schema.isStructSchema() ? [...schema.structIterator()] : [];
  return members.find(([, member]) => member.isBlobSchema() && member.getMergedTraits().httpPayload)?.[0];
}
