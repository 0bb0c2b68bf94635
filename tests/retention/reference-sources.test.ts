import assert from "node:assert/strict";
import { notCoveredGaps, REFERENCE_SOURCES, UNREAD_SOURCES } from "../../retention/reference-sources";

describe("reference sources", () => {
  it("are each read or declared as not read, never both", () => {
    const ids = [...REFERENCE_SOURCES, ...UNREAD_SOURCES].map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
  });

  it("name only actions of Amazon ECS that read", () => {
    for (const action of REFERENCE_SOURCES.flatMap(({ actions }) => actions))
      assert.match(action, /^ecs:(List|Describe)/);
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
