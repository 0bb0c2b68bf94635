import * as codedeploy from "@aws-sdk/client-codedeploy";
import * as ecr from "@aws-sdk/client-ecr";
import * as ecs from "@aws-sdk/client-ecs";
import * as events from "@aws-sdk/client-eventbridge";
import * as pipes from "@aws-sdk/client-pipes";
import * as s3 from "@aws-sdk/client-s3";
import * as scheduler from "@aws-sdk/client-scheduler";
import * as sfn from "@aws-sdk/client-sfn";
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

/** JSON 1.0 and 1.1: the target header names the operation. */
function json(mirror: Mirror, version: "1.0" | "1.1" = "1.1"): Codec {
  const headers = { "content-type": `application/x-amz-json-${version}` };
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

/** REST: method, path and query string name the operation. S3 keeps the bucket out of its path templates. */
function rest(mirror: Mirror, fail: Codec["fail"]): Codec {
  const routes = [...mirror.operations.values()].map(([, , name, traits, input]) => {
    const [method, uri, statusCode] = translateTraits(traits).http as [string, string, number];
    const [path = "/", search = ""] = uri.split("?");
    const members = NormalizedSchema.of(input as never).getMemberSchemas();
    const pattern = `${members.Bucket ? "/{Bucket}" : ""}${path}`
      .replace(/\/$/, "/?")
      .replaceAll(/{(\w+)\+}/g, "(?<$1>.+)")
      .replaceAll(/{(\w+)}/g, "(?<$1>[^/]+)");
    return {
      name,
      method,
      path: new RegExp(`^${pattern}$`),
      search: [...new URLSearchParams(search)],
      statusCode,
      members,
    };
  });
  return {
    async read({ method, path, query: given, headers, body }) {
      if (headers["content-encoding"]?.includes("aws-chunked")) {
        throw new AwsError("NotImplemented", "Bodies in aws-chunked encoding (streams) are not simulated", 501);
      }
      const route = routes
        .filter(
          (each) =>
            each.method === method &&
            each.path.test(path) &&
            each.search.every(([name, value]) => given.get(name) === value),
        )
        .sort((a, b) => b.search.length - a.search.length)[0];
      if (!route) throw new AwsError("NotImplemented", `${method} ${path}?${given} is not simulated`, 501);
      const bound: Record<string, unknown> = {};
      for (const [name, value] of Object.entries(route.path.exec(path)?.groups ?? {})) {
        bound[name] = decodeURIComponent(value);
      }
      for (const [name, member] of Object.entries(route.members)) {
        const parameter = member.getMergedTraits().httpQuery;
        const value = parameter === undefined ? null : given.get(parameter);
        if (value !== null) bound[name] = text.read(member as never, value);
      }
      const input = await mirror.parse(route.name, headers, body);
      return { operation: route.name, input: { ...input, ...bound } };
    },
    async write(operation, output) {
      const { headers, body } = await mirror.format(operation, output);
      return { statusCode: routes.find((each) => each.name === operation)?.statusCode ?? 200, headers, body };
    },
    fail,
  };
}

const failXml: Codec["fail"] = ({ name, message, statusCode }) => ({
  statusCode,
  headers: { "content-type": "application/xml" },
  body: `<?xml version="1.0" encoding="UTF-8"?><Error>${errorXml(name, message)}</Error>`,
});

const failJson: Codec["fail"] = ({ name, message, statusCode }) => ({
  statusCode,
  headers: { "content-type": "application/json", "x-amzn-errortype": name },
  body: JSON.stringify({ message }),
});

function errorXml(name: string, message: string): string {
  const escaped = message.replace(/[&<>]/g, (each) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[each] ?? each);
  return `<Code>${name}</Code><Message>${escaped}</Message>`;
}

const unused = { region: "us-east-1", credentials: { accessKeyId: "-", secretAccessKey: "-" } };

/** By the service's name in the SigV4 credential scope. */
export const CODECS: Record<string, Codec> = {
  ecs: json(new Mirror(new ecs.ECSClient(unused), ecs)),
  ecr: json(new Mirror(new ecr.ECRClient(unused), ecr)),
  s3: rest(new Mirror(new s3.S3Client(unused), s3), failXml),
  sts: query(new Mirror(new sts.STSClient(unused), sts), "https://sts.amazonaws.com/doc/2011-06-15/"),
  events: json(new Mirror(new events.EventBridgeClient(unused), events)),
  pipes: rest(new Mirror(new pipes.PipesClient(unused), pipes), failJson),
  scheduler: rest(new Mirror(new scheduler.SchedulerClient(unused), scheduler), failJson),
  states: json(new Mirror(new sfn.SFNClient(unused), sfn), "1.0"),
  codedeploy: json(new Mirror(new codedeploy.CodeDeployClient(unused), codedeploy)),
};
