import assert from "node:assert/strict";
import { notCoveredGaps, REFERENCE_SOURCES, SYMBOLS, UNREAD_SOURCES } from "../../retention/reference-sources";

describe("reference sources", () => {
  it("are each read or declared as not read, never both", () => {
    const ids = [...REFERENCE_SOURCES, ...UNREAD_SOURCES].map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
  });

  it("name only actions that read, each in one source, so that leaving one out takes them away", () => {
    const all = REFERENCE_SOURCES.flatMap(({ actions }) => actions);
    for (const action of all) assert.match(action, /^[a-z]+:(List|Describe|Get|BatchGet)[A-Z]/);
    assert.equal(new Set(all).size, all.length);
  });

  it("can be left out where they lie beside ECS, and only there", () => {
    for (const { id, ignorable, actions } of REFERENCE_SOURCES) {
      assert.equal(ignorable, !actions.some((action) => action.startsWith("ecs:")), id);
    }
  });

  it("say how many calls they make in letters that are all explained", () => {
    for (const { calls } of REFERENCE_SOURCES) {
      const letters = Object.values(calls).flatMap((formula) => formula.match(/\b[A-Z](?=[a-z]?\b)/g) ?? []);
      assert.ok(letters.length > 0);
      for (const letter of letters) assert.ok(SYMBOLS[letter], letter);
    }
  });

  it("that are not read block nothing and say what to do instead", () => {
    const gaps = notCoveredGaps();
    assert.equal(gaps.length, UNREAD_SOURCES.length);
    for (const gap of gaps) {
      assert.deepEqual(gap.scope, { kind: "none" });
      assert.equal(gap.cause, "not-covered");
      assert.ok(gap.remedy.length > 0);
    }
  });
});
