import type { RetentionPolicy } from "./types";

/** What a policy claims: its family, or all families `<family>-` and eight hexadecimal digits. */
export type FamilyClaim = Pick<RetentionPolicy, "family" | "familyMatch">;

const SUFFIX = /^-[0-9a-f]{8}$/;
export const SUFFIX_LENGTH = 9;

/** What stands before the hash suffix of a family, as awsx names families; undefined where it has none. */
export function withoutSuffix(family: string): string | undefined {
  return SUFFIX.test(family.slice(-SUFFIX_LENGTH)) ? family.slice(0, -SUFFIX_LENGTH) : undefined;
}

/** Whether a policy is about that family: nothing of any other may be removed by it. */
export function matchesFamily({ family, familyMatch }: FamilyClaim, named: string): boolean {
  return family === (familyMatch === "hash-suffix" ? withoutSuffix(named) : named);
}

/** Whether every family that the second is about is one of the first's too. */
export function covers(one: FamilyClaim, other: FamilyClaim): boolean {
  return overlaps(one, other) && (one.familyMatch === "hash-suffix" || other.familyMatch === "exact");
}

/** Whether there can be a family that both are about. */
export function overlaps(one: FamilyClaim, other: FamilyClaim): boolean {
  if (one.familyMatch === other.familyMatch) return one.family === other.family;
  // One family alone overlaps a line of families where it belongs to that line.
  return one.familyMatch === "hash-suffix" ? matchesFamily(one, other.family) : matchesFamily(other, one.family);
}
