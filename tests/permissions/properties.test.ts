import assert from "node:assert/strict";
import fc from "fast-check";
import type { Container } from "../../permissions/containers";
import { executionStatements, NOTHING_NEEDED } from "../../permissions/execution";
import type { Grant } from "../../permissions/grants/grant";
import { wildcards } from "../../simulator/policy-text";
import { allowed, grantsOf, someContainers, someSettings } from "./support";

/** What a path such as `secrets[0].valueFrom` leads to. */
const at = (container: object, path: string): unknown =>
  path
    .replace(/\[(\d+)\]/g, ".$1")
    .split(".")
    .reduce((value: unknown, key) => (value as Record<string, unknown> | undefined)?.[key], container);

const asStatement = ({ resource, because: _, ...grant }: Grant) => ({ ...grant, resources: [resource] });

/** Whether IAM takes the one to match the other; these names hold no escapes. */
const covers = (pattern: string, resource: string) => wildcards(pattern).test(resource);

describe("statements of any containers", () => {
  it("do not depend on the order of containers, nor of what is in them", () => {
    fc.assert(
      fc.property(someContainers, someSettings, (containers, settings) => {
        const backwards = [...containers].reverse();
        assert.deepEqual(
          executionStatements(grantsOf(backwards, settings)),
          executionStatements(grantsOf(containers, settings)),
        );
        const turned = containers.map((each): Container => ({ ...each, secrets: [...(each.secrets ?? [])].reverse() }));
        const bare = (containers: Container[]) =>
          executionStatements(grantsOf(containers, settings)).map(({ because: _, ...statement }) => statement);
        assert.deepEqual(bare(turned), bare(containers));
      }),
    );
  });

  it("name a field that is there, of a container that is there, for each grant and statement", () => {
    fc.assert(
      fc.property(someContainers, someSettings, (containers, settings) => {
        const grants = grantsOf(containers, settings);
        for (const { because } of grants) {
          const container = containers.find(({ name }) => name === because.container);
          assert.equal(typeof at(container ?? {}, because.field), "string", `${because.container}: ${because.field}`);
        }
        const reasons = new Set(grants.map(({ because }) => `${because.container}: ${because.field}`));
        assert.deepEqual(new Set(executionStatements(grants).flatMap(({ because }) => because)), reasons);
      }),
    );
  });

  it("allow what the grants allow, all of it, and nothing besides", () => {
    fc.assert(
      fc.property(someContainers, someSettings, (containers, settings) => {
        const grants = grantsOf(containers, settings);
        fc.pre(grants.length > 0);
        const asked = allowed(grants.map(asStatement));
        const given = allowed(executionStatements(grants));
        assert.deepEqual(
          [...given].filter((each) => !asked.has(each)),
          [],
        );
        // What is missing is allowed by a pattern, or without the condition.
        for (const each of [...asked].filter((each) => !given.has(each))) {
          const [effect, action, resource = "", ...conditions] = each.split(" | ");
          const wider = [...given].some((other) => {
            const [, , pattern = "", ...needed] = other.split(" | ");
            return (
              other.startsWith(`${effect} | ${action} | `) &&
              covers(pattern, resource) &&
              needed.every((one) => conditions.includes(one))
            );
          });
          assert.ok(wider, each);
        }
      }),
    );
  });

  it("need each of their resources, under labels that are unique", () => {
    fc.assert(
      fc.property(someContainers, someSettings, (containers, settings) => {
        const statements = executionStatements(grantsOf(containers, settings));
        assert.equal(new Set(statements.map(({ sid }) => sid)).size, statements.length);
        for (const { sid, resources, because, ...statement } of statements.filter((each) => each !== NOTHING_NEEDED)) {
          assert.match(sid, /^[A-Za-z0-9]+$/);
          assert.ok(because.length > 0, sid);
          assert.deepEqual(resources, [...new Set(resources)].sort());
          for (const one of resources) {
            assert.ok(!resources.some((other) => other !== one && covers(other, one)), `${sid}: ${one}`);
          }
          const same = statements.filter(
            (other) =>
              JSON.stringify([other.actions, other.conditions]) ===
              JSON.stringify([statement.actions, statement.conditions]),
          );
          assert.equal(same.length, 1, sid);
        }
      }),
    );
  });
});
