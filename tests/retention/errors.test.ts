import assert from "node:assert/strict";
import { PolicyError, problemText, shown } from "../../retention/errors";

describe("errors", () => {
  const problem = { path: "family", given: "nothing", expected: "a family", fix: "name it" };

  it("say where, what was given, what was expected, and the fix", () => {
    assert.equal(problemText(problem), "family: got nothing, expected a family; name it");
  });

  it("say everything that is wrong with a policy, a line each", () => {
    const error = new PolicyError([problem, { ...problem, path: "mode" }]);
    assert.equal(error.name, "PolicyError");
    assert.deepEqual(error.message.split("\n"), [problemText(problem), problemText({ ...problem, path: "mode" })]);
  });

  for (const [value, text] of [
    [undefined, "nothing"],
    [null, "null"],
    [0, "0"],
    [Number.NaN, "NaN"],
    [10n, "10"],
    [false, "false"],
    ['a "b"\n', '"a \\"b\\"\\n"'],
    ["x".repeat(500), `"${"x".repeat(80)}…"`],
    [[1, 2], "a list of 2"],
    [{ password: "hunter2" }, "an object"],
    [() => "secret", "a function"],
    [Symbol("s"), "Symbol(s)"],
  ] as const) {
    it(`show ${typeof value} as ${text.slice(0, 20)}`, () => assert.equal(shown(value), text));
  }
});
