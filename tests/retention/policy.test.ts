import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { problemText } from "../../retention/errors";
import { canonicalPolicy, DEFAULTS, policyHash, readPolicy } from "../../retention/policy";
import type { RetentionPolicy } from "../../retention/types";
import { loadCases } from "../cases/load";

interface PolicyCase {
  name: string;
  given: unknown;
  policy?: RetentionPolicy;
  problems?: string[];
}

describe("retention policy", () => {
  for (const { subject, cases } of loadCases<PolicyCase>("policies")) {
    describe(subject, () => {
      for (const { name, given, policy, problems } of cases) {
        it(name, () => {
          const result = readPolicy(given);
          assert.deepEqual(result.policy, policy);
          assert.deepEqual(result.problems?.map(problemText), problems);
        });
      }
    });
  }

  it("puts the origin before each path", () => {
    const { problems = [] } = readPolicy({ family: "a", mode: 1, images: 2 }, { origin: "checkout.json" });
    assert.deepEqual(
      problems.map(({ path }) => path),
      ["checkout.json: images", "checkout.json: mode"],
    );
  });

  it("takes nothing from a prototype", () => {
    const given = Object.create({ mode: "enforce", unknown: 1 });
    given.family = "a";
    assert.equal(readPolicy(given).policy?.mode, "report");
  });

  it("hands out defaults that a caller can change without changing them for others", () => {
    readPolicy({ family: "a" }).policy?.taskDefinitions.pinned.push("a:1");
    assert.deepEqual(readPolicy({ family: "a" }).policy?.taskDefinitions.pinned, []);
    assert.deepEqual(DEFAULTS.taskDefinitions.pinned, []);
  });

  it("accepts a policy that it completed, unchanged", () => {
    const { policy } = readPolicy({ family: "a", taskDefinitions: { pinned: ["a:3"] } });
    assert.deepEqual(readPolicy(policy).policy, policy);
  });

  it("either completes or explains whatever it is given", () => {
    fc.assert(
      fc.property(fc.anything(), (given) => {
        const { policy, problems } = readPolicy(given);
        assert.notEqual(policy === undefined, problems === undefined);
        for (const problem of problems ?? []) assert.match(problemText(problem), /^.+: got .+, expected .+; .+$/s);
      }),
    );
  });
});

describe("canonical policy", () => {
  it("sorts the keys of every level and writes no white space", () => {
    const policy = { b: [{ z: 1, a: "x y" }, null], a: { "10": true, "9": false } };
    assert.equal(canonicalPolicy(policy), '{"a":{"10":true,"9":false},"b":[{"a":"x y","z":1},null]}');
  });

  it("leaves out what JSON leaves out", () => {
    assert.equal(canonicalPolicy({ a: undefined, b: 1 }), '{"b":1}');
  });

  it("keeps __proto__ as a key, so that it changes the hash", () => {
    assert.notEqual(policyHash(JSON.parse('{"a":1,"__proto__":{}}')), policyHash({ a: 1 }));
  });

  it("is the same before and after a trip through JSON, and means the same value", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const canonical = canonicalPolicy(value);
        assert.equal(canonicalPolicy(JSON.parse(JSON.stringify(value))), canonical);
        assert.deepEqual(JSON.parse(canonical), JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it("does not depend on the order of keys", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        assert.equal(canonicalPolicy(reversed), canonicalPolicy(value));
      }),
    );
  });

  it("is hashed with sha256, in hex, without any default filled in", () => {
    const expected = createHash("sha256").update('{"family":"a"}').digest("hex");
    assert.equal(policyHash({ family: "a" }), expected);
    assert.notEqual(policyHash(readPolicy({ family: "a" }).policy), expected);
  });
});
