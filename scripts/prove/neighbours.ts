import { accountOf, type Context } from "../../simulator/operation";
import { type Call, type Case, callerOf } from "./calls";
import type { Held } from "./evidence";
import { escaped, type Part, partsOf } from "./iam-data";
import { type Ask, canHavePolicy, isDeployed } from "./oracle";
import type { RecordedNames } from "./recorded-names";

/** A call like a recorded one, but somebody else's, or about something of somebody else's. */
export interface NearMiss extends Ask {
  /** What is the neighbour's: `task definition family`, `account`, `external id`. */
  kind: string;
}

const OTHER_ACCOUNT = "999999999999";
const OF_EIGHT = "neighbor";
const REGION = /\b[a-z]{2}(-[a-z]+)+-\d\b/;
const otherRegion = (region: string) => (region === "us-west-2" ? "eu-north-1" : "us-west-2");

export async function nearMissesOf({ held, call }: Case, names: RecordedNames): Promise<NearMiss[]> {
  const parts = (await partsOf(call.action, call.resource)) ?? [];
  return [
    ...parts.flatMap((part) => ofPart(held, call, part, names)),
    ...ofContext(held, call),
    ...(canHavePolicy(call.action) && isDeployed(held, call.resource) ? ofPrincipal(held, call) : []),
  ];
}

/** Something of the same kind with another name, in another account or Region. */
function ofPart(held: Held, call: Call, part: Part, names: RecordedNames): NearMiss[] {
  const { kind, value, from } = part;
  const others = names.othersOf(callerOf(held, call.principal), call.action, kind);
  const renamed = () => named(call, part, [...changedNames(kind, value), ...others], place);
  const place = (name: string) => call.resource.slice(0, from) + name + call.resource.slice(from + value.length);
  switch (kind) {
    case "partition":
      return [];
    case "region":
      return [{ ...call, kind, resource: place(otherRegion(value)), context: inRegion(call, value) }];
    case "account": {
      const context = replaced(call.context, value, OTHER_ACCOUNT);
      return [{ ...call, kind, resource: place(OTHER_ACCOUNT), context }];
    }
    case "bucket":
      // Names of buckets are free again once a bucket is gone: the same one can be somebody else's.
      return [
        ...renamed(),
        { ...call, kind: "account", owner: OTHER_ACCOUNT, context: ownedBy(call.context, OTHER_ACCOUNT) },
      ];
    default:
      return renamed();
  }
}

function named(call: Call, { kind, value }: Part, names: string[], place: (name: string) => string): NearMiss[] {
  return names.map((name) => ({
    ...call,
    kind: kindOf(kind, value, name),
    resource: place(name),
    context: replaced(call.context, value, name),
  }));
}

/** Longer at its end and at its beginning, at every level. */
function changedNames(kind: string, value: string): string[] {
  const levels = value.split("/");
  const names = levels.flatMap((level, at) =>
    [`${level}-neighbour`, `neighbour-${level}`].map((changed) => levels.with(at, changed).join("/")),
  );
  // The six characters that end a secret's ARN are no part of its name; eight digits may end a family's.
  const [, name, suffix] = /^(.+)(-[A-Za-z0-9]{6})$/.exec(kind === "secret" ? value : "") ?? [];
  const [, hashed] = /^(.+-)[0-9a-f]{8}$/.exec(kind === "task definition family" ? value : "") ?? [];
  return [...names, ...(name ? [`${name}-neighbour${suffix}`] : []), ...(hashed ? [hashed + OF_EIGHT] : [])];
}

/** `object path 1` where the first of several levels differs, `object` where the last does. */
function kindOf(kind: string, value: string, name: string): string {
  if (name.endsWith(`-${OF_EIGHT}`)) return `${kind} of as many characters`;
  const levels = value.split("/");
  const differing = levels.findIndex((level, at) => level !== name.split("/")[at]);
  return differing < 0 || differing === levels.length - 1 ? kind : `${kind} path ${differing + 1}`;
}

/** Another value of what tells neighbours apart besides the ARN. */
function ofContext(held: Held, call: Call): NearMiss[] {
  return Object.entries(call.context).flatMap(([key, value]): NearMiss[] => {
    const change = (kind: string, changed: Context): NearMiss => ({
      ...call,
      kind,
      context: { ...call.context, ...changed },
    });
    const text = String(value);
    // Of what is called here S3 alone answers plain HTTP to everybody; that is for the bucket to refuse.
    if (key === "aws:SecureTransport" && call.action.startsWith("s3:") && isDeployed(held, call.resource)) {
      return [change("plain HTTP", { [key]: "false" })];
    }
    if (key === "aws:RequestedRegion" && call.resource === "*") {
      return [{ ...call, kind: "region", context: inRegion(call, text) }];
    }
    if (key === "aws:SourceArn") {
      const account = accountOf(text);
      const region = REGION.exec(text)?.[0];
      return [
        { ...call, kind: "source account", context: replaced(call.context, account, OTHER_ACCOUNT, /^aws:Source/) },
        ...(region ? [change("source region", { [key]: text.replace(region, otherRegion(region)) })] : []),
        change("source", { [key]: `${text}-neighbour` }),
      ];
    }
    if (key === "sts:ExternalId") return either(call, "external id", key, `neighbour-of-${text}`);
    if (/ResourceTag\//.test(key)) return either(call, "tag", key, "neighbour");
    if (key === "kms:ViaService") return either(call, "service that uses the key", key, text.replace(/^\w+/, "ebs"));
    if (key.startsWith("kms:EncryptionContext:")) {
      return either(call, key.replace(/^kms:EncryptionContext:/, "encryption context "), key, `${text}-neighbour`);
    }
    if (/^secretsmanager:Version/.test(key)) return either(call, "secret version", key, `${text}-neighbour`);
    if (key === "ecs:cluster" && call.resource === "*") return [change("cluster", { [key]: `${text}-neighbour` })];
    return [];
  });
}

/** Another one, and none. */
function either(call: Call, kind: string, key: string, other: string): NearMiss[] {
  const { [key]: _, ...without } = call.context;
  return [
    { ...call, kind, context: { ...without, [key]: other } },
    { ...call, kind, context: without },
  ];
}

/** Everybody else who could try the same, with every right of their own. */
function ofPrincipal(held: Held, call: Call): NearMiss[] {
  const { role, ...rest } = call;
  const as = (kind: string, principal: string, account: string, context: Context): NearMiss => {
    const own = Object.entries(call.context).filter(([key]) => !key.startsWith("aws:Principal"));
    return {
      ...rest,
      kind,
      principal,
      account,
      context: { ...Object.fromEntries(own), ...context },
      isAdministrator: true,
    };
  };
  const by = (kind: string, arn: string) =>
    as(kind, arn, accountOf(arn), { "aws:PrincipalArn": arn, "aws:PrincipalAccount": accountOf(arn) });
  const partition = call.resource.split(":")[1];
  const own = accountOf(call.resource) || call.account;
  const outsiders = [
    `arn:${partition}:iam::${OTHER_ACCOUNT}:user/admin`,
    ...(role ? [role.arn.replace(`:${accountOf(role.arn)}:`, `:${OTHER_ACCOUNT}:`)] : []),
  ].map((arn) => by("principal of another account", arn));
  // Whoever may do anything in an account may use its buckets and queues: a role alone says who takes it on.
  if (!call.action.startsWith("sts:")) return outsiders;
  const insiders = [`arn:${partition}:iam::${own}:user/admin`, ...held.roles.map(({ arn }) => arn)];
  const services = ["ec2.amazonaws.com", "states.amazonaws.com"].map((service) =>
    as("service", service, call.account, { "aws:PrincipalIsAWSService": "true", "aws:PrincipalServiceName": service }),
  );
  return [
    ...outsiders,
    ...insiders.filter((arn) => arn !== role?.arn && arn !== call.resource).map((arn) => by("principal", arn)),
    ...(role ? [] : services),
  ];
}

/** The Region, wherever the call names it. */
function inRegion(call: Call, region: string): Context {
  return replaced(call.context, region, otherRegion(region));
}

/** What a call says of its resource says it of the other one, too; who calls stays. */
function replaced(
  context: Context,
  value: string,
  other: string,
  keys = /^(?!aws:Principal|aws:Source|sts:)/,
): Context {
  return Object.fromEntries(
    Object.entries(context).map(([key, each]) => [key, keys.test(key) ? swapped(each, value, other) : each]),
  );
}

/** Where it stands by itself: `1` is no part of `eu-west-1`. */
function swapped(each: string | string[], value: string, other: string): string | string[] {
  const pattern = new RegExp(`(?<![\\w-])${escaped(value)}(?![\\w-])`, "g");
  const swap = (text: string) => text.replace(pattern, () => other);
  return Array.isArray(each) ? each.map(swap) : swap(each);
}

function ownedBy(context: Context, account: string): Context {
  const keys = ["aws:ResourceAccount", "s3:ResourceAccount"].filter((key) => key in context);
  return { ...context, ...Object.fromEntries(keys.map((key) => [key, account])) };
}
