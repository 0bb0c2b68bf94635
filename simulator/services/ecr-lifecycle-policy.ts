import { AwsError } from "../operation";

/** A rule in AWS's own words: https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html */
export interface PolicyRule {
  rulePriority: number;
  description?: string;
  selection: {
    tagStatus: "tagged" | "untagged" | "any";
    tagPatternList?: string[];
    tagPrefixList?: string[];
    storageClass?: "standard" | "archive";
    countType: "imageCountMoreThan" | "sinceImagePushed" | "sinceImagePulled" | "sinceImageTransitioned";
    countUnit?: "days";
    countNumber: number;
  };
  action: { type: "expire" | "transition"; targetStorageClass?: "archive" };
}

/** Rules of a policy's text, by priority.
 * @throws AwsError InvalidParameterException where AWS refuses the text */
export function parsePolicy(text: string): PolicyRule[] {
  if (text.length < 100 || text.length > 30_720) refuse("length has to be from 100 to 30720 characters");
  const policy = parse(text);
  check(policy, POLICY, "policy");
  const rules = (policy as { rules: PolicyRule[] }).rules;
  for (const rule of rules) {
    for (const [holds, otherwise] of RULE) if (!holds(rule)) refuse(`rule ${rule.rulePriority}: ${otherwise}`);
  }
  for (const [holds, otherwise] of RULES) if (!holds(rules)) refuse(otherwise);
  return rules.toSorted((a, b) => a.rulePriority - b.rulePriority);
}

export const storageClassOf = ({ selection }: PolicyRule): "standard" | "archive" =>
  selection.storageClass ?? "standard";

function refuse(why: string): never {
  const failed = "Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint";
  throw new AwsError("InvalidParameterException", `${failed}: 'Lifecycle policy validation failure: ${why}'`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return refuse("no JSON");
  }
}

/** A list stands for its values; keys that end in `?` may be absent, others not named here may not stand. */
type Shape = readonly string[] | ((value: unknown) => boolean) | { [key: string]: Shape };

const isText = (value: unknown) => typeof value === "string";
const isPositive = (value: unknown) => Number.isInteger(value) && Number(value) > 0;
const isTags = (value: unknown) =>
  Array.isArray(value) && value.length > 0 && value.every((tag) => isText(tag) && tag !== "");

const RULE_SHAPE: Shape = {
  rulePriority: isPositive,
  "description?": isText,
  selection: {
    tagStatus: ["tagged", "untagged", "any"],
    "tagPatternList?": isTags,
    "tagPrefixList?": isTags,
    "storageClass?": ["standard", "archive"],
    countType: ["imageCountMoreThan", "sinceImagePushed", "sinceImagePulled", "sinceImageTransitioned"],
    "countUnit?": ["days"],
    countNumber: isPositive,
  },
  action: { type: ["expire", "transition"], "targetStorageClass?": ["archive"] },
};

const POLICY: Shape = {
  rules: (value) => {
    if (!Array.isArray(value) || value.length < 1 || value.length > 50) return false;
    for (const [index, rule] of value.entries()) check(rule, RULE_SHAPE, `rules[${index}]`);
    return true;
  },
};

function check(value: unknown, shape: Shape, path: string): void {
  const wrong = (): never => refuse(`unexpected value ${JSON.stringify(value)} at ${path}`);
  if (typeof shape === "function") {
    if (!shape(value)) wrong();
  } else if (Array.isArray(shape)) {
    if (!shape.includes(value)) wrong();
  } else {
    if (typeof value !== "object" || Array.isArray(value)) wrong();
    const given = new Map<string, unknown>(Object.entries(value ?? wrong()));
    for (const [key, inner] of Object.entries(shape)) {
      const name = key.replace("?", "");
      if (given.has(name)) check(given.get(name), inner, `${path}.${name}`);
      else if (name === key) refuse(`missing ${name} at ${path}`);
      given.delete(name);
    }
    for (const unknown of given.keys()) refuse(`unknown ${unknown} at ${path}`);
  }
}

/** What has to hold of each rule, and what is said where it does not. */
const RULE: [(rule: PolicyRule) => boolean, string][] = [
  [
    ({ selection }) =>
      (selection.tagStatus === "tagged") === Boolean(selection.tagPatternList || selection.tagPrefixList),
    "tagged needs a list of patterns or of prefixes, untagged and any take none",
  ],
  [
    ({ selection }) => !(selection.tagPatternList && selection.tagPrefixList),
    "tagPatternList and tagPrefixList exclude each other",
  ],
  [
    ({ selection }) => (selection.tagPatternList ?? []).every((pattern) => pattern.split("*").length <= 5),
    "at most four wildcards in a pattern",
  ],
  [
    ({ selection }) => (selection.countType === "imageCountMoreThan") === (selection.countUnit === undefined),
    "countUnit goes with the countTypes that count days, and only with them",
  ],
  [
    (rule) => (rule.selection.countType === "sinceImageTransitioned") === (storageClassOf(rule) === "archive"),
    "sinceImageTransitioned goes with storageClass archive, and only with it",
  ],
  [
    ({ selection, action }) => selection.countType !== "sinceImagePulled" || action.type === "transition",
    "sinceImagePulled only transitions",
  ],
  [
    ({ selection, action }) => selection.countType !== "sinceImageTransitioned" || action.type === "expire",
    "sinceImageTransitioned only expires",
  ],
  [
    ({ action }) => (action.type === "transition") === (action.targetStorageClass === "archive"),
    "targetStorageClass goes with transition, and only with it",
  ],
];

/** The same of all of them together. */
const RULES: [(rules: PolicyRule[]) => boolean, string][] = [
  [
    (rules) => new Set(rules.map(({ rulePriority }) => rulePriority)).size === rules.length,
    "rulePriority is not unique",
  ],
  [
    (rules) =>
      !rules.some(
        (any) =>
          any.selection.tagStatus === "any" &&
          rules.some((other) => other.rulePriority > any.rulePriority && storageClassOf(other) === storageClassOf(any)),
      ),
    "any has to have the highest rulePriority of its storage class",
  ],
  [
    (rules) => isOnce(rules, ({ selection }) => (selection.tagStatus === "untagged" ? "untagged" : undefined)),
    "more than one untagged rule in a storage class",
  ],
  [
    (rules) =>
      isOnce(rules, ({ selection }) => selection.tagPrefixList && [...new Set(selection.tagPrefixList)].sort().join()),
    "two rules of a storage class have the same prefixes",
  ],
];

function isOnce(rules: PolicyRule[], keyOf: (rule: PolicyRule) => string | undefined): boolean {
  const keys = rules.flatMap((rule) => {
    const key = keyOf(rule);
    return key === undefined ? [] : [`${storageClassOf(rule)} ${key}`];
  });
  return new Set(keys).size === keys.length;
}
