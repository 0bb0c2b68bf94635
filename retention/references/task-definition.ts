import type { Target } from "../types";

/** What a text names that stands where ECS wants a task definition: an ARN or not, with a revision or without. */
export interface NamedTaskDefinition {
  /** Absent: the account and Region of whoever uses it. */
  account?: string;
  region?: string;
  family: string;
  revision: Target["revision"];
}

const ARN =
  /^(?:arn:aws[a-z0-9-]*:ecs:([a-z0-9-]+):(\d{12}):task-definition\/)?([A-Za-z0-9_-]{1,255})(?::([1-9]\d*))?$/;

/** `undefined` where it names no task definition. */
export function parseTaskDefinition(text: string): NamedTaskDefinition | undefined {
  const [, region, account, family, revision] = ARN.exec(text) ?? [];
  if (family === undefined) return undefined;
  return {
    ...(account && { account, region }),
    family,
    revision: revision === undefined ? "latest" : Number(revision),
  };
}

/** One place where a task definition is named, or where it is only made when the thing runs. */
export type Use =
  | { names: string }
  /** How every family begins that it could mean; empty: any. */
  | { couldMean: string };

/** What a text says of the family that begins so and is completed later. */
export function couldMean(beginning: string): string {
  if ("arn:".startsWith(beginning)) return "";
  const name = beginning.startsWith("arn:") ? beginning.split(":task-definition/")[1] : beginning;
  return /^[A-Za-z0-9_-]*/.exec(name ?? "")?.[0] ?? "";
}

/** How all of these families begin. */
export function commonBeginning([first = "", ...others]: string[]): string {
  let length = first.length;
  while (!others.every((other) => other.startsWith(first.slice(0, length)))) length -= 1;
  return first.slice(0, length);
}
