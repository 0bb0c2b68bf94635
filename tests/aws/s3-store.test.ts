import assert from "node:assert/strict";
import { AwsError, type World } from "../../simulator";
import { simulatedStore } from "./stored";

/** Answers the nth calls of an operation with errors, whose effect happened or not. */
function failing(world: World, operation: string, moment: "before" | "after", ...errors: AwsError[]): void {
  world.gate.faults = (call) => {
    const error = call.operation === operation ? errors.shift() : undefined;
    return error && { [moment]: error };
  };
}

const puts = (world: World) => world.gate.calls.filter(({ operation }) => operation === "PutObject").length;

describe("s3Store", () => {
  it("tells a refusal from a conflict", async () => {
    const { world, store } = simulatedStore();
    failing(world, "PutObject", "before", new AwsError("AccessDenied", "no", 403));
    await assert.rejects(store.put("key", "4", "any"), {
      name: "ReadError",
      message: "key: s3:PutObject: AccessDenied",
    });
  });

  it("names the object that cannot be read", async () => {
    const { world, store } = simulatedStore();
    failing(world, "GetObject", "before", new AwsError("AccessDenied", "no", 403));
    await assert.rejects(store.get("policies/odd.json"), { message: "policies/odd.json: s3:GetObject: AccessDenied" });
  });

  it("writes again while S3 is busy or another write of the object is under way", async () => {
    for (const name of ["SlowDown", "ConditionalRequestConflict", "OperationAborted"]) {
      const { world, store } = simulatedStore();
      failing(world, "PutObject", "before", ...Array.from({ length: 2 }, () => new AwsError(name, "later", 409)));
      await world.clock.actor(() => store.put("key", "1", "absent"));
      assert.equal(puts(world), 3, name);
    }
  });

  it("calls its own write a conflict where the first answer was lost: only the body can tell", async () => {
    const { world, store } = simulatedStore();
    failing(world, "PutObject", "after", new AwsError("InternalError", "lost", 500));
    await assert.rejects(
      world.clock.actor(() => store.put("key", "1", "absent")),
      { name: "StoreConflictError" },
    );
    assert.equal((await store.get("key"))?.body, "1");
  });
});
