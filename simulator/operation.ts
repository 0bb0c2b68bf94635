import type { Millis } from "../retention/types";
import type { World } from "./world";

/** Where state lives: every service keys what it holds by account and Region. */
export interface Scope {
  world: World;
  account: string;
  region: string;
}

/** Who calls. An access key names exactly one principal, see `world.principalOf`. */
export interface Principal {
  /** ARN of the user or of the role session; for an AWS service its name, e.g. `scheduler.amazonaws.com`. */
  arn: string;
  account: string;
  /** Of a session: the role that was assumed. */
  roleArn?: string;
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  /** Of a session: after this its calls are refused with ExpiredToken. */
  expiresAt?: Millis;
}

/** What an operation sees of the call besides its input. */
export interface CallScope extends Scope {
  principal: Principal;
  /** Those of the operation's `asks` that the caller may do. */
  may: ReadonlySet<string>;
}

export type Context = Record<string, string | string[]>;

/** Input of an SDK command; each operation knows its own. */
// biome-ignore lint/suspicious/noExplicitAny: one table holds operations of every input type.
export type Input = any;

/** One thing that an operation needs to be allowed, or asks about. */
export interface Need {
  action: string;
  resources: string[];
}

/** One simulated operation: inputs and outputs are those of the AWS SDK's command, dates as `Date`. */
export interface Operation {
  /** IAM action, e.g. `ecs:ListServices`. */
  action: string;
  /** What IAM is asked about: ARNs, or `*` where AWS has no resource for the action. All must be allowed. */
  resources(input: Input, scope: CallScope): string[];
  /** Condition keys beyond the global ones. */
  context?(input: Input, scope: CallScope): Context;
  /** Account that owns the resources, where it is not the caller's. */
  owner?(input: Input, scope: CallScope): string | undefined;
  /** JSON of the resource's own policy: of a bucket, a queue, a role's trust. */
  resourcePolicy?(input: Input, scope: CallScope): string | undefined;
  /** Permissions that change the answer but do not refuse the call; those granted arrive in `scope.may`. */
  asks?(input: Input, scope: CallScope): Need[];
  /** The token bucket of AWS that the operation draws from, a key of `BUCKETS`. */
  bucket?: string;
  /** Changes state at once; a promise only delays the answer, not the calls of others. */
  run(input: Input, scope: CallScope): object | Promise<object>;
}

export type Operations = Record<string, Operation>;

/** An error as AWS returns it, with what the SDK's own exceptions carry. */
export class AwsError extends Error {
  readonly statusCode: number;
  readonly $fault: "client" | "server";
  readonly $metadata: { httpStatusCode: number; attempts: number };

  constructor(name: string, message: string, statusCode = 400) {
    super(message);
    this.name = name;
    this.statusCode = statusCode;
    this.$fault = statusCode < 500 ? "client" : "server";
    this.$metadata = { httpStatusCode: statusCode, attempts: 1 };
  }
}

/** The simulator itself is wrong: its tables, or the question it was asked. Never an answer of AWS. */
export class SimulatorError extends Error {
  override readonly name = "SimulatorError";
}

/** The calling process was killed at this call by a fault; nothing answers it. */
export class KilledError extends Error {
  override readonly name = "KilledError";
}

/** State of one service, made on first use for each key. */
export class Keyed<T> extends Map<string, T> {
  readonly #make: () => T;

  constructor(make: () => T) {
    super();
    this.#make = make;
  }

  of(key: string): T {
    let state = this.get(key);
    if (!state) {
      state = this.#make();
      this.set(key, state);
    }
    return state;
  }
}

/** State of a service that AWS keeps per account and Region. */
export class Regional<T> extends Keyed<T> {
  at(scope: Scope): T {
    return this.of(`${scope.account}/${scope.region}`);
  }
}

/** ARN in the partition of the scope's Region. */
export function arn(scope: Scope, service: string, resource: string, account = scope.account): string {
  const regional = service !== "iam" && service !== "s3";
  const where = regional ? `${scope.region}:${account}` : `:${service === "s3" ? "" : account}`;
  return `arn:${partition(scope.region)}:${service}:${where}:${resource}`;
}

/** Account of an ARN; empty where it names none. */
export const accountOf = (arn: string): string => arn.split(":")[4] ?? "";

/** What the names of a partition's endpoints and services end in. */
export const dnsSuffix = (region: string): string =>
  partition(region) === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";

export function partition(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

/** One page of sorted items, and the token that stands for the last one, so that later removals shift nothing. */
export function page<T>(
  scope: Scope,
  items: T[],
  keyOf: (item: T) => string,
  token: string | undefined,
  size: number,
  descending = false,
): { items: T[]; next?: string } {
  let from = 0;
  if (token !== undefined) {
    const last = Buffer.from(token, "base64url").toString();
    from = items.findIndex((item) => (descending ? keyOf(item) < last : keyOf(item) > last));
    from = from < 0 ? items.length : from;
  }
  const to = from + Math.min(size, scope.world.pageSize ?? size);
  const last = items[to - 1];
  const more = to < items.length && last !== undefined;
  return { items: items.slice(from, to), next: more ? Buffer.from(keyOf(last)).toString("base64url") : undefined };
}

/** As `page`, of items in any order. */
export function sortedPage<T>(
  scope: Scope,
  items: Iterable<T>,
  keyOf: (item: T) => string,
  token: string | undefined,
  size: number,
  descending = false,
): { items: T[]; next?: string } {
  const sign = descending ? -1 : 1;
  const sorted = [...items].sort((a, b) => (keyOf(a) === keyOf(b) ? 0 : keyOf(a) < keyOf(b) ? -sign : sign));
  return page(scope, sorted, keyOf, token, size, descending);
}
