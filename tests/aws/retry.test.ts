import assert from "node:assert/strict";
import { calls } from "../../aws/retry";

const THROTTLED = Object.assign(new Error("slow"), { name: "ThrottlingException" });
const UNAVAILABLE = Object.assign(new Error("down"), { name: "Whatever", $metadata: { httpStatusCode: 503 } });
const RESET = Object.assign(new Error("socket"), { code: "ECONNRESET" });
const DENIED = Object.assign(new Error("no"), { name: "AccessDeniedException", $metadata: { httpStatusCode: 400 } });

function setUp(end = 600_000) {
  let now = 0;
  const waits: number[] = [];
  const sleep = async (ms: number) => {
    waits.push(ms);
    now += ms;
  };
  const made = calls({ now: () => now, sleep }, end);
  /** Fails so many times, then answers. */
  const answers =
    (...errors: Error[]) =>
    async () => {
      const error = errors.shift();
      if (error) throw error;
      return "answer";
    };
  return { made, waits, answers };
}

describe("a read", () => {
  it("is tried again while it is throttled or AWS is unavailable, with waits that double", async () => {
    const { made, waits, answers } = setUp();
    assert.equal(await made.read("ecs:ListClusters", answers(THROTTLED, UNAVAILABLE, RESET)), "answer");
    assert.deepEqual(waits, [500, 1000, 2000]);
    assert.deepEqual(made.counts, { "ecs:ListClusters": 4 });
  });

  it("waits at most 20 seconds at a time, and is given up after eight attempts", async () => {
    const { made, waits, answers } = setUp();
    const error = { name: "ReadError", operation: "ecs:ListClusters", cause: THROTTLED };
    await assert.rejects(made.read("ecs:ListClusters", answers(...Array(9).fill(THROTTLED))), error);
    assert.deepEqual(waits, [500, 1000, 2000, 4000, 8000, 16_000, 20_000]);
  });

  it("is not tried again where it was refused", async () => {
    const { made, answers } = setUp();
    const message = "ecs:ListClusters: AccessDeniedException";
    await assert.rejects(made.read("ecs:ListClusters", answers(DENIED)), { message, cause: DENIED });
    assert.equal(made.counts["ecs:ListClusters"], 1);
  });

  it("waits for nothing that lies beyond the end", async () => {
    const { made, waits, answers } = setUp(1600);
    await assert.rejects(made.read("ecs:ListClusters", answers(THROTTLED, THROTTLED, THROTTLED)), { cause: THROTTLED });
    assert.deepEqual(waits, [500, 1000]);
  });

  it("is not sent once the end has come", async () => {
    const { made, answers } = setUp(0);
    const message = "ecs:ListClusters: no time left";
    await assert.rejects(made.read("ecs:ListClusters", answers()), { name: "ReadError", message });
    assert.deepEqual(made.counts, {});
  });
});

describe("a removal", () => {
  it("is sent once, whatever comes of it", async () => {
    for (const error of [THROTTLED, UNAVAILABLE, RESET, DENIED]) {
      const { made, waits, answers } = setUp();
      await assert.rejects(made.remove("ecs:DeleteTaskDefinitions", answers(error)), (thrown) => thrown === error);
      assert.deepEqual(waits, []);
      assert.equal(made.counts["ecs:DeleteTaskDefinitions"], 1);
    }
  });
});
