import type { Target } from "@aws-sdk/client-eventbridge";
import { AwsError, arn, type Operations, type Scope, sortedPage } from "../operation";

export interface Rule {
  name: string;
  arn: string;
  /** By id, as PutTargets takes them. */
  targets: Map<string, Target>;
}

export interface EventBus {
  name: string;
  arn: string;
  rules: Map<string, Rule>;
}

/** By name; the bus `default` always exists. */
export const newEventsState = () => new Map<string, EventBus>();

function buses(scope: Scope): Map<string, EventBus> {
  const state = scope.world.services.events.at(scope);
  if (!state.has("default")) state.set("default", newBus(scope, "default"));
  return state;
}

const newBus = (scope: Scope, name: string): EventBus => ({
  name,
  arn: arn(scope, "events", `event-bus/${name}`),
  rules: new Map(),
});

export function createEventBus(scope: Scope, name: string): void {
  buses(scope).set(name, newBus(scope, name));
}

const busName = (reference = "default") => reference.split("/").at(-1) ?? reference;

/** By name or ARN; none means `default`. */
function busOf(scope: Scope, reference?: string): EventBus {
  const bus = buses(scope).get(busName(reference));
  if (!bus) throw new AwsError("ResourceNotFoundException", `Event bus ${reference} does not exist.`);
  return bus;
}

const ruleArn = (scope: Scope, name: string, bus?: string) =>
  arn(scope, "events", `rule/${busName(bus) === "default" ? "" : `${busName(bus)}/`}${name}`);

export function putRule(scope: Scope, name: string, bus?: string): Rule {
  const { rules } = busOf(scope, bus);
  const rule = rules.get(name) ?? { name, arn: ruleArn(scope, name, bus), targets: new Map() };
  rules.set(name, rule);
  return rule;
}

/** Adds targets to a rule, or replaces those of the same id. */
export function putTargets(scope: Scope, rule: string, targets: Target[], bus?: string): void {
  const found = ruleOf(scope, rule, bus);
  for (const target of targets) {
    found.targets.set(target.Id ?? "", target);
  }
}

/** Its targets go with it. */
export function removeRule(scope: Scope, name: string, bus?: string): void {
  busOf(scope, bus).rules.delete(name);
}

function ruleOf(scope: Scope, name: string, bus?: string): Rule {
  const rule = busOf(scope, bus).rules.get(name);
  if (!rule)
    throw new AwsError("ResourceNotFoundException", `Rule ${name} does not exist on EventBus ${busName(bus)}.`);
  return rule;
}

export const eventsOperations: Operations = {
  ListEventBuses: {
    action: "events:ListEventBuses",
    resources: () => ["*"],
    run: ({ NextToken, Limit = 100 }, scope) => {
      const { items, next } = sortedPage(scope, buses(scope).values(), (each) => each.name, NextToken, Limit);
      return { EventBuses: items.map((each) => ({ Name: each.name, Arn: each.arn })), NextToken: next };
    },
  },
  ListRuleNamesByTarget: {
    action: "events:ListRuleNamesByTarget",
    resources: () => ["*"],
    run: ({ TargetArn, EventBusName, NextToken, Limit = 100 }, scope) => {
      const found = [...busOf(scope, EventBusName).rules.values()].filter((rule) =>
        [...rule.targets.values()].some((target) => target.Arn === TargetArn),
      );
      const { items, next } = sortedPage(scope, found, (each) => each.name, NextToken, Limit);
      return { RuleNames: items.map((each) => each.name), NextToken: next };
    },
  },
  ListTargetsByRule: {
    action: "events:ListTargetsByRule",
    resources: ({ Rule, EventBusName }, scope) => [ruleArn(scope, Rule, EventBusName)],
    context: (_input, scope) => ({ "events:creatorAccount": scope.account }),
    run: ({ Rule, EventBusName, NextToken, Limit = 100 }, scope) => {
      const found = [...ruleOf(scope, Rule, EventBusName).targets.values()];
      const { items, next } = sortedPage(scope, found, (each) => each.Id ?? "", NextToken, Limit);
      return { Targets: items, NextToken: next };
    },
  },
};
