import type { Problem } from "./types";

const LONGEST_SHOWN = 80;

/** One sentence: where, what was given, what was expected, and the fix. */
export function problemText({ path, given, expected, fix }: Problem): string {
  return `${path}: got ${given}, expected ${expected}; ${fix}`;
}

/** A value in the words of an error message: strings quoted and cut, objects and lists only named. */
export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  if (typeof value === "function") return "a function";
  if (typeof value !== "string") return String(value);
  return JSON.stringify(value.length > LONGEST_SHOWN ? `${value.slice(0, LONGEST_SHOWN)}…` : value);
}

/** A retention policy that nothing may be planned by. */
export class PolicyError extends Error {
  readonly problems: Problem[];

  constructor(problems: Problem[]) {
    super(problems.map(problemText).join("\n"));
    this.name = "PolicyError";
    this.problems = problems;
  }
}
