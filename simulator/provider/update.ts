import type { World } from "../world";
import { AwsStandIn, type Resource } from "./provider";
import { type Entry, type Goal, type StackState, type Step, StepError } from "./stack";
import { hashAssets, plain, type Values, withSecretsOf } from "./values";

const STACK_TYPE = "pulumi:pulumi:Stack";

export interface UpdateOptions {
  account: string;
  region: string;
  /** Against which the paths of assets are resolved. */
  folder: string;
}

/** One deployment of a stack: what Pulumi's engine decides for each registration. */
export class Update {
  readonly steps: Step[] = [];
  outputs: Values = {};
  readonly #stack: StackState;
  readonly #world: World;
  readonly #options: UpdateOptions;
  readonly #before: Entry[];
  /** Not registered (yet), by URN. */
  readonly #olds: Map<string, Entry>;
  readonly #news = new Map<string, Entry>();
  readonly #replaced: Set<Entry>;

  constructor(world: World, stack: StackState, options: UpdateOptions) {
    this.#world = world;
    this.#stack = stack;
    this.#options = options;
    this.#before = [...stack.resources];
    this.#replaced = new Set(stack.resources.filter((entry) => entry.pendingDelete));
    this.#olds = new Map(stack.resources.filter((entry) => !entry.pendingDelete).map((entry) => [entry.urn, entry]));
  }

  get resources(): Entry[] {
    return [...this.#news.values()];
  }

  register(goal: Goal): Entry {
    const urn = this.#urn(goal);
    if (this.#news.has(urn))
      throw new StepError(urn, "registering", `Duplicate resource URN '${urn}'; names must be unique`);
    const old = this.#olds.get(urn);
    const entry = { ...goal, urn, id: "", outputs: goal.inputs };
    try {
      const made = isInAws(goal) ? this.#inAws(entry, old) : this.#local(entry, old);
      this.#olds.delete(urn);
      this.#news.set(urn, made);
      return made;
    } catch (error) {
      throw error instanceof StepError ? error : new StepError(urn, old ? "updating" : "creating", error);
    } finally {
      this.#save();
    }
  }

  registerOutputs(urn: string, outputs: Values): void {
    const entry = this.#news.get(urn);
    if (entry) entry.outputs = outputs;
    if (entry?.type === STACK_TYPE) this.outputs = outputs;
  }

  invoke(token: string, args: Values, provider: string): Values {
    return this.#standIn(provider).invoke(token, plain(args));
  }

  /** The program has ended well: what it did not register goes, and what was replaced, last made first. */
  finish(): void {
    for (const entry of this.#before.reverse()) {
      if (this.#replaced.has(entry)) {
        this.#delete(entry, "delete-replaced");
        this.#replaced.delete(entry);
      } else if (this.#olds.get(entry.urn) === entry) {
        this.#delete(entry, "delete");
        this.#olds.delete(entry.urn);
      }
      this.#save();
    }
    this.#stack.outputs = this.outputs;
  }

  /** Components and providers: nothing in AWS. */
  #local(entry: Entry, old: Entry | undefined): Entry {
    const same = JSON.stringify(old?.inputs) === JSON.stringify(entry.inputs);
    this.steps.push({ op: old ? (same ? "same" : "update") : "create", urn: entry.urn });
    return entry.custom
      ? { ...entry, id: old?.id ?? this.#world.random.text(32) }
      : { ...entry, outputs: old?.outputs ?? {} };
  }

  #inAws(entry: Entry, old: Entry | undefined): Entry {
    const { urn, type } = entry;
    const provider = this.#standIn(entry.provider);
    const given = hashAssets(entry.inputs, this.#options.folder);
    const inputs = provider.check(type, entry.name, plain(given), old && plain(old.inputs));
    const saved = (made: Resource): Entry => ({
      ...entry,
      id: made.id,
      inputs: withSecretsOf(given, made.inputs),
      outputs: withSecretsOf(given, made.outputs),
    });
    if (!old) {
      const made = provider.create(type, inputs);
      this.steps.push({ op: "create", urn });
      return saved(made);
    }
    const before = { id: old.id, inputs: plain(old.inputs), outputs: plain(old.outputs) };
    const diff = provider.diff(type, before.inputs, inputs);
    if (diff.diffs.length === 0) {
      this.steps.push({ op: "same", urn });
      return saved({ ...before, inputs });
    }
    if (diff.replaces.length === 0) {
      const made = provider.update(type, old.id, before, inputs);
      this.steps.push({ op: "update", urn });
      return saved(made);
    }
    const deleteFirst = entry.deleteBeforeReplace ?? diff.deleteBeforeReplace;
    if (deleteFirst) {
      this.#delete(old, "delete-replaced");
      this.#olds.delete(urn);
    }
    const made = provider.create(type, inputs);
    if (!deleteFirst) this.#replaced.add(old);
    this.steps.push({ op: "create-replacement", urn }, { op: "replace", urn });
    return saved(made);
  }

  #delete(entry: Entry, op: "delete" | "delete-replaced"): void {
    const { urn, type, id } = entry;
    try {
      if (isInAws(entry) && !entry.retainOnDelete) {
        this.#standIn(entry.provider).delete(type, id, { ...plain(entry.outputs), ...plain(entry.inputs) });
      }
    } catch (error) {
      throw new StepError(urn, "deleting", error);
    }
    this.steps.push({ op, urn });
  }

  #urn({ parent, type, name }: Goal): string {
    const { stack, project } = this.#stack;
    const parentType = parent.split("::")[2];
    const qualified = parentType && parentType !== STACK_TYPE ? `${parentType}$${type}` : type;
    return `urn:pulumi:${stack}::${project}::${qualified}::${name}`;
  }

  #standIn(provider: string): AwsStandIn {
    const urn = provider.slice(0, provider.lastIndexOf("::"));
    const entry = this.#news.get(urn) ?? this.#before.find((each) => each.urn === urn);
    const { region, assumeRole, assumeRoles } = plain(entry?.inputs ?? {});
    const role = /arn:aws[^:]*:iam::(\d{12}):role/.exec(JSON.stringify([assumeRole, assumeRoles]));
    return new AwsStandIn(this.#world, {
      account: role?.[1] ?? this.#options.account,
      region: typeof region === "string" ? region : this.#options.region,
    });
  }

  #save(): void {
    const pending = [...this.#replaced].map((entry): Entry => ({ ...entry, pendingDelete: true }));
    this.#stack.resources = [...this.#news.values(), ...this.#olds.values(), ...pending];
  }
}

const isInAws = ({ custom, type }: Goal): boolean => custom && !type.startsWith("pulumi:providers:");
