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
  changes: boolean;
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

  kind(type: string): ResourceKind {
    return kindOf(type);
  }

  /** Fills in name and defaults; `olds` are the inputs of the same resource before, whose generated name stays. */
  check(type: string, name: string, inputs: Values, olds?: Values): Values {
    const kind = kindOf(type);
    const checked: Values = {};
    const filled: string[] = [];
    for (const [key, value] of Object.entries(inputs)) {
      if (value !== null && value !== undefined && key !== DEFAULTS) checked[key] = value;
    }
    for (const key of kind.json ?? []) requireJson(type, key, checked[key]);
    for (const [key, value] of Object.entries(kind.defaults ?? {})) {
      if (!(key in checked)) {
        checked[key] = value;
        filled.push(key);
      }
    }
    const auto = kind.autoName;
    if (auto && !(auto.property in checked)) {
      checked[auto.property] = this.#generatedName(name, auto, checked, olds);
      filled.push(auto.property);
    }
    if (filled.length > 0) checked[DEFAULTS] = filled;
    return checked;
  }

  /** Compares inputs with inputs. A value that is not known yet counts as a change. */
  diff(type: string, olds: Values, news: Values, ignoreChanges: string[] = []): Diff {
    const kind = kindOf(type);
    const detailed: Diff["detailed"] = {};
    for (const key of new Set([...Object.keys(olds), ...Object.keys(news)])) {
      if (key === DEFAULTS || ignoreChanges.includes(key)) continue;
      if (sameValue(olds[key], news[key], kind.json?.includes(key)) && !hasUnknown(news[key])) continue;
      detailed[key] = !(key in olds) ? "add" : !(key in news) ? "delete" : "update";
    }
    const diffs = Object.keys(detailed);
    const replaces = diffs.filter((key) => key === "region" || kind.replaceOn.includes(key));
    const named = kind.autoName?.property;
    // A name that someone chose cannot exist twice, so the old resource has to go first.
    const nameStays = named !== undefined && !wasGenerated(news, named) && sameValue(olds[named], news[named]);
    return {
      changes: diffs.length > 0,
      diffs,
      replaces,
      deleteBeforeReplace: replaces.length > 0 && nameStays,
      detailed,
    };
  }

  /** In a preview nothing is made: no id, and computed outputs are unknown. */
  create(type: string, inputs: Values, preview = false): Resource {
    const kind = kindOf(type);
    if (preview) return { id: "", inputs, outputs: this.#known(type, inputs, unknowns(kind.computed)) };
    const { id, ...state } = kind.create(this.#scopeOf(inputs), inputs);
    return { id, inputs, outputs: this.#outputs(type, id, inputs, state) };
  }

  /**
   * Undefined: it is gone. Inputs that drifted are given as AWS has them now; without `inputs` it is an import.
   * `state` are the outputs as they were last saved.
   */
  read(type: string, id: string, inputs: Values = {}, state: Values = {}): Resource | undefined {
    const kind = kindOf(type);
    const found = kind.describe(this.#scopeOf(inputs), id, { ...inputs, ...state });
    if (!found) return undefined;
    const imported = Object.keys(inputs).length === 0;
    const read = { ...inputs };
    for (const [key, value] of Object.entries(found)) {
      const wanted = imported ? !kind.computed.includes(key) : key in inputs;
      if (wanted && !sameValue(inputs[key], value, kind.json?.includes(key))) read[key] = value;
    }
    return { id, inputs: read, outputs: this.#known(type, read, found) };
  }

  update(type: string, id: string, olds: Resource, news: Values, preview = false): Resource {
    const kind = kindOf(type);
    if (preview) {
      const same = Object.fromEntries(kind.computed.map((key) => [key, olds.outputs[key]]));
      return {
        id,
        inputs: news,
        outputs: this.#known(type, news, { ...same, ...unknowns(kind.changedByUpdate ?? []) }),
      };
    }
    const reachesAws = this.diff(type, olds.inputs, news).diffs.some((key) => !kind.settings?.includes(key));
    if (reachesAws) kind.update?.(this.#scopeOf(news), id, news, { ...olds.inputs, ...olds.outputs });
    return { id, inputs: news, outputs: this.#outputs(type, id, news, olds.outputs) };
  }

  /** By what the state says of it, not by what the program now wants: a setting counts from the update that saved it. */
  delete(type: string, id: string, state: Values): void {
    try {
      kindOf(type).delete(this.#scopeOf(state), id, state);
    } catch (error) {
      // What is gone already counts as deleted.
      if (!(error instanceof AwsError && /^NoSuch|NotFound/.test(error.name))) throw error;
    }
  }

  invoke(token: string, args: Values): Values {
    const { account, region } = this.#scopeOf(args);
    switch (token) {
      case "aws:index/getCallerIdentity:getCallerIdentity": {
        const { arn, account: id, accessKeyId } = this.scope.world.admin(account);
        return { id, accountId: id, arn, userId: accessKeyId };
      }
      case "aws:iam/getRole:getRole": {
        const { name, arn, path, id: uniqueId } = roleOf(this.scope, String(args.name));
        return { id: name, name, arn, path, uniqueId };
      }
      case "aws:index/getRegion:getRegion":
        return { id: region, name: region, region, description: region, endpoint: `ec2.${region}.${suffix(region)}` };
      case "aws:index/getPartition:getPartition":
        return {
          id: partition(region),
          partition: partition(region),
          dnsSuffix: suffix(region),
          reverseDnsPrefix: suffix(region).split(".").reverse().join("."),
        };
      default:
        throw new Error(
          `the stand-in for the aws provider has no function ${token}: add it to simulator/provider/provider.ts`,
        );
    }
  }

  /** A resource's own `region` wins over the provider's. */
  #scopeOf(inputs: Values): Scope {
    const region = typeof inputs.region === "string" && inputs.region !== UNKNOWN ? inputs.region : this.scope.region;
    return { ...this.scope, region };
  }

  /** Outputs as AWS gives them now. */
  #outputs(type: string, id: string, inputs: Values, state: Values): Values {
    const found = kindOf(type).describe(this.#scopeOf(inputs), id, { ...inputs, arn: state.arn });
    return this.#known(type, inputs, found ?? {});
  }

  #known(type: string, { [DEFAULTS]: _, ...inputs }: Values, computed: Values): Values {
    const regional = type.startsWith("aws:iam/") ? {} : { region: this.#scopeOf(inputs).region };
    return { tagsAll: inputs.tags ?? {}, ...inputs, ...computed, ...regional };
  }

  /** `<name>-<7 hex>`, or the prefix that was asked for and 26 digits; the one that was generated before stays. */
  #generatedName(name: string, auto: AutoName, inputs: Values, olds: Values | undefined): string {
    const prefix = inputs[`${auto.property}Prefix`];
    const kept = wasGenerated(olds, auto.property) ? olds?.[auto.property] : undefined;
    if (typeof kept === "string" && (prefix === undefined || kept.startsWith(String(prefix)))) return kept;
    const { random } = this.scope.world;
    if (prefix !== undefined) return String(prefix) + random.text(26, "0123456789");
    const tail = `-${random.text(7)}${auto.suffix?.(inputs) ?? ""}`;
    const generated = name.slice(0, auto.maxLength - tail.length) + tail;
    return auto.lower ? generated.toLowerCase() : generated;
  }
}

function kindOf(type: string): ResourceKind {
  const kind = RESOURCES[type];
  if (kind) return kind;
  throw new Error(
    `the stand-in for the aws provider has no resource type ${type}: it knows ${Object.keys(RESOURCES).length} types, ` +
      "listed in simulator/provider/resources-*.ts; add it there",
  );
}

const unknowns = (keys: string[]): Values => Object.fromEntries(keys.map((key) => [key, UNKNOWN]));

function wasGenerated(inputs: Values | undefined, property: string): boolean {
  return Array.isArray(inputs?.[DEFAULTS]) && inputs[DEFAULTS].includes(property);
}

function suffix(region: string): string {
  return region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
}
