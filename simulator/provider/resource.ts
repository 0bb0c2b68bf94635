import { AwsError, type Scope } from "../operation";
import { parsed, UNKNOWN, type Values } from "./values";

export interface AutoName {
  property: string;
  maxLength: number;
  lower?: true;
}

/**
 * What one type of the `aws` provider does, over the simulator's state. Inputs and outputs are those of @pulumi/aws;
 * `Found` is what the simulator keeps of such a resource.
 */
export interface ResourceKind<Found> {
  /** The input that gets a generated name where it is absent; its change makes a new resource. */
  autoName?: AutoName;
  /** Values of inputs that were not given. */
  defaults?: Values;
  /** Other inputs whose change makes a new resource, or the only ones whose change does not. */
  replaceOn?: string[] | { allBut: string[] };
  /** Inputs that hold JSON text and are compared by meaning. */
  json?: string[];
  /** Outputs that are not known before creation. */
  computed?: string[];
  /** Makes it; returns its id. */
  create(scope: Scope, inputs: Values): string;
  /** Undefined: it is gone. `state` are inputs and outputs as they were last saved. */
  find(scope: Scope, id: string, state: Values): Found | undefined;
  /** What AWS says of it now: computed outputs, and inputs that may have drifted. */
  describe(found: Found, scope: Scope): Values;
  /** Absent: every change makes a new resource. */
  update?(found: NoInfer<Found>, inputs: Values, scope: Scope): void;
  /** By what `state` says, not by what the program now wants: a setting counts from the update that saved it. */
  delete(found: Found, scope: Scope, state: Values): void;
}

export type ResourceTable = Record<string, ResourceKind<unknown>>;

/** Lets the compiler find out what `find` finds. */
export const kind = <Found>(of: ResourceKind<Found>): ResourceKind<unknown> => of;

/** For resources whose tags are all that an update changes. */
export const retag = (found: { tags: Record<string, string> }, inputs: Values): void => {
  found.tags = tagsOf(inputs);
};

export const text = (value: unknown): string => String(value ?? "");

export const optionalText = (value: unknown): string | undefined => text(value) || undefined;

export const optionalNumber = (value: unknown): number | undefined =>
  value === undefined || value === null ? undefined : Number(value);

/** A nested block, absent or given. */
export const block = (value: unknown): Values => (value ?? {}) as Values;

export const tagsOf = (inputs: Values): Record<string, string> => block(inputs.tags) as Record<string, string>;

/** The name in an ARN, or the name itself. */
export const nameOf = (nameOrArn: unknown): string => text(nameOrArn).split(/[:/]/).at(-1) ?? "";

/** Splits an id at its first separator. */
export function halves(id: string, separator: string): [string, string] {
  const at = id.indexOf(separator);
  return [id.slice(0, at), id.slice(at + 1)];
}

/** Refuses an input that is no JSON, without showing it: it may hold a secret. */
export function requireJson(type: string, property: string, value: unknown): void {
  if (typeof value === "string" && value !== UNKNOWN && parsed(value) === value) {
    throw new AwsError("InvalidJson", `${type}: "${property}" contains an invalid JSON; expected a JSON text`);
  }
}
