import assert from "node:assert/strict";
import { isRevisionOf, parseRevisionArn } from "../../aws/arn";

const OWNER = { account: "111122223333", region: "eu-central-1", family: "checkout" };
const ARN = "arn:aws:ecs:eu-central-1:111122223333:task-definition/checkout:7";

describe("parseRevisionArn", () => {
  it("reads every partition", () => {
    for (const partition of ["aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-eusc"]) {
      const parsed = parseRevisionArn(ARN.replace(":aws:", `:${partition}:`));
      assert.deepEqual(parsed, { ...OWNER, revision: 7 }, partition);
    }
  });

  it("takes nothing that does not name exactly one revision", () => {
    const wrong = [
      "",
      "checkout:7",
      "checkout",
      ARN.replace(":7", ""),
      ARN.replace(":7", ":0"),
      ARN.replace(":7", ":07"),
    ];
    wrong.push(`${ARN} `, `${ARN}\n`, `x${ARN}`, ARN.replace("task-definition", "daemon-task-definition"), `${ARN}:8`);
    for (const text of wrong) assert.equal(parseRevisionArn(text), undefined, JSON.stringify(text));
  });
});

describe("isRevisionOf", () => {
  it("holds for the family itself", () => assert.equal(isRevisionOf(ARN, OWNER), true));

  it("does not hold for a neighbour in name, account or Region", () => {
    const neighbours = [
      ARN.replace("checkout", "checkout-blue"),
      ARN.replace("checkout", "check"),
      ARN.replace("checkout", "Checkout"),
      ARN.replace("111122223333", "111122223334"),
      ARN.replace("eu-central-1", "eu-central-2"),
      "checkout:7",
    ];
    for (const arn of neighbours) assert.equal(isRevisionOf(arn, OWNER), false, arn);
  });
});
