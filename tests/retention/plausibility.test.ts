import assert from "node:assert/strict";
import { implausibleGap, lostFamilies, referencedFamilies } from "../../retention/plausibility";
import type { Reference } from "../../retention/types";

const SERVICE = "arn:aws:ecs:eu-west-1:111122223333:service/blue/checkout";
const reference = (family: string, by: string): Reference => ({
  source: "services",
  by,
  target: { kind: "revision", family, revision: 1 },
});
const families = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${index}`, []]));
const named = (count: number) => Array.from({ length: count }, (_, index) => `f${index}`);

describe("referenced families", () => {
  it("name the services behind them, each once, their deployments as the service itself", () => {
    const referenced = referencedFamilies([
      reference("checkout", SERVICE),
      reference("checkout", `${SERVICE}#ecs-svc/1`),
      reference("checkout", "arn:aws:ecs:eu-west-1:111122223333:task/blue/0a"),
      reference("nightly", "arn:aws:scheduler:eu-west-1:111122223333:schedule/default/service/x"),
      reference("__proto__", SERVICE),
    ]);
    assert.deepEqual(Object.entries(referenced), [
      ["checkout", [SERVICE]],
      ["nightly", []],
      ["__proto__", [SERVICE]],
    ]);
    assert.deepEqual(lostFamilies(JSON.parse(JSON.stringify(referenced)), referenced), []);
  });

  it("are lost where nothing refers to them any more", () => {
    assert.deepEqual(lostFamilies({ b: [], a: [], c: [] }, { c: [], d: [] }), ["a", "b"]);
    assert.deepEqual(lostFamilies({ constructor: [] } as never, {}), ["constructor"]);
  });
});

describe("families that lose all references at once", () => {
  const isImplausible = (before: number, lost: number) => implausibleGap(families(before), named(lost)) !== undefined;

  it("are implausible from the fifth on, and where they are more than a fifth", () => {
    assert.deepEqual([isImplausible(5, 4), isImplausible(5, 5)], [false, true]);
    assert.deepEqual([isImplausible(24, 5), isImplausible(25, 5)], [true, false]);
    assert.deepEqual([isImplausible(100, 20), isImplausible(100, 21)], [false, true]);
    assert.equal(isImplausible(0, 0), false);
  });

  it("block the account, name ten of them, and can be acknowledged", () => {
    assert.deepEqual(implausibleGap(families(20), named(12)), {
      id: "implausible-references",
      source: "references",
      scope: { kind: "account" },
      cause: "implausible",
      detail: "12 of 20 families lost all references since the last run: f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, …",
      remedy: "see whether these services still run; where they were meant to go, acknowledge the gap",
    });
    assert.match(implausibleGap(families(10), named(10))?.detail ?? "", /f8, f9$/);
  });
});
