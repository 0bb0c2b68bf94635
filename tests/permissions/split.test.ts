import assert from "node:assert/strict";
import fc from "fast-check";
import { executionStatements, NOTHING_NEEDED } from "../../permissions/execution";
import { policyDocuments } from "../../permissions/split";
import type { Statement } from "../../permissions/statement";
import { problemText } from "../../retention/errors";
import { allowed, grantsOf, someContainers, someSettings, withSecrets } from "./support";

interface Rendered {
  Sid: string;
  Effect: string;
  Action: string[];
  Resource: string[];
  Condition?: Statement["conditions"];
}

/** The statements of a document. */
function parsed(document: string): Statement[] {
  const { Statement: statements } = JSON.parse(document) as { Statement: Rendered[] };
  return statements.map(({ Sid, Effect, Action, Resource, Condition }) => ({
    sid: Sid,
    ...(Effect === "Deny" && { effect: "Deny" }),
    actions: Action,
    resources: Resource,
    ...(Condition && { conditions: Condition }),
  }));
}

const KEYS = {
  keys: {
    secretsManager: ["arn:aws:kms:eu-west-1:111122223333:key/a", "arn:aws:kms:eu-west-1:111122223333:key/b"],
    systemsManager: [],
    s3: [],
  },
};
const secretsOf = (count: number, settings = {}) => executionStatements(grantsOf([withSecrets(count)], settings));
const nothing = [...allowed([NOTHING_NEEDED])];

describe("the policies of a role", () => {
  it("allow together exactly what the statements allow, none longer than AWS takes, or name the count that does", () => {
    const statements = fc.oneof(
      fc
        .tuple(someContainers, someSettings)
        .map(([containers, settings]) => executionStatements(grantsOf(containers, settings))),
      fc
        .tuple(fc.integer({ min: 1, max: 200 }), fc.constantFrom({}, KEYS))
        .map(([count, keys]) => secretsOf(count, keys)),
    );
    fc.assert(
      fc.property(statements, fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined }), (statements, count) => {
        const { documents, problem } = policyDocuments(statements, count);
        if (!documents) {
          const enough = Number(/^set policyCount: (\d+)/.exec(problem.fix)?.[1]);
          assert.ok(enough > (count ?? 0), problemText(problem));
          assert.equal(policyDocuments(statements, enough).documents?.length, enough);
          return;
        }
        assert.equal(documents.length, count ?? 1);
        for (const document of documents) {
          assert.ok(document.length <= (count ? 6_144 : 10_240));
          const sids = parsed(document).map(({ sid }) => sid);
          assert.ok(sids.length > 0);
          assert.equal(new Set(sids).size, sids.length);
        }
        const given = [...allowed(documents.flatMap(parsed))].filter((each) => !nothing.includes(each));
        const asked = [...allowed(statements)].filter((each) => !nothing.includes(each));
        assert.deepEqual(given.sort(), asked.sort());
        assert.deepEqual(policyDocuments(statements, count).documents, documents);
      }),
      { numRuns: 60 },
    );
  });

  it("hold 200 secrets, also with their keys, in as many as the message names", () => {
    for (const [settings, expected] of [
      [{}, 3],
      [KEYS, 6],
    ] as const) {
      const statements = secretsOf(200, settings);
      const { problem } = policyDocuments(statements);
      const message = problem && problemText(problem);
      assert.match(message ?? "", /^policyCount: got nothing, for statements of \d+ characters, expected/);
      assert.match(message ?? "", new RegExp(`; set policyCount: ${expected}$`));
      assert.ok(policyDocuments(statements, expected).documents);
      assert.match(policyDocuments(statements, 2).problem?.fix ?? "", new RegExp(`^set policyCount: ${expected}$`));
    }
  });

  it("are evenly filled: none holds half as much again as the mean", () => {
    for (const secrets of [40, 100, 200]) {
      for (const count of [4, 5, 8]) {
        const lengths = policyDocuments(secretsOf(secrets), count).documents?.map(({ length }) => length) ?? [];
        const mean = lengths.reduce((sum, length) => sum + length, 0) / count;
        assert.ok(Math.max(...lengths) < mean * 1.5, `${secrets} in ${count}: ${lengths}`);
      }
    }
  });

  it("change little with one secret: most of them stay as they are", () => {
    const changes: number[] = [];
    for (const count of [4, 5, 8]) {
      for (let secrets = 60; secrets < 160; secrets += 7) {
        const [before, after] = [secrets, secrets + 1].map(
          (each) => policyDocuments(secretsOf(each), count).documents ?? [],
        );
        changes.push(after?.filter((document, index) => document !== before?.[index]).length ?? count);
      }
    }
    const mean = changes.reduce((sum, each) => sum + each, 0) / changes.length;
    assert.ok(mean < 2, `${mean}: ${changes}`);
  });

  it("say of those that have nothing to allow that nothing is needed", () => {
    const [statement] = executionStatements([]);
    assert.deepEqual(
      policyDocuments([], 2)
        .documents?.flatMap(parsed)
        .map(({ sid }) => sid),
      ["NothingNeeded", "NothingNeeded"],
    );
    assert.equal(statement, NOTHING_NEEDED);
    const sids = policyDocuments(secretsOf(0), 20)
      .documents?.flatMap(parsed)
      .map(({ sid }) => sid);
    assert.ok(sids?.includes("NothingNeeded") && sids.includes("PullImages"));
  });

  it("are as many as AWS attaches to a role, and beyond the usual quota the message says so", () => {
    for (const count of [0, 21, 1.5, Number.NaN]) {
      assert.match(policyDocuments([], count).problem?.expected ?? "", /^a whole number from 1 to 20/);
    }
    assert.match(policyDocuments(secretsOf(800)).problem?.fix ?? "", /^set policyCount: 1[1-9]; .* higher quota$/);
    assert.match(
      policyDocuments(secretsOf(1_009, KEYS)).problem?.fix ?? "",
      /a task definition and role of their own$/,
    );
  });
});
