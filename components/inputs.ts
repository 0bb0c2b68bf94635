import * as pulumi from "@pulumi/pulumi";
import { problemText } from "../retention/errors";
import type { Problem } from "../retention/types";

/** What to throw where a component's input is wrong. */
export function inputError(component: string, problems: Problem[]): pulumi.InputPropertiesError {
  return new pulumi.InputPropertiesError({
    message: [`${component}:`, ...problems.map(problemText)].join("\n  "),
    errors: problems.map((problem) => ({ propertyPath: problem.path, reason: problemText(problem) })),
  });
}

/**
 * Checks an input twice: now, as far as it is known, so that nothing is registered after an obvious mistake; and once it
 * is known in full, before anything that depends on it.
 *
 * @param path Where the input stands in the component's arguments; empty for the arguments themselves.
 */
export function checked<T, R extends { problems?: Problem[] }>(
  component: string,
  path: string,
  input: pulumi.Input<T>,
  check: (value: pulumi.Unwrap<T>) => R,
): pulumi.Output<Exclude<R, { problems: Problem[] }>> {
  const accept = (value: pulumi.Unwrap<T>, counts: (problem: Problem) => boolean) => {
    const result = check(value);
    const problems = result.problems?.filter(counts) ?? [];
    if (problems.length > 0) throw inputError(component, problems);
    return result as Exclude<R, { problems: Problem[] }>;
  };
  const later: string[] = [];
  const known = knownPart(input, path, later) as pulumi.Unwrap<T>;
  if (!later.includes(path)) {
    accept(known, (problem) => !later.some((at) => isWithin(problem.path, at)));
  }
  return pulumi.output(input).apply((value) => accept(value, () => true));
}

/** Of `-1a2b3c4`, which Pulumi adds to a resource's name to make the physical one. */
const RANDOM_SUFFIX = 8;

/**
 * Refuses a component's name that leaves no room for the physical name of a child.
 *
 * @param child What the component adds for its child with the tightest limit.
 * @param most Characters that AWS takes for that child.
 */
export function checkNameLength(component: string, name: string, child: string, most: number): void {
  const longest = most - RANDOM_SUFFIX - child.length;
  if (name.length <= longest) return;
  const expected = `at most ${longest} characters, since AWS takes ${most} for ${name}${child}-1a2b3c4`;
  const fix = "shorten it, or the name of the component that made it";
  throw inputError(component, [{ path: "name", given: `${name.length} characters`, expected, fix }]);
}

function isWithin(path: string, outer: string): boolean {
  return path === outer || path.startsWith(`${outer}.`) || path.startsWith(`${outer}[`);
}

/** The value without its outputs and promises; their paths are added to `later`. */
function knownPart(value: unknown, path: string, later: string[]): unknown {
  if (pulumi.Output.isInstance(value) || value instanceof Promise) {
    later.push(path);
    return undefined;
  }
  if (Array.isArray(value)) return value.map((item, index) => knownPart(item, `${path}[${index}]`, later));
  if (typeof value !== "object" || value === null) return value;
  const at = (key: string) => (path ? `${path}.${key}` : key);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, knownPart(member, at(key), later)]));
}
