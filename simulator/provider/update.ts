import type { World } from "../world";
import { AwsStandIn, type Resource } from "./provider";
import { type Entry, type Goal, type StackState, type Step, StepError } from "./stack";
import { hashAssets, isObject, plain, type Values, withSecretsOf } from "./values";

const STACK_TYPE = "pulumi:pulumi:Stack";
const PROVIDER_TYPE = "pulumi:providers:";

export interface UpdateOptions {
  account: string;
  region: string;
  preview: boolean;
  /** Against which the paths of assets are resolved. */
  folder: string;
}

/** One deployment of a stack: what Pulumi's engine decides for each registration. A preview leaves the state alone. */
export class Update {
  readonly steps: Step[] = [];
  outputs: Values = {};
  readonly #stack: StackState;
  readonly #world: World;
  readonly #options: UpdateOptions;
  readonly #order: Entry[];
  /** Not registered (yet). */
  readonly #olds: Map<string, Entry>;
  readonly #news = new Map<string, Entry>();
  readonly #replaced: Entry[];
  /** Deleted before their replacement, which their registration makes. */
  readonly #deletedFirst = new Map<string, Entry>();
  readonly #aliases = new Map<string, string[]>();

  constructor(world: World, stack: StackState, options: UpdateOptions) {
    this.#world = world;
    this.#stack = stack;
    this.#options = options;
    this.#order = [...stack.resources];
    this.#replaced = stack.resources.filter((entry) => entry.pendingDelete);
    this.#olds = new Map(stack.resources.filter((entry) => !entry.pendingDelete).map((entry) => [entry.urn, entry]));
  }

  get resources(): Entry[] {
    return [...this.#news.values()];
  }

  register(goal: Goal): Entry {
    const urn = this.#urn(goal.parent, goal.type, goal.name);
    if (this.#news.has(urn))
      throw new StepError(urn, "registering", `Duplicate resource URN '${urn}'; names must be unique`);
    const old = this.#takeOld(urn, goal);
    const entry = { ...goal, urn, id: "", outputs: goal.inputs };
    try {
      const made =
        !goal.custom || goal.type.startsWith(PROVIDER_TYPE) ? this.#local(entry, old) : this.#custom(entry, old);
      this.#news.set(urn, made);
    } catch (error) {
      if (old && !this.#deletedFirst.has(urn)) this.#olds.set(old.urn, old);
      throw error instanceof StepError ? error : new StepError(urn, old ? "updating" : "creating", error);
    } finally {
      this.#save();
    }
    return this.#news.get(urn) as Entry;
  }

  registerOutputs(urn: string, outputs: Values): void {
    const entry = this.#news.get(urn);
    if (entry) entry.outputs = outputs;
    if (entry?.type === STACK_TYPE) this.outputs = outputs;
  }

  /** Something that exists outside of the stack. */
  read(goal: Goal, id: string): Entry {
    const urn = this.#urn(goal.parent, goal.type, goal.name);
    const found = this.#standIn(goal.provider).read(goal.type, id, plain(goal.inputs));
    if (!found) throw new StepError(urn, "reading", `there is no ${goal.type} with id ${id}`);
    return { ...goal, ...found, urn };
  }

  invoke(token: string, args: Values, provider: string): Values {
    return this.#standIn(provider).invoke(token, plain(args));
  }

  /** The program has ended well: what it did not register goes, and what was replaced, last made first. */
  finish(): void {
    const leaving = this.#order.filter(
      (entry) => this.#olds.get(entry.urn) === entry || this.#replaced.includes(entry),
    );
    for (const entry of leaving.reverse()) {
      const replaced = this.#replaced.indexOf(entry);
      this.#delete(entry, replaced < 0 ? "delete" : "delete-replaced", leaving);
      if (replaced < 0) this.#olds.delete(entry.urn);
      else this.#replaced.splice(replaced, 1);
      this.#save();
    }
    if (!this.#options.preview) this.#stack.outputs = this.outputs;
  }

  /** Components and providers: nothing in AWS. */
  #local(entry: Entry, old: Entry | undefined): Entry {
    const same = old !== undefined && JSON.stringify(old.inputs) === JSON.stringify(entry.inputs);
    this.steps.push({ op: old ? (same ? "same" : "update") : "create", urn: entry.urn });
    return entry.custom
      ? { ...entry, id: old?.id ?? this.#world.random.text(32) }
      : { ...entry, outputs: old?.outputs ?? {} };
  }

  #custom(entry: Entry & Goal, old: Entry | undefined): Entry {
    const { urn, type } = entry;
    const provider = this.#standIn(entry.provider);
    const { preview } = this.#options;
    const given = hashAssets(entry.inputs, this.#options.folder);
    for (const path of old ? entry.ignoreChanges : []) copyPath(path.split("."), old?.inputs, given);
    const inputs = provider.check(type, entry.name, plain(given), old && plain(old.inputs));
    const saved = (made: Resource): Entry => ({
      ...entry,
      id: made.id,
      inputs: withSecretsOf(given, made.inputs),
      outputs: withSecretsOf(given, made.outputs),
    });
    const create = () => saved(provider.create(type, inputs, preview));
    if (!old || this.#deletedFirst.has(urn)) {
      const made = create();
      this.steps.push({ op: old ? "create-replacement" : "create", urn });
      return made;
    }
    const before = { id: old.id, inputs: plain(old.inputs), outputs: plain(old.outputs) };
    const diff = provider.diff(type, before.inputs, inputs);
    const keys = diff.diffs;
    const replaces = diff.replaces.length > 0 || keys.some((key) => entry.replaceOnChanges.includes(key));
    if (!replaces) {
      const made = keys.length > 0 ? provider.update(type, old.id, before, inputs, preview) : { ...before, inputs };
      this.steps.push(keys.length > 0 ? { op: "update", urn, keys } : { op: "same", urn });
      return saved(made);
    }
    if (entry.deleteBeforeReplace ?? diff.deleteBeforeReplace) this.#deleteFirst(old, urn);
    else this.#replaced.push(old);
    const made = create();
    this.steps.push({ op: "create-replacement", urn, keys }, { op: "replace", urn, keys });
    return made;
  }

  /** Deletes a resource before its replacement is made, and first those that cannot stay while it is away. */
  #deleteFirst(old: Entry, urn: string): void {
    const going = [old];
    for (const entry of this.#olds.values()) {
      if (!entry.custom || entry.type.startsWith(PROVIDER_TYPE)) continue;
      const unknown = Object.entries(entry.propertyDependencies)
        .filter(([, urns]) => urns.some((dependency) => going.some((each) => each.urn === dependency)))
        .map(([key]) => key);
      const kind = this.#standIn(entry.provider).kind(entry.type);
      if (unknown.some((key) => kind.replaceOn.includes(key))) going.push(entry);
    }
    for (const entry of going.reverse()) {
      this.#delete(entry, "delete-replaced", going);
      this.#olds.delete(entry.urn);
      this.#deletedFirst.set(entry === old ? urn : entry.urn, entry);
    }
  }

  #delete(entry: Entry, op: "delete" | "delete-replaced", leaving: Entry[]): void {
    const { urn, custom, type } = entry;
    if (entry.protect) {
      throw new StepError(
        urn,
        "deleting",
        "it is protected: remove `protect: true` from its options and deploy that first",
      );
    }
    const retained =
      entry.retainOnDelete || leaving.some((other) => other.urn === entry.deletedWith && other !== entry);
    this.steps.push(retained && custom ? { op, urn, retained } : { op, urn });
    if (!custom || retained || this.#options.preview || type.startsWith(PROVIDER_TYPE)) return;
    try {
      this.#standIn(entry.provider).delete(type, entry.id, { ...plain(entry.outputs), ...plain(entry.inputs) });
    } catch (error) {
      this.steps.pop();
      throw new StepError(urn, "deleting", error);
    }
  }

  #takeOld(urn: string, goal: Goal): Entry | undefined {
    const aliases = this.#aliasesOf(goal);
    this.#aliases.set(urn, aliases);
    const found = [urn, ...aliases].find((each) => this.#olds.has(each) || this.#deletedFirst.has(each)) ?? urn;
    const old = this.#olds.get(found) ?? this.#deletedFirst.get(found);
    if (this.#deletedFirst.has(found) && old) this.#deletedFirst.set(urn, old);
    this.#olds.delete(found);
    return old;
  }

  #aliasesOf(goal: Goal): string[] {
    const own = goal.aliases.map((alias) =>
      typeof alias === "string"
        ? alias
        : this.#urn(
            alias.noParent ? "" : (alias.parentUrn ?? goal.parent),
            alias.type ?? goal.type,
            alias.name ?? goal.name,
            alias,
          ),
    );
    const parentName = goal.parent.split("::").at(-1) ?? "";
    const inherited = (this.#aliases.get(goal.parent) ?? []).map((parent) => {
      const renamed = goal.name.startsWith(parentName)
        ? parent.split("::").at(-1) + goal.name.slice(parentName.length)
        : goal.name;
      return this.#urn(parent, goal.type, renamed);
    });
    return [...own, ...inherited];
  }

  #urn(parent: string, type: string, name: string, from: { stack?: string; project?: string } = this.#stack): string {
    const parentType = parent.split("::")[2];
    const qualified = parentType && parentType !== STACK_TYPE ? `${parentType}$${type}` : type;
    return `urn:pulumi:${from.stack ?? this.#stack.stack}::${from.project ?? this.#stack.project}::${qualified}::${name}`;
  }

  #standIn(provider: string): AwsStandIn {
    const urn = provider.slice(0, provider.lastIndexOf("::"));
    const entry = this.#news.get(urn) ?? this.#order.find((each) => each.urn === urn);
    const inputs = entry ? plain(entry.inputs) : {};
    const role = /arn:aws[^:]*:iam::(\d{12}):role/.exec(JSON.stringify([inputs.assumeRole, inputs.assumeRoles]));
    return new AwsStandIn(this.#world, {
      account: role?.[1] ?? this.#options.account,
      region: typeof inputs.region === "string" ? inputs.region : this.#options.region,
    });
  }

  #save(): void {
    if (this.#options.preview) return;
    this.#stack.resources = [...this.#news.values(), ...this.#olds.values(), ...this.#replaced.map(pending)];
  }
}

const pending = (entry: Entry): Entry => ({ ...entry, pendingDelete: true });

function copyPath([key, ...rest]: string[], from: unknown, to: Values): void {
  if (key === undefined || !isObject(from)) return;
  if (rest.length > 0 && isObject(to[key])) copyPath(rest, from[key], to[key]);
  else if (rest.length === 0 && key in from) to[key] = from[key];
  else if (rest.length === 0) delete to[key];
}
