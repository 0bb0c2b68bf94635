import assert from "node:assert/strict";
import { outcomesNow } from "../../cleanup/settle";
import type { Revision } from "../../retention/types";

const AT = Date.UTC(2027, 2, 1, 23, 59);

describe("a batch whose run was killed", () => {
  type Status = Revision["status"] | "gone" | "unknown";
  const cases: [action: "deregister" | "delete", status: Status, result: string, cause?: string][] = [
    ["deregister", "ACTIVE", "failed", "interrupted: not done"],
    ["deregister", "INACTIVE", "done"],
    ["deregister", "DELETE_IN_PROGRESS", "done"],
    ["deregister", "gone", "done"],
    ["deregister", "unknown", "failed", "interrupted: not known whether done"],
    ["delete", "ACTIVE", "failed", "interrupted: not done"],
    ["delete", "INACTIVE", "failed", "interrupted: not done"],
    ["delete", "DELETE_IN_PROGRESS", "done"],
    ["delete", "gone", "done"],
    ["delete", "unknown", "failed", "interrupted: not known whether done"],
  ];
  for (const [action, status, result, cause] of cases) {
    it(`was to ${action} a revision that is ${status} now: ${result}${cause ? `, ${cause}` : ""}`, () => {
      const intents = [{ registration: "policies/a.json", action, subjects: ["a:1"] }];
      assert.deepEqual(
        outcomesNow({ intents }, () => status, AT),
        [{ subject: "a:1", action, result, at: AT, ...(cause && { cause }) }],
      );
    });
  }

  it("gets an outcome for each of its intents", () => {
    const intents = [
      { registration: "policies/a.json", action: "deregister" as const, subjects: ["a:1", "a:2"] },
      { registration: "policies/b.json", action: "delete" as const, subjects: ["b:1"] },
    ];
    const statuses: Record<string, Status> = { "a:1": "INACTIVE", "a:2": "ACTIVE", "b:1": "gone" };
    const outcomes = outcomesNow({ intents }, (arn) => statuses[arn] as Status, AT);
    assert.deepEqual(
      outcomes.map(({ subject, action, result }) => `${subject} ${action} ${result}`),
      ["a:1 deregister done", "a:2 deregister failed", "b:1 delete done"],
    );
  });
});
