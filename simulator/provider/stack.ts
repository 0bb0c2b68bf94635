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
  dependencies: string[];
  propertyDependencies: Record<string, string[]>;
  aliases: (string | AliasSpec)[];
  ignoreChanges: string[];
  replaceOnChanges: string[];
  protect?: boolean;
  retainOnDelete?: boolean;
  deleteBeforeReplace?: boolean;
  deletedWith: string;
}

export interface AliasSpec {
  name?: string;
  type?: string;
  stack?: string;
  project?: string;
  parentUrn?: string;
  noParent?: boolean;
}

type Kept = "type" | "name" | "parent" | "custom" | "provider" | "propertyDependencies" | "deletedWith";

/** A resource in a stack's state; secrets stay signed. */
export interface Entry extends Resource, Pick<Goal, Kept | "protect" | "retainOnDelete"> {
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
  /** Inputs that changed. */
  keys?: string[];
  /** Left in AWS, because of retainOnDelete or deletedWith. */
  retained?: true;
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
