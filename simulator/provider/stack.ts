import type { Resource } from "./provider";
import { shown, type Values } from "./values";

/** A resource as the program wants it: RegisterResource's request, in plain data. */
export interface Goal {
  type: string;
  name: string;
  custom: boolean;
  parent: string;
  /** In wire form: secrets, assets and references are signed objects. */
  inputs: Values;
  /** `urn::id`; empty: the default provider. */
  provider: string;
  retainOnDelete?: boolean;
  deleteBeforeReplace?: boolean;
}

/** A resource in a stack's state; secrets stay signed. */
export interface Entry extends Resource, Goal {
  urn: string;
  /** Replaced, but not deleted yet: the deployment failed before. */
  pendingDelete?: true;
}

export interface StackState {
  organization: string;
  project: string;
  stack: string;
  /** In the order of their registration. */
  resources: Entry[];
  outputs: Values;
}

export interface Step {
  op: "same" | "create" | "update" | "replace" | "create-replacement" | "delete-replaced" | "delete";
  urn: string;
}

/** A resource could not be created, changed or deleted. */
export class StepError extends Error {
  readonly urn: string;

  constructor(urn: string, doing: string, cause: unknown) {
    const said = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    super(`${doing} ${urn}: ${said}`, { cause });
    this.name = "StepError";
    this.urn = urn;
  }
}

/** What may be shown of an entry. */
export function shownEntry({ urn, type, name, parent, id, inputs, outputs }: Entry) {
  const { __defaults: _, ...visible } = inputs;
  return { urn, type, name, parent, id, inputs: shown(visible), outputs: shown(outputs) };
}
