import assert from "node:assert/strict";
import type { ResourceTransformArgs } from "@pulumi/pulumi";
import { retainRevisions } from "../../index";

const type = "aws:ecs/taskDefinition:TaskDefinition";
const transformed = (props: object, of = type) =>
  retainRevisions({
    custom: true,
    type: of,
    name: "checkout",
    props,
    opts: { protect: true },
  } as ResourceTransformArgs);

describe("retainRevisions", () => {
  it("keeps the old revision of a task definition that does not say otherwise, and its options", () => {
    assert.deepEqual(transformed({ family: "checkout" }), {
      props: { family: "checkout", skipDestroy: true },
      opts: { protect: true },
    });
  });

  it("leaves alone what sets skipDestroy itself", () => {
    assert.equal(transformed({ skipDestroy: false }), undefined);
  });

  it("leaves every other resource alone", () => {
    assert.equal(transformed({}, "aws:ecs/service:Service"), undefined);
  });
});
