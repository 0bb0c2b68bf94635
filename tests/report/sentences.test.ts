import assert from "node:assert/strict";
import {
  becauseText,
  effectText,
  gapText,
  outcomeText,
  RULES_WITH_SENTENCES,
  referencesText,
} from "../../report/sentences";
import { REVISION_RULES } from "../../retention/revisions/rules";
import type { Gap } from "../../retention/types";
import { ACCOUNT_GAP, DAY, NOT_COVERED, NOW, reference } from "./fixtures";

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
    assert.equal(becauseText(because), "younger than keepFor, until 2026-11-20 14:03 UTC");
    assert.equal(
      becauseText(because, NOW + 3 * DAY),
      "younger than keepFor, the first until 2026-11-20, the last until 2026-11-23",
    );
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
});

describe("the sentence of a gap", () => {
  it("names what happened, what it blocks and the remedy", () => {
    assert.equal(
      gapText(ACCOUNT_GAP),
      "AWS denied reading tasks (ecs:ListTasks, AccessDeniedException): nothing is removed for any service. Remedy: allow ecs:ListTasks on *",
    );
  });

  it("differs by cause and by scope", () => {
    const causes: Gap["cause"][] = ["denied", "throttled", "truncated", "failed", "not-covered"];
    assert.equal(new Set(causes.map((cause) => gapText({ ...ACCOUNT_GAP, cause }))).size, causes.length);
    assert.equal(
      effectText({ ...ACCOUNT_GAP, scope: { kind: "family", name: "basket" } }),
      "nothing of family basket is removed",
    );
    assert.equal(effectText({ ...ACCOUNT_GAP, scope: { kind: "item", name: "basket:3" } }), "basket:3 is kept");
    assert.equal(effectText(NOT_COVERED), "blocks nothing");
  });
});
