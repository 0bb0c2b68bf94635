import assert from "node:assert/strict";
import fc from "fast-check";
import type { Statement } from "../../permissions/statement";
import { someContainers, someSettings, withSecrets } from "../permissions/support";
import { type ExecutionCase, type Start, statementsOf } from "./support/execution";
import { CASES, evidenceOf, HERE, refusals, startAll } from "./support/execution-cases";
import { disproved, disprovedPart } from "./support/execution-proof";

const MANY: ExecutionCase = {
  ...HERE,
  name: "200-secrets-in-managed-policies",
  containerDefinitions: [withSecrets(200) as object],
  policyCount: 4,
};

describe("execution roles of every field and form that needs a right", () => {
  const starts = new Map<ExecutionCase, Start[]>();

  before(async () => {
    for (const of of CASES) starts.set(of, await startAll(of));
  });

  for (const of of CASES) {
    it(`start a task of ${of.name.replaceAll("-", " ")}`, () => {
      assert.deepEqual(refusals(starts.get(of) ?? []), []);
    });
  }

  it("hold nothing that no start needs, and let no start do a neighbour's", async () => {
    assert.deepEqual(await disproved(evidenceOf([...starts.values()].flat())), []);
  });

  it("do so for 200 secrets in managed policies", async () => {
    const starts = await startAll(MANY);
    assert.deepEqual(refusals(starts), []);
    assert.deepEqual(await disprovedPart(evidenceOf(starts)), []);
  });

  it("do so whatever containers share", async () => {
    await fc.assert(
      fc.asyncProperty(someContainers, someSettings, async (containers, settings) => {
        const of: ExecutionCase = {
          ...HERE,
          name: "generated",
          containerDefinitions: containers as object[],
          settings,
        };
        fc.pre(!namesSecretBothWays(statementsOf(of)));
        const starts = await startAll(of);
        assert.deepEqual(refusals(starts), []);
        assert.deepEqual(await disprovedPart(evidenceOf(starts)), []);
      }),
      { numRuns: 6 },
    );
  });
});

/** With and without its random characters, in other versions: no statement could hold both exactly. */
function namesSecretBothWays(statements: Statement[]): boolean {
  const resources = statements.flatMap(({ resources = [] }) => resources);
  return resources.some((each) => /-AbCdEf$/.test(each) && resources.includes(each.replace(/.{6}$/, "??????")));
}
