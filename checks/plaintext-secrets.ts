import { hasSecretShape } from "./secret-shapes";
import { hasNamedSecret, hasUrlPassword, isFlag, isNamedSecret } from "./secret-values";

/** Stands where a secret stood. ECS wants a string there, so RegisterTaskDefinition refuses it until somebody fills it in. */
const LEFT_OUT = { "ecs-retention": "plaintext secret left out" } as const;

/** What lists and maps of named values are called in findings. */
const FIELDS: Record<string, string> = {
  environment: "environment",
  "logConfiguration.options": "log option",
  "firelensConfiguration.options": "FireLens option",
  dockerLabels: "label",
  "proxyConfiguration.properties": "proxy property",
};
/** Maps whose keys name their values; keys elsewhere are fields of ECS. */
export const NAMED_VALUES = ["options", "dockerLabels", "driverOpts", "labels"];
/** Lists whose items belong together: one may name the next. */
const WORDS = ["command", "entryPoint"];
/** What refers to a secret by its name. */
const REFERENCE = "valueFrom";
/** Deeper than ECS nests anything; what lies below counts as secret, since nobody looked. */
const DEEPEST = 32;

/** Where something stands, within a container (`app: `) or the definition: `environment DB_PASSWORD`. */
interface Where {
  container: string;
  path: string;
}

interface Place {
  /** Asked for findings alone: to tell it of everything would take most of the time. */
  where(): Where;
  /** The field of ECS that it belongs to. */
  field: string;
  /** What names the value. */
  named?: string;
  depth: number;
}

/**
 * Where a task definition carries secrets in clear.
 *
 * @param definition As DescribeTaskDefinition answers it or RegisterTaskDefinition takes it; any other shape is read as
 *   far as it goes.
 * @returns Sorted, such as `app: environment DB_PASSWORD`, `app: command[2]`, `proxy property x`: never a value, and
 *   never a name that looks like a secret itself.
 */
export function findPlaintextSecrets(definition: unknown): string[] {
  return withoutPlaintextSecrets(definition).missing;
}

/** A copy of the definition in which an object stands for each text that holds a secret, and where those are. */
export function withoutPlaintextSecrets(definition: unknown): { definition: unknown; missing: string[] } {
  const found = new Set<string>();
  const root: Place = { where: () => ({ container: "", path: "" }), field: "", depth: 0 };
  const copy = cleaned(definition, root, found);
  return { definition: copy, missing: [...found].sort() };
}

function cleaned(value: unknown, place: Place, found: Set<string>): unknown {
  const isNested = typeof value === "object" && value !== null && !(value instanceof Date);
  const isSecret = typeof value === "string" ? holdsSecret(value, place) : isNested && place.depth > DEEPEST;
  if (isSecret) {
    add(found, place.where());
    return LEFT_OUT;
  }
  if (!isNested) return value;
  return Array.isArray(value)
    ? value.map((item, index) => cleaned(item, itemPlace(value, index, place), found))
    : cleanedMembers(value as Record<string, unknown>, place, found);
}

function cleanedMembers(value: Record<string, unknown>, place: Place, found: Set<string>): Record<string, unknown> {
  const depth = place.depth + 1;
  const areNamed = NAMED_VALUES.includes(place.field);
  const name = nameOf(value);
  const members = Object.entries(value).map(([key, member], index) => {
    const where = () => (name === undefined ? memberWhere(place.where(), key, index, areNamed) : place.where());
    const named = areNamed ? key : key === "value" ? name : undefined;
    if (!holdsSecret(key)) return [key, cleaned(member, { where, field: key, named, depth }, found)];
    add(found, where());
    return [`${LEFT_OUT["ecs-retention"]} ${index}`, LEFT_OUT];
  });
  return Object.fromEntries(members);
}

function itemPlace(list: unknown[], index: number, { where, field, depth }: Place): Place {
  const before = list[index - 1];
  const named = WORDS.includes(field) && typeof before === "string" && isFlag(before) ? before : undefined;
  return { where: () => itemWhere(where(), list[index], index), field, named, depth: depth + 1 };
}

/** The name of a pair such as an environment variable, a proxy's property or a tag. */
function nameOf(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || !("value" in value)) return undefined;
  const { name, key } = value as { name?: unknown; key?: unknown };
  return [name, key].find((text) => typeof text === "string");
}

function itemWhere({ container, path }: Where, item: unknown, index: number): Where {
  // A list of containers may stand alone.
  if (container === "" && (path === "containerDefinitions" || path === "")) {
    const name = (item as { name?: unknown } | null)?.name;
    const shown = typeof name === "string" && isShowable(name) ? name : `${path || "container"}[${index}]`;
    return { container: `${shown}: `, path: "" };
  }
  return { container, path: withName(FIELDS[path] ?? path, nameOf(item), index) };
}

function memberWhere({ container, path }: Where, key: string, index: number, areNamed: boolean): Where {
  if (areNamed) return { container, path: withName(FIELDS[path] ?? path, key, index) };
  const shown = isShowable(key) ? key : `[${index}]`;
  // What DescribeTaskDefinition and the command line put around a definition says nothing.
  const isAround = path === "" || path === "taskDefinition" || path === "data";
  return { container, path: isAround ? shown : `${path}.${shown}` };
}

function withName(field: string, name: string | undefined, index: number): string {
  return name !== undefined && isShowable(name) ? `${field} ${name}` : `${field}[${index}]`;
}

function add(found: Set<string>, { container, path }: Where): void {
  found.add(container + (path || "definition"));
}

function holdsSecret(text: string, { named, field }: Partial<Place> = {}): boolean {
  if (named !== undefined && isNamedSecret(named, text)) return true;
  // `x://:y@z` is the shortest; an ARN names things alone.
  if (text.length < 8 || /^arn:[\w-]+:\S*$/.test(text)) return false;
  return hasSecretShape(text) || hasUrlPassword(text) || (field !== REFERENCE && hasNamedSecret(text));
}

/** Whether a name can be shown: it looks like one, and not like a secret that somebody put in its place. */
export function isShowable(name: string): boolean {
  const isRandom = /(?=[A-Za-z]*[0-9])(?=[a-z0-9]*[A-Z])(?=[A-Z0-9]*[a-z])[A-Za-z0-9]{20}/;
  return /^[\w.:@/ -]{1,128}$/.test(name) && !isRandom.test(name) && !holdsSecret(name);
}
