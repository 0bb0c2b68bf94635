import assert from "node:assert/strict";
import { isGood, loadRegistration, loadRegistrations } from "../../cleanup/registrations";
import type { Store } from "../../retention/types";

/** A store that lists more than it gives, as one does that changes meanwhile. */
function storeOf(objects: Record<string, string | undefined>): Store {
  return {
    get: async (key) => (objects[key] === undefined ? undefined : { body: objects[key], etag: "1" }),
    put: async () => assert.fail("nothing is written"),
    list: async (prefix) =>
      Object.keys(objects)
        .filter((key) => key.startsWith(prefix))
        .map((key) => ({ key, etag: "1" })),
  };
}

describe("loadRegistrations", () => {
  it("reads what lies below policies/, and nothing else", async () => {
    const good = JSON.stringify({ policy: { family: "checkout" } });
    const store = storeOf({ "policies/a/b/c.json": good, "policies/gone.json": undefined, "reports/x.json": good });
    const loaded = await loadRegistrations(store);
    assert.deepEqual(
      loaded.map(({ key }) => key),
      ["policies/a/b/c.json"],
    );
    assert.ok(loaded[0] && isGood(loaded[0]));
    assert.equal(loaded[0].etag, "1");
  });
});

describe("loadRegistration", () => {
  it("gives the problems of a broken one, and what it claims as far as that can be read", () => {
    const broken = (body: string) => {
      const loaded = loadRegistration(body, "key");
      assert.ok(!isGood(loaded));
      assert.ok(loaded.problems.length > 0);
      return loaded.claim;
    };
    assert.deepEqual(broken(JSON.stringify({ policy: { family: "checkout", keep: 1 } })), {
      family: "checkout",
      familyMatch: "exact",
    });
    const line = { family: "checkout", familyMatch: "hash-suffix" };
    assert.deepEqual(broken(JSON.stringify({ policy: { ...line, keep: 1 } })), line);
    assert.equal(broken(JSON.stringify({ policy: { family: 7 } })), undefined);
    for (const body of ["", "{", "null", "[]", '"text"', "{}", '{"policy":null}'])
      assert.equal(broken(body), undefined);
  });
});
