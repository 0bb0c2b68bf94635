import { AwsError, partition, type Scope } from "../operation";
import { roleOf } from "../services/iam";
import type { World } from "../world";
import { type AutoName, type ResourceKind, type ResourceTable, requireJson } from "./resource";
import { ecrResources } from "./resources-ecr";
import { ecsResources } from "./resources-ecs";
import { iamResources } from "./resources-iam";
import { lambdaResources } from "./resources-lambda";
import { otherResources } from "./resources-other";
import { s3Resources } from "./resources-s3";
import { hasUnknown, sameValue, UNKNOWN, type Values } from "./values";

/** Every resource type that the stand-in knows, by Pulumi's type token. */
export const RESOURCES: ResourceTable = {
  ...ecsResources,
  ...ecrResources,
  ...iamResources,
  ...lambdaResources,
  ...otherResources,
  ...s3Resources,
};

export interface Diff {
  /** Changed inputs. */
  diffs: string[];
  /** Those of them that make a new resource. */
  replaces: string[];
  deleteBeforeReplace: boolean;
  detailed: Record<string, "add" | "delete" | "update">;
}

export interface Resource {
  id: string;
  inputs: Values;
  outputs: Values;
}

/** Inputs that the stand-in filled in itself, as the bridged provider records them. */
const DEFAULTS = "__defaults";

/**
 * The stand-in for the `aws` provider: one account, one Region, plain values. An unknown value is {@link UNKNOWN};
 * secrets are opened before it and marked again behind it, assets are Pulumi's signed objects.
 */
export class AwsStandIn {
  readonly scope: Scope;

  constructor(world: World, options: { account: string; region: string }) {
    this.scope = world.scope(options.account, options.region);
  }

  /** Fills in name and defaults; `olds` are the inputs of the same resource before, whose generated name stays. */
  check(type: string, name: string, inputs: Values, olds?: Values): Values {
    const { json = [], defaults, autoName } = kindOf(type);
    const given = Object.entries(inputs).filter(
      ([key, value]) => (value ?? undefined) !== undefined && key !== DEFAULTS,
    );
    const known: Values = Object.fromEntries(given);
    for (const key of json) requireJson(type, key, known[key]);
    const added: Values = { ...defaults };
    if (autoName && !(autoName.property in known)) added[autoName.property] = this.#generatedName(name, autoName, olds);
    const filled = Object.keys(added).filter((key) => !(key in known));
    return { ...added, ...known, ...(filled.length > 0 && { [DEFAULTS]: filled }) };
  }

  /** Compares inputs with inputs. A value that is not known yet counts as a change. */
  diff(type: string, olds: Values, news: Values): Diff {
    const kind = kindOf(type);
    const { json, autoName } = kind;
    const detailed: Diff["detailed"] = {};
    for (const key of new Set([...Object.keys(olds), ...Object.keys(news)])) {
      if (key === DEFAULTS) continue;
      if (sameValue(olds[key], news[key], json?.includes(key)) && !hasUnknown(news[key])) continue;
      detailed[key] = !(key in olds) ? "add" : !(key in news) ? "delete" : "update";
    }
    const diffs = Object.keys(detailed);
    const replaces = diffs.filter((key) => key === "region" || isReplaced(kind, key));
    const named = autoName?.property;
    // A name that someone chose cannot exist twice, so the old resource has to go first.
    const nameStays = named !== undefined && !wasGenerated(news, named) && sameValue(olds[named], news[named]);
    return { diffs, replaces, deleteBeforeReplace: replaces.length > 0 && nameStays, detailed };
  }

  /** In a preview nothing is made: no id, and computed outputs are unknown. */
  create(type: string, inputs: Values, preview = false): Resource {
    const { computed = [], create } = kindOf(type);
    if (preview) {
      const unknown = Object.fromEntries(computed.map((key) => [key, UNKNOWN]));
      return { id: "", inputs, outputs: this.#outputs(type, inputs, unknown) };
    }
    const id = create(this.#scopeOf(inputs), given(inputs));
    return { id, inputs, outputs: this.#outputs(type, inputs, this.#describe(type, id, inputs)) };
  }

  /**
   * Undefined: it is gone. Inputs that drifted are given as AWS has them now; without `inputs` it is an import.
   * `state` are the outputs as they were last saved.
   */
  read(type: string, id: string, inputs: Values = {}, state: Values = {}): Resource | undefined {
    const { json, computed = [] } = kindOf(type);
    const found = this.#describe(type, id, { ...inputs, ...state });
    if (!found) return undefined;
    const imported = Object.keys(inputs).length === 0;
    const read = { ...inputs };
    for (const [key, value] of Object.entries(found)) {
      const wanted = imported ? !computed.includes(key) : key in inputs;
      if (wanted && !sameValue(inputs[key], value, json?.includes(key))) read[key] = value;
    }
    return { id, inputs: read, outputs: this.#outputs(type, read, found) };
  }

  update(type: string, id: string, olds: Resource, news: Values, preview = false): Resource {
    const { computed = [] } = kindOf(type);
    const state = { ...olds.inputs, ...olds.outputs };
    if (preview) {
      const same = Object.fromEntries(computed.map((key) => [key, olds.outputs[key]]));
      return { id, inputs: news, outputs: this.#outputs(type, news, same) };
    }
    const found = this.#find(type, id, state);
    if (!found) throw new AwsError("ResourceNotFoundException", `there is no ${type} ${id} any more`);
    kindOf(type).update?.(found, given(news), this.#scopeOf(news));
    return { id, inputs: news, outputs: this.#outputs(type, news, this.#describe(type, id, state)) };
  }

  /** What is gone already counts as deleted. */
  delete(type: string, id: string, state: Values): void {
    const found = this.#find(type, id, state);
    if (found) kindOf(type).delete(found, this.#scopeOf(state), state);
  }

  invoke(token: string, args: Values): Values {
    const { account, region, world } = this.#scopeOf(args);
    switch (token) {
      case "aws:index/getCallerIdentity:getCallerIdentity": {
        const { arn, accessKeyId } = world.admin(account);
        return { id: account, accountId: account, arn, userId: accessKeyId };
      }
      case "aws:iam/getRole:getRole": {
        const { name, arn, path, id: uniqueId } = roleOf(this.scope, String(args.name));
        return { id: name, name, arn, path, uniqueId };
      }
      case "aws:index/getRegion:getRegion":
        return { id: region, name: region, region };
      case "aws:index/getPartition:getPartition":
        return { id: partition(region), partition: partition(region) };
      default:
        throw new Error(
          `the stand-in for the aws provider has no function ${token}: add it to simulator/provider/provider.ts`,
        );
    }
  }

  /** A resource's own `region` wins over the provider's. */
  #scopeOf({ region }: Values): Scope {
    return { ...this.scope, region: typeof region === "string" && region !== UNKNOWN ? region : this.scope.region };
  }

  #find(type: string, id: string, state: Values): unknown {
    return kindOf(type).find(this.#scopeOf(state), id, state);
  }

  #describe(type: string, id: string, state: Values): Values | undefined {
    const found = this.#find(type, id, state);
    return found === undefined ? undefined : kindOf(type).describe(found, this.#scopeOf(state));
  }

  #outputs(type: string, { [DEFAULTS]: _, ...inputs }: Values, computed: Values | undefined): Values {
    const regional = type.startsWith("aws:iam/") ? {} : { region: this.#scopeOf(inputs).region };
    return { tagsAll: inputs.tags ?? {}, ...inputs, ...computed, ...regional };
  }

  /** `<name>-<7 hex>`; the one that was generated before stays. */
  #generatedName(name: string, { property, maxLength, lower }: AutoName, olds: Values | undefined): unknown {
    if (wasGenerated(olds, property)) return olds?.[property];
    if (name.length + 8 > maxLength) {
      throw new Error(`name '${name}-' plus 7 random chars is longer than maximum length ${maxLength}`);
    }
    const generated = `${name}-${this.scope.world.random.text(7)}`;
    return lower ? generated.toLowerCase() : generated;
  }
}

function kindOf(type: string): ResourceKind<unknown> {
  const kind = RESOURCES[type];
  if (kind) return kind;
  throw new Error(
    `the stand-in for the aws provider has no resource type ${type}: it knows ${Object.keys(RESOURCES).length} types, ` +
      "listed in simulator/provider/resources-*.ts; add it there",
  );
}

function isReplaced({ autoName, replaceOn = [], update }: ResourceKind<unknown>, key: string): boolean {
  if (!update || key === autoName?.property) return true;
  return Array.isArray(replaceOn) ? replaceOn.includes(key) : !replaceOn.allBut.includes(key);
}

/** What the program or {@link AwsStandIn.check} gave, without what is the stand-in's own. */
function given({ [DEFAULTS]: _defaults, region: _region, ...inputs }: Values): Values {
  return inputs;
}

function wasGenerated(inputs: Values | undefined, property: string): boolean {
  return Array.isArray(inputs?.[DEFAULTS]) && inputs[DEFAULTS].includes(property);
}
