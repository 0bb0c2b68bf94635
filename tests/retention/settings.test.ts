import assert from "node:assert/strict";
import fc from "fast-check";
import { problemText } from "../../retention/errors";
import { LONGEST_SETTINGS, readSettings } from "../../retention/settings";

const problemsOf = (value: unknown) => readSettings(value).problems?.map(problemText);
const acknowledged = { id: "rules/events:ListRules/account", reason: "no rule runs tasks here", until: "2027-03-31" };

describe("settings of the cleanup function", () => {
  it("are empty where nothing is said", () => {
    assert.deepEqual(readSettings({}), { settings: { acknowledgedGaps: [], ignoredSources: [] } });
  });

  it("are read as they were given", () => {
    const settings = { acknowledgedGaps: [acknowledged], ignoredSources: [{ source: "pipes", reason: "none here" }] };
    assert.deepEqual(readSettings(settings), { settings });
  });

  for (const until of ["2027-02-29", "2027-13-01", "2027-3-31", "2027-03-31T00:00:00Z", "soon", "", 20270331, null]) {
    it(`refuse ${JSON.stringify(until)} as a day`, () => {
      const [problem, ...others] = problemsOf({ acknowledgedGaps: [{ ...acknowledged, until }] }) ?? [];
      assert.match(problem ?? "", /^acknowledgedGaps\[0\]\.until: got .*, expected a day such as "2027-03-31"; /);
      assert.equal(others.length, 0);
    });
  }

  it("accept the 29th of February of a leap year", () => {
    assert.ok(readSettings({ acknowledgedGaps: [{ ...acknowledged, until: "2028-02-29" }] }).settings);
  });

  it("refuse an id or a reason that says nothing, or breaks lines", () => {
    for (const wrong of [
      { id: "" },
      { id: 7 },
      { reason: "" },
      { reason: "  " },
      { reason: "a\nb" },
      { reason: undefined },
    ]) {
      assert.equal(problemsOf({ acknowledgedGaps: [{ ...acknowledged, ...wrong }] })?.length, 1, JSON.stringify(wrong));
    }
  });

  it("refuse the same gap or source twice", () => {
    assert.deepEqual(problemsOf({ acknowledgedGaps: [acknowledged, { ...acknowledged, reason: "again" }] }), [
      'acknowledgedGaps[1].id: got "rules/events:ListRules/account" again, expected each once; keep one of the two',
    ]);
    const source = { source: "rules", reason: "x" };
    assert.match(problemsOf({ ignoredSources: [source, source] })?.[0] ?? "", /^ignoredSources\[1\]\.source: /);
  });

  it("refuse to leave out what tells what runs", () => {
    for (const source of ["services", "service-deployments", "tasks", "all", "", null]) {
      assert.match(
        problemsOf({ ignoredSources: [{ source, reason: "x" }] })?.[0] ?? "",
        /^ignoredSources\[0\]\.source: /,
      );
    }
  });

  it("must fit into the function's environment, counted in bytes", () => {
    const ids = [1, 2, 3].map((digit) => `${digit}`.repeat(900));
    const filledWith = (id: string) => ({
      acknowledgedGaps: [...ids, id].map((id) => ({ ...acknowledged, id })),
      ignoredSources: [],
    });
    const several = (bytes: number) => filledWith("4".repeat(bytes - JSON.stringify(filledWith("")).length));
    assert.ok(readSettings(several(LONGEST_SETTINGS)).settings);
    assert.deepEqual(problemsOf(several(LONGEST_SETTINGS + 1)), [
      "acknowledgedGaps: got 3501 bytes together with ignoredSources, expected at most 3500, which fit into the function's environment; shorten reasons, remove what is past its date, or leave a whole source out in ignoredSources",
    ]);
    const wide = Array.from({ length: 7 }, (_, index) => ({
      ...acknowledged,
      id: `${index}`,
      reason: "ä".repeat(255),
    }));
    assert.match(problemsOf({ acknowledgedGaps: wide })?.[0] ?? "", /bytes together/);
  });

  it("are either read or explained, whatever they are", () => {
    const list = fc.array(
      fc.record({ id: fc.anything(), source: fc.anything(), reason: fc.string(), until: fc.string() }),
    );
    const shaped = fc.record({
      acknowledgedGaps: fc.oneof(list, fc.anything()),
      ignoredSources: fc.oneof(list, fc.anything()),
    });
    fc.assert(
      fc.property(fc.oneof(fc.anything(), shaped), (value) => {
        const { settings, problems } = readSettings(value);
        assert.notEqual(settings === undefined, problems === undefined);
        for (const problem of problems ?? []) assert.match(problemText(problem), /^.+: got .+, expected .+; .+$/s);
      }),
    );
  });
});
