import assert from "node:assert/strict";
import { executionStatements } from "../../permissions/execution";
import { FIELD_GRANTS } from "../../permissions/grants/fields";
import { volumeGrants } from "../../permissions/grants/volumes";
import type { Statement } from "../../permissions/statement";
import { tasksTrust } from "../../permissions/trust";
import { World } from "../../simulator";
import { grantsOf, insteadOf, type Start, startsOf, statementsOf } from "./support/execution";
import { CASES, EVERYTHING, HERE, startAll } from "./support/execution-cases";
import { disprovedPart } from "./support/execution-proof";

describe("an execution role that is not exact is noticed:", () => {
  const statements = statementsOf(EVERYTHING);
  const names = statements.map(({ sid }) => sid);
  const of = { ...EVERYTHING, policyCount: 10 };
  let starts: Start[];
  /** Whether some task does not start. */
  const isMissed = async (left: Statement[]) => {
    for await (const { started } of startsOf(of, { statements: left })) if (!started) return true;
    return false;
  };
  /** Labels of the statements about which something does not hold once statements are changed like this. */
  const blamed = async (check: string, change: (statement: Statement) => Statement) => {
    const changed = starts.map((start) => insteadOf(start, of, { statements: statements.map(change) }));
    const lines = await disprovedPart(changed);
    const found = lines.flatMap(
      (line) => new RegExp(`^${check}: execution role of everything (\\w+): `).exec(line)?.[1] ?? [],
    );
    return [...new Set(found)].sort();
  };
  /** The statement alone that has this label. */
  const only = (sid: string, change: (statement: Statement) => Statement) => (statement: Statement) =>
    statement.sid === sid ? change(statement) : statement;

  before(async () => {
    starts = await startAll(of);
  });

  it("one without any one statement", async () => {
    assert.equal(await isMissed(statements), false);
    for (const { sid } of statements) assert.ok(await isMissed(statements.filter((each) => each.sid !== sid)), sid);
  });

  it("one that forgets what any one field asks for", async () => {
    const grants = grantsOf(of);
    const fields = new Map(grants.map(({ because }) => [`${because.container}: ${because.field}`, because]));
    for (const { field } of [...FIELD_GRANTS, volumeGrants]) {
      assert.ok(
        [...fields.values()].some((each) => each.field.startsWith(field)),
        `everything has no ${field}`,
      );
    }
    for (const [name, { container, field }] of fields) {
      const left = grants.filter(({ because }) => because.container !== container || because.field !== field);
      assert.ok(await isMissed(executionStatements(left)), name);
    }
  });

  it("one with another action, resource or value of a condition in any statement", async () => {
    const more = (values: string | string[] = []) => [...[values].flat(), `${[values].flat().at(-1)}-more`];
    assert.deepEqual(
      await blamed("necessary", (each) => ({ ...each, actions: [...each.actions, "ecr:PutImage"] })),
      names,
    );
    assert.deepEqual(await blamed("necessary", (each) => ({ ...each, resources: more(each.resources) })), names);
    const conditional = statements.filter(({ conditions }) => conditions).map(({ sid }) => sid);
    assert.deepEqual(await blamed("necessary", (each) => withConditions(each, more)), conditional);
  });

  it("one that others than ECS, or ECS of another account or Region, can take on", async () => {
    const [trust] = tasksTrust({ ...HERE, partition: "aws" });
    assert.ok(trust);
    const judged = (changed: Statement) =>
      disprovedPart(starts.map((start) => insteadOf(start, of, { statements, trust: [changed] })));
    assert.deepEqual(await judged(trust), []);
    const others = await judged({ ...trust, principal: { ...(trust.principal as object), AWS: HERE.account } });
    assert.match(
      others.join("\n"),
      /^necessary: trust of execution role of everything RunTasks: principal 111122223333 /m,
    );
    const anyRegion = await judged(
      withConditions(trust, (values, key) => (key === "aws:SourceArn" ? undefined : values)),
    );
    assert.match(anyRegion.join("\n"), /^tight: trust of execution role of everything RunTasks: .*\(source region\)/m);
    const anybody = await judged({ ...trust, conditions: {} });
    assert.match(anybody.join("\n"), /^tight: trust of execution role of everything RunTasks: .*\(source account\)/m);
  });

  it("one with a wildcard as the action or resource of any statement", async () => {
    const every = ({ actions: [action = ""], ...each }: Statement) => ({
      ...each,
      actions: [action.replace(/:.*/, ":*")],
    });
    assert.deepEqual(await blamed("wildcard", every), names);
    // AWS cannot scope these two.
    const scoped = names.filter((sid) => sid !== "LogInToRegistry" && sid !== "DescribeFileSystems");
    assert.deepEqual(await blamed("wildcard", (each) => ({ ...each, resources: ["*"] })), scoped);
  });

  it("one that lets any statement reach a neighbour's, by a pattern or without one of its conditions", async () => {
    for (const { sid, resources = [], conditions = {} } of statements) {
      const [first = "", ...others] = resources;
      if (first !== "*") {
        const pattern = first.replace(/[^:/]+(\/\*|:\*)?$/, "*");
        assert.deepEqual(
          await blamed(
            "tight",
            only(sid, (each) => ({ ...each, resources: [pattern, ...others] })),
          ),
          [sid],
        );
      }
      for (const key of Object.values(conditions).flatMap(Object.keys)) {
        const left = only(sid, (each) => withConditions(each, (values, name) => (name === key ? undefined : values)));
        assert.deepEqual(await blamed("tight", left), [sid], key);
      }
    }
  });

  it("whether policies are decided one by one or together", async () => {
    const some = CASES.find(({ name }) => name === "one-key-for-everything");
    assert.ok(some);
    const changed = (await startAll(some)).map((start) =>
      insteadOf(start, some, {
        statements: statementsOf(some).map(({ conditions: _, ...each }) => ({ ...each, resources: ["*"] })),
      }),
    );
    const lines = await disprovedPart(changed);
    assert.ok(lines.length > 10, `${lines.length}`);
    assert.deepEqual(await disprovedPart(changed, new World().gate.iam), lines);
  });
});

type Values = string | string[];

/** The statement with other values of each condition; those left undefined are dropped. */
function withConditions(statement: Statement, change: (values: Values, key: string) => Values | undefined): Statement {
  const conditions = Object.entries(statement.conditions ?? {}).map(([operator, keys]) => {
    const changed = Object.entries(keys).flatMap(([key, values]) => {
      const left = change(values, key);
      return left === undefined ? [] : [[key, left]];
    });
    return [operator, Object.fromEntries(changed)];
  });
  return { ...statement, conditions: Object.fromEntries(conditions) };
}
