import * as pulumi from "@pulumi/pulumi";
import { problemText } from "../retention/errors";
import { isWithin, within } from "../retention/fields";
import type { Problem } from "../retention/types";

/** What to throw where a component's input is wrong. */
export function inputError(component: string, problems: Problem[]): pulumi.InputPropertiesError {
  return new pulumi.InputPropertiesError({
    message: [`${component}:`, ...problems.map(problemText)].join("\n  "),
    errors: problems.map((problem) => ({ propertyPath: problem.path, reason: problemText(problem) })),
  });
}

/**
 * Whether the part of an input at a path is known in full by now. What is not is `undefined` in the value beside it, and
 * problems at its own path or within do not count.
 */
export type IsKnown = (path: string) => boolean;

interface Checked {
  problems?: Problem[];
}

/**
 * Checks an input twice: now, as far as it is known, so that nothing is registered after an obvious mistake; and once it
 * is known in full, before anything that depends on it.
 *
 * @param path Where the input stands in the component's arguments; empty for the arguments themselves.
 */
export function checked<T, R extends Checked>(
  component: string,
  path: string,
  input: pulumi.Input<T>,
  check: (value: pulumi.Unwrap<T>, isKnown: IsKnown) => R,
): pulumi.Output<Exclude<R, { problems: Problem[] }>> {
  checkKnown(component, path, input, check);
  return pulumi.output(input).apply((value) => {
    const result = check(value, () => true);
    if (result.problems && result.problems.length > 0) throw inputError(component, result.problems);
    return result as Exclude<R, { problems: Problem[] }>;
  });
}

/** The first half of {@link checked}: where parts of an input go on separately, all that is wrong is told at once. */
export function checkKnown<T>(
  component: string,
  path: string,
  input: pulumi.Input<T>,
  check: (value: pulumi.Unwrap<T>, isKnown: IsKnown) => Checked,
): void {
  const later: string[] = [];
  const known = knownPart(input, path, later) as pulumi.Unwrap<T>;
  if (later.includes(path)) return;
  const isKnown: IsKnown = (part) => !later.some((at) => isWithin(at, part) || isWithin(part, at));
  const problems = check(known, isKnown).problems ?? [];
  const certain = problems.filter((problem) => !later.some((at) => isWithin(problem.path, at)));
  if (certain.length > 0) throw inputError(component, certain);
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

/** The value without its outputs and promises; their paths are added to `later`. */
function knownPart(value: unknown, path: string, later: string[]): unknown {
  if (pulumi.Output.isInstance(value) || value instanceof Promise) {
    later.push(path);
    return undefined;
  }
  if (Array.isArray(value)) return Array.from(value, (item, index) => knownPart(item, `${path}[${index}]`, later));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, knownPart(member, within(path, key), later)]),
  );
}
