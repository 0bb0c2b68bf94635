import * as ecs from "@aws-sdk/client-ecs";
import * as s3 from "@aws-sdk/client-s3";
import * as sts from "@aws-sdk/client-sts";
import { XmlShapeSerializer } from "@aws-sdk/core/protocols";
import { FromStringShapeDeserializer } from "@smithy/core/protocols";
import { NormalizedSchema, translateTraits } from "@smithy/core/schema";
import { AwsError } from "../operation";
import { Mirror } from "./mirror";

export interface WireRequest {
  method: string;
  /** Below the endpoint, not decoded. */
  path: string;
  query: URLSearchParams;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: Uint8Array;
}

export interface WireResponse {
  statusCode: number;
  headers: Record<string, string>;
  body: string | Uint8Array;
}

/**
 * One service's wire format from the server's side: a mirror, and what a client never does: finding the operation,
 * reading paths, query strings and forms, writing errors.
 */
export interface Codec {
  read(request: WireRequest): Promise<{ operation: string; input: Record<string, unknown> }>;
  write(operation: string, output: object): Promise<WireResponse>;
  fail(error: { name: string; message: string; statusCode: number }): WireResponse;
}

const dates = { timestampFormat: { useTrait: true, default: 5 }, httpBindings: true } as const;
const text = new FromStringShapeDeserializer(dates);

/** JSON 1.1: the target header names the operation. */
function json(mirror: Mirror): Codec {
  const headers = { "content-type": "application/x-amz-json-1.1" };
  return {
    async read(request) {
      const operation = request.headers["x-amz-target"]?.split(".").at(-1) ?? "";
      return { operation, input: await mirror.parse(operation, request.headers, request.body) };
    },
    write: async (operation, output) => ({
      statusCode: 200,
      headers,
      body: (await mirror.format(operation, output)).body,
    }),
    fail: (error) => ({
      statusCode: error.statusCode,
      headers,
      body: JSON.stringify({ __type: error.name, message: error.message }),
    }),
  };
}

/** Query: a form in, XML out. */
function query(mirror: Mirror, xmlNamespace: string): Codec {
  const headers = { "content-type": "text/xml" };
  return {
    async read(request) {
      const form = new URLSearchParams(Buffer.from(request.body).toString());
      const operation = form.get("Action") ?? "";
      const input = fromForm(NormalizedSchema.of(mirror.schema(operation)[4] as never), form, "");
      return { operation, input: (input ?? {}) as Record<string, unknown> };
    },
    async write(operation, output) {
      const serializer = new XmlShapeSerializer({ ...dates, httpBindings: false, xmlNamespace, serviceNamespace: "" });
      const schema = NormalizedSchema.of(mirror.schema(operation)[5] as never).getSchema();
      const named = Array.isArray(schema) ? (schema as unknown[]).with(2, `${operation}Result`) : schema;
      serializer.write(named as never, output);
      const body = `<${operation}Response xmlns="${xmlNamespace}">${serializer.flush()}</${operation}Response>`;
      return { statusCode: 200, headers, body };
    },
    fail: ({ name, message, statusCode }) => ({
      statusCode,
      headers,
      body: `<ErrorResponse xmlns="${xmlNamespace}"><Error><Type>${statusCode < 500 ? "Sender" : "Receiver"}</Type>${errorXml(name, message)}</Error></ErrorResponse>`,
    }),
  };
}

/** Lists are `Name.member.1`, maps `Name.entry.1.key` and `.value`, structures `Name.Member`. */
function fromForm(schema: NormalizedSchema, form: URLSearchParams, prefix: string): unknown {
  const below = (key: string) => [...form.keys()].some((each) => each === key || each.startsWith(`${key}.`));
  const join = (name: string) => (prefix ? `${prefix}.${name}` : name);
  const items = function* (name: string) {
    for (let index = 1; below(join(`${name}.${index}`)); index++) {
      yield join(`${name}.${index}`);
    }
  };
  if (schema.isStructSchema()) {
    const members = [...schema.structIterator()].map(([name, member]) => [
      name,
      fromForm(member, form, join(member.getMergedTraits().xmlName ?? name)),
    ]);
    return below(prefix) || prefix === ""
      ? Object.fromEntries(members.filter(([, value]) => value !== undefined))
      : undefined;
  }
  if (!below(prefix)) {
    return undefined;
  }
  if (schema.isListSchema()) {
    return [...items("member")].map((key) => fromForm(schema.getValueSchema(), form, key));
  }
  if (schema.isMapSchema()) {
    return Object.fromEntries(
      [...items("entry")].map((key) => [
        form.get(`${key}.key`),
        fromForm(schema.getValueSchema(), form, `${key}.value`),
      ]),
    );
  }
  return text.read(schema as never, form.get(prefix) ?? "");
}

/** REST with XML bodies. S3 keeps the bucket out of its path templates: here it is the path's first segment. */
function restXml(mirror: Mirror): Codec {
  const routes = [...mirror.operations.values()].map(([, , name, traits]) => {
    const [method, uri, statusCode] = translateTraits(traits).http as [string, string, number];
    const [path = "/", search = ""] = uri.split("?");
    return { name, method, path, search: [...new URLSearchParams(search)], statusCode };
  });
  return {
    async read(request) {
      if (request.headers["content-encoding"]?.includes("aws-chunked")) {
        throw new AwsError("NotImplemented", "Bodies in aws-chunked encoding (streams) are not simulated", 501);
      }
      const [, bucket, rest] = /^\/([^/]*)\/?(.*)$/.exec(request.path) ?? [];
      const key = rest ? decodeURIComponent(rest) : undefined;
      const route = routes
        .filter(
          (each) =>
            each.method === request.method &&
            (each.path === "/{Key+}") === (key !== undefined) &&
            each.search.every(([name, value]) => request.query.get(name) === value),
        )
        .sort((a, b) => b.search.length - a.search.length)[0];
      if (!route) {
        throw new AwsError(
          "NotImplemented",
          `${request.method} ${request.path}?${request.query} is not simulated`,
          501,
        );
      }
      const bound: Record<string, unknown> = { ...(bucket && { Bucket: bucket }), ...(key && { Key: key }) };
      const schema = NormalizedSchema.of(mirror.schema(route.name)[4] as never);
      for (const [name, member] of schema.isStructSchema() ? schema.structIterator() : []) {
        const parameter = member.getMergedTraits().httpQuery;
        const value = parameter === undefined ? null : request.query.get(parameter);
        if (value !== null) {
          bound[name] = text.read(member as never, value);
        }
      }
      const input = await mirror.parse(route.name, request.headers, request.body);
      return { operation: route.name, input: { ...input, ...bound } };
    },
    async write(operation, output) {
      const { headers, body } = await mirror.format(operation, output);
      return { statusCode: routes.find((each) => each.name === operation)?.statusCode ?? 200, headers, body };
    },
    fail: ({ name, message, statusCode }) => ({
      statusCode,
      headers: { "content-type": "application/xml" },
      body: `<?xml version="1.0" encoding="UTF-8"?><Error>${errorXml(name, message)}</Error>`,
    }),
  };
}

function errorXml(name: string, message: string): string {
  const escaped = message.replace(/[&<>]/g, (each) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[each] ?? each);
  return `<Code>${name}</Code><Message>${escaped}</Message>`;
}

const unused = { region: "us-east-1", credentials: { accessKeyId: "-", secretAccessKey: "-" } };

/** By the service's name in the SigV4 credential scope. */
export const CODECS: Record<string, Codec> = {
  ecs: json(new Mirror(new ecs.ECSClient(unused), ecs)),
  s3: restXml(new Mirror(new s3.S3Client(unused), s3)),
  sts: query(new Mirror(new sts.STSClient(unused), sts), "https://sts.amazonaws.com/doc/2011-06-15/"),
};
