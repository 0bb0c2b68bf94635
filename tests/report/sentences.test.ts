import assert from "node:assert/strict";
import { becauseText, notAppliedText, outcomeText, RULES_WITH_SENTENCES, referencesText } from "../../report/sentences";
import { REVISION_RULES } from "../../retention/revisions/rules";
import type { Postponement } from "../../retention/types";
import { DAY, NOW, orders, reference, report, service, web } from "./fixtures";

describe("the sentence of a verdict", () => {
  for (const { id } of REVISION_RULES) {
    it(`exists for rule ${id}`, () => assert.ok(RULES_WITH_SENTENCES.includes(id)));
  }

  it("names what uses a revision, two at most, and counts the rest", () => {
    const references = ["a", "b", "c", "d"].map((name) => reference("services", `service/shop/${name}`, "checkout", 1));
    assert.equal(
      becauseText({ rule: "referenced", references }),
      "in use by service shop/a, service shop/b and 2 more",
    );
    assert.equal(referencesText(references.slice(0, 2)), "service shop/a and service shop/b");
  });

  it("names the service whose deployment needs a revision", () => {
    const one = reference("services", "service/shop/checkout#ecs-svc/6059926749441421403", "checkout", 1);
    assert.equal(referencesText([one]), "deployment of service shop/checkout");
  });

  it("does not name a service's deployments and task sets beside the service", () => {
    const by = ["service/shop/a", "service/shop/a#ecs-svc/1", "service/shop/b#ecs-svc/2"];
    const references = by.map((each) => reference("services", each, "checkout", 1));
    assert.equal(referencesText(references), "service shop/a and deployment of service shop/b");
  });

  it("shortens the id of a task and leaves what is no ARN as it is", () => {
    const task = reference("tasks", "task/shop/0f9a1b2c3d4e5f60718293a4b5c6d7e8", "checkout", 1);
    assert.equal(referencesText([task]), "task shop/0f9a1b2c…");
    assert.equal(referencesText([{ ...task, by: "ecs-svc/1" }]), "ecs-svc/1");
  });

  it("says until when, and from when to when for several", () => {
    const because = { rule: "too-young", references: [], until: NOW };
    assert.equal(becauseText(because), "younger than keepFor, kept until 2026-11-20 14:03 UTC");
    assert.match(
      becauseText({ ...because, rule: "recently-used" }),
      /^in use less than unusedFor ago, kept until 2026/,
    );
    assert.equal(
      becauseText(because, NOW + 3 * DAY),
      "younger than keepFor, kept until 2026-11-20 (the first) to 2026-11-23 (the last)",
    );
  });

  it("says of a service that is gone that its family is in use, whichever revision that is", () => {
    const because = { rule: "referenced", references: [reference("tasks", "task/shop/a", "checkout", 1)] };
    assert.equal(becauseText(because, undefined, "retire"), "its family is in use by task shop/a");
  });

  it("says what was not read", () => {
    assert.equal(
      becauseText({ rule: "unread", references: [], note: "its date of registration was not read" }),
      "nothing may be concluded: its date of registration was not read",
    );
  });

  it("falls back to the id and note of a rule it does not know", () => {
    assert.equal(becauseText({ rule: "held", references: [], note: "by tag" }), "held (by tag)");
  });
});

describe("the sentence of an outcome", () => {
  it("is what happened, with its cause", () => {
    assert.equal(outcomeText({ action: "deregister", result: "done" }), "deregistered");
    assert.equal(outcomeText({ action: "delete", result: "done" }), "deleted");
    assert.equal(
      outcomeText({ action: "delete", result: "failed", cause: "ServerException" }),
      "failed: ServerException",
    );
    assert.equal(outcomeText(undefined), "");
  });

  it("names what uses a revision by now, or what holds it", () => {
    const references = [reference("services", "service/shop/a", "orders", 3)];
    const spared = { action: "delete", result: "spared" } as const;
    assert.equal(outcomeText({ ...spared, references }), "spared: now in use by service shop/a");
    assert.equal(outcomeText({ ...spared, cause: "held by its tag" }), "spared: held by its tag");
  });

  it("differs by what postponed it, and prefers what the run says of it", () => {
    const by: Postponement[] = ["time", "pace", "limit", "stop", "changed", "refused", "declined"];
    const texts = by.map((postponedBy) => outcomeText({ action: "delete", result: "postponed", postponedBy }));
    assert.equal(new Set(texts).size, by.length);
    assert.ok(
      texts.every((text) => text.startsWith("postponed: ")),
      texts.join("\n"),
    );
    assert.equal(
      outcomeText({ action: "delete", result: "postponed", postponedBy: "stop", cause: "control/STOP" }),
      "postponed: control/STOP",
    );
  });
});

describe("the sentence about rules that were not applied", () => {
  const unremembered = (name: string, notApplied: string[]) => {
    const { plan, ...rest } = service(name, []);
    return { ...rest, ...(plan && { plan: { ...plan, notApplied } }) };
  };

  it("is said once for all services and names the option that changes it", () => {
    const services = [unremembered("a", ["among-successful", "recently-used"]), unremembered("b", ["recently-used"])];
    assert.equal(
      notAppliedText(report(services)),
      "plan without --store did not apply: among-successful, recently-used; what they keep may be shown as removable",
    );
  });

  it("is absent where everything was applied", () => {
    assert.equal(notAppliedText(report([orders(), web()])), undefined);
  });
});
