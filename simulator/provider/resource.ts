import { AwsError, type Scope } from "../operation";
import { UNKNOWN, type Values } from "./values";

export interface AutoName {
  property: string;
  maxLength: number;
  lower?: true;
  suffix?(inputs: Values): string;
}

/** What one type of the `aws` provider does, over the simulator's state. Inputs and outputs are those of @pulumi/aws. */
export interface ResourceKind {
  /** The input that gets a generated name where it is absent. */
  autoName?: AutoName;
  /** Values of inputs that were not given. */
  defaults?: Values;
  /** Inputs whose change makes a new resource. */
  replaceOn: string[];
  /** Inputs that hold JSON text and are compared by meaning. */
  json?: string[];
  /** Inputs that only the provider itself reads, such as what a deletion does: their change never reaches AWS. */
  settings?: string[];
  /** Outputs that are not known before creation. */
  computed: string[];
  /** Those of them that an update may change. */
  changedByUpdate?: string[];
  /** Makes it; returns its id, and its ARN where the id does not lead to it. */
  create(scope: Scope, inputs: Values): { id: string; arn?: string };
  /** What AWS says of it now: computed outputs, and inputs that may have drifted. Undefined: it is gone. */
  describe(scope: Scope, id: string, state: Values): Values | undefined;
  /** Absent: whatever is no setting replaces. */
  update?(scope: Scope, id: string, inputs: Values, olds: Values): void;
  delete(scope: Scope, id: string, state: Values): void;
}

export type ResourceTable = Record<string, ResourceKind>;

export const text = (value: unknown): string => String(value ?? "");

export const optionalText = (value: unknown): string | undefined =>
  value === undefined || value === null || value === "" ? undefined : String(value);

export const optionalNumber = (value: unknown): number | undefined =>
  value === undefined || value === null ? undefined : Number(value);

/** A nested block, absent or given. */
export const block = (value: unknown): Values => (value ?? {}) as Values;

export const tagsOf = (inputs: Values): Record<string, string> => block(inputs.tags) as Record<string, string>;

/** The name in an ARN, or the name itself. */
export const nameOf = (nameOrArn: unknown): string => text(nameOrArn).split(/[:/]/).at(-1) ?? "";

/** Refuses an input that is no JSON, without showing it: it may hold a secret. */
export function requireJson(type: string, property: string, value: unknown): void {
  if (typeof value !== "string" || value === UNKNOWN) return;
  try {
    JSON.parse(value);
  } catch {
    throw new AwsError("InvalidJson", `${type}: "${property}" contains an invalid JSON; expected a JSON text`);
  }
}
