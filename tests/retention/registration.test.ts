import assert from "node:assert/strict";
import { problemText } from "../../retention/errors";
import { policyHash } from "../../retention/policy";
import { claimsOf, readRegistration } from "../../retention/registration";

const KEY = "policies/shop/prod/checkout-0a1b2c3d.json";
const ROLE = "arn:aws:iam::111122223333:role/ecs-retention/eu-west-1/checkout-9f";
const read = (value: unknown) => readRegistration(JSON.stringify(value), KEY);
const problemsOf = (value: unknown) => read(value).problems?.map(problemText);

describe("registration", () => {
  it("gives the policy complete, the role, and the hash of the policy as it was written", () => {
    const policy = { mode: "enforce", family: "checkout" };
    const result = read({ version: 1, policy, cleanupRoleArn: ROLE });
    assert.equal(result.registration?.policy.taskDefinitions.keepRevisions, 10);
    assert.equal(result.registration?.cleanupRoleArn, ROLE);
    assert.equal(result.registration && result.hash, policyHash(policy));
  });

  it("needs no role in mode report", () => {
    assert.ok(read({ version: 1, policy: { family: "checkout" } }).registration);
  });

  it("says the same about a wrong policy as the validator does", () => {
    assert.deepEqual(problemsOf({ version: 1, policy: { family: "a", taskDefinitions: { keepRevisions: 0 } } }), [
      "taskDefinitions.keepRevisions: got 0, expected a whole number of at least 1; keep at least the newest revision, which deployments without a revision run",
    ]);
  });

  it("says everything that is wrong at once", () => {
    assert.deepEqual(
      problemsOf({ version: 3, policy: {}, cleanupRoleArn: "*", owner: "x" })?.map((text) => text.split(":")[0]),
      ["owner", "version", "cleanupRoleArn", "family"],
    );
  });

  for (const [name, body] of [
    ["an empty object in the store", ""],
    ["an object that was cut off", '{"version":1,"policy":{"family":"chec'],
    ["a page of HTML", "<html>"],
  ] as const) {
    it(`refuses ${name} without quoting it`, () => {
      assert.deepEqual(readRegistration(body, KEY).problems?.map(problemText), [
        `${KEY}: got ${body.length} characters that are not JSON, expected a registration; deploy the service again`,
      ]);
    });
  }

  for (const body of [
    "null",
    "[]",
    '"checkout"',
    "7",
    "{}",
    '{"policy":null}',
    '{"__proto__":{"policy":{"family":"a"}}}',
  ]) {
    it(`refuses ${body}`, () => assert.ok((readRegistration(body, KEY).problems?.length ?? 0) > 0));
  }

  for (const mode of ["enforce", "retire"]) {
    it(`refuses ${mode} without a role that may remove`, () => {
      assert.deepEqual(problemsOf({ version: 1, policy: { family: "a", mode } }), [
        `cleanupRoleArn: got nothing, expected the ARN of the cleanup role, for the mode is "${mode}"; deploy the service again; nobody else may remove for it`,
      ]);
    });
  }

  for (const arn of ["arn:aws:iam::111122223333:user/x", "arn:aws:iam::1:role/x", `${ROLE}\n`, 7, null, ""]) {
    it(`refuses ${JSON.stringify(arn)} as a role`, () => {
      const problems = problemsOf({ version: 1, policy: { family: "a", mode: "enforce" }, cleanupRoleArn: arn });
      assert.equal(problems?.length, 1);
      assert.match(problems[0] ?? "", /^cleanupRoleArn: /);
    });
  }
});

describe("claims", () => {
  const claim = (key: string, family: string, familyMatch = "exact") => {
    const { registration } = read({ version: 1, policy: { family, familyMatch } });
    assert.ok(registration);
    return { key, registration };
  };

  it("are no problem where each family is claimed once, prefixes of each other too", () => {
    assert.equal(claimsOf([claim("a", "checkout"), claim("b", "checkout-api"), claim("c", "check")]).size, 0);
  });

  it("are a problem of each that claims the same family, naming the others", () => {
    const problems = claimsOf([claim("a", "x"), claim("b", "y"), claim("c", "x"), claim("d", "x")]);
    assert.deepEqual([...problems.keys()], ["a", "c", "d"]);
    assert.equal(
      problemText(problems.get("c") as never),
      'family: got "x", also claimed by a, d, expected a family that one policy alone claims; remove one of the policies; until then nothing of this family is removed',
    );
  });

  it("of a line of families overlap with the line of the same name and with each single family in it", () => {
    const problems = claimsOf([
      claim("line", "x", "hash-suffix"),
      claim("same", "x", "hash-suffix"),
      claim("one", "x-0123abcd"),
      claim("name", "x"),
      claim("longer", "x-0123abcd", "hash-suffix"),
      claim("other", "y-0123abcd"),
    ]);
    assert.deepEqual(
      [...problems].map(([key, { given }]) => [key, given]),
      [
        ["line", '"x" with any hash suffix, also claimed by same, one'],
        ["same", '"x" with any hash suffix, also claimed by line, one'],
        ["one", '"x-0123abcd", also claimed by line, same'],
      ],
    );
  });
});
