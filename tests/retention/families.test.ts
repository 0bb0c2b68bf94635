import assert from "node:assert/strict";
import fc from "fast-check";
import { covers, type FamilyClaim, matchesFamily, overlaps } from "../../retention/families";

const exact = (family: string): FamilyClaim => ({ family, familyMatch: "exact" });
const hashed = (family: string): FamilyClaim => ({ family, familyMatch: "hash-suffix" });

describe("families of a policy", () => {
  it("are the named one alone", () => {
    assert.ok(matchesFamily(exact("app"), "app"));
    for (const other of ["app-0123abcd", "ap", "apps", "App", ""])
      assert.ok(!matchesFamily(exact("app"), other), other);
  });

  it("with a hash suffix are the name, a hyphen and eight hexadecimal digits, and nothing else", () => {
    for (const family of ["app-0123abcd", "app-00000000", "app-ffffffff"]) {
      assert.ok(matchesFamily(hashed("app"), family), family);
    }
    const others = [
      "app",
      "app-0123abc",
      "app-0123abcde",
      "app-0123ABCD",
      "app-0123abcg",
      "app_0123abcd",
      "xapp-0123abcd",
    ];
    for (const family of [...others, "app-x-0123abcd", "app-0123abcd-0123abcd", "app-0123abcd\n", "-0123abcd"]) {
      assert.ok(!matchesFamily(hashed("app"), family), family);
    }
  });

  it("overlap exactly where there is a family that both are about, and one covers the other where all are", () => {
    const names = fc.constantFrom("app", "app-0123abcd", "app-0123abcd-0123abcd", "app-ffffffff", "other", "ap");
    const claim = fc.record({ family: names, familyMatch: fc.constantFrom("exact" as const, "hash-suffix" as const) });
    const families = ["app", "app-0123abcd", "app-0123abcd-0123abcd", "app-ffffffff", "other", "ap"].flatMap((name) => [
      name,
      `${name}-0123abcd`,
      `${name}-00000000`,
    ]);
    fc.assert(
      fc.property(claim, claim, (one, other) => {
        const shared = families.some((family) => matchesFamily(one, family) && matchesFamily(other, family));
        assert.equal(overlaps(one, other), shared);
        const isWhole = families.every((family) => !matchesFamily(other, family) || matchesFamily(one, family));
        assert.equal(covers(one, other), isWhole);
      }),
    );
  });
});
