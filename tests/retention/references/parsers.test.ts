import assert from "node:assert/strict";
import fc from "fast-check";
import { usesInAppSpec } from "../../../retention/references/app-spec";
import { usesInInput, usesInStates } from "../../../retention/references/states";
import {
  commonBeginning,
  couldMean,
  parseTaskDefinition,
  type Use,
} from "../../../retention/references/task-definition";
import { loadCases } from "../../cases/load";

interface Case {
  name: string;
  /** A text, its lines, or what it is as JSON. */
  given: unknown;
  named?: object;
  uses?: Use[];
}

const PARSERS: Record<string, (text: string) => unknown> = {
  "task-definitions": parseTaskDefinition,
  states: usesInStates,
  inputs: usesInInput,
  "app-specs": usesInAppSpec,
};

function textOf(given: unknown): string {
  if (typeof given === "string") return given;
  return Array.isArray(given) ? given.join("\n") : JSON.stringify(given);
}

for (const { subject, cases } of loadCases<Case>("references")) {
  describe(`what is read of ${subject}`, () => {
    for (const { name, given, named, uses } of cases) {
      it(`is told of ${name}`, () => {
        const parse = PARSERS[subject] ?? assert.fail(`no parser for ${subject}.json`);
        assert.deepEqual(parse(textOf(given)), uses ?? named);
      });
    }
  });
}

const family = fc.stringMatching(/^[a-z][a-zA-Z0-9_-]{0,20}$/);

describe("families that something could mean", () => {
  it("are all where no name has begun yet", () => {
    for (const beginning of ["", "ar", "arn:", "arn:aws:ecs:", "{}", "$x", "/x"])
      assert.equal(couldMean(beginning), "");
  });

  it("always include the one that is meant, however much of the text is known", () => {
    const prefix = fc.constantFrom("", "arn:aws:ecs:eu-central-1:111122223333:task-definition/");
    fc.assert(
      fc.property(prefix, family, fc.nat(99), fc.nat(), (arn, meant, revision, cut) => {
        const text = `${arn}${meant}:${revision}`;
        const beginning = couldMean(text.slice(0, cut % (text.length + 1)));
        return meant.startsWith(beginning);
      }),
    );
  });

  it("of several share the longest beginning that they have in common", () => {
    assert.equal(commonBeginning([]), "");
    assert.equal(commonBeginning(["checkout"]), "checkout");
    assert.equal(commonBeginning(["checkout-api", "checkout"]), "checkout");
    assert.equal(commonBeginning(["checkout", "cart"]), "c");
    fc.assert(
      fc.property(fc.array(family, { minLength: 1 }), (families) => {
        const common = commonBeginning(families);
        const longer = families[0]?.slice(0, common.length + 1) ?? "";
        return (
          families.every((each) => each.startsWith(common)) &&
          (longer === common || !families.every((each) => each.startsWith(longer)))
        );
      }),
    );
  });
});
