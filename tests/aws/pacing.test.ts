import assert from "node:assert/strict";
import { BUCKETS, pace } from "../../aws/pacing";
import { REFERENCE_SOURCES } from "../../retention/reference-sources";
import { BUCKETS as OF_AWS } from "../../simulator";
import { OPERATIONS } from "../../simulator/services/index";

/** A clock that only sleeping moves. */
function clock() {
  let now = 1_000_000;
  const sleep = async (ms: number) => {
    now += ms;
  };
  return { now: () => now, sleep, advance: sleep };
}

/** Seconds from the start at which each of so many calls starts. */
async function starts(operations: string[], count: number): Promise<number[]> {
  const time = clock();
  const paced = pace(time);
  const begin = time.now();
  const found: number[] = [];
  for (let index = 0; index < count; index++) {
    await paced.take(operations[index % operations.length] ?? "");
    found.push((time.now() - begin) / 1000);
  }
  return found;
}

describe("pace", () => {
  it("deregisters at half of the rate that deployments share, and never in a burst", async () => {
    assert.deepEqual(await starts(["DeregisterTaskDefinition"], 5), [0, 2, 4, 6, 8]);
    const time = clock();
    const paced = pace(time);
    await paced.take("DeregisterTaskDefinition");
    await time.advance(3_600_000);
    await paced.take("DeregisterTaskDefinition");
    assert.equal(paced.wait("DeregisterTaskDefinition"), 2000);
  });

  it("deletes at the full rate, which nobody else needs", async () => {
    assert.deepEqual(await starts(["DeleteTaskDefinitions"], 4), [0, 1, 2, 3]);
  });

  it("reads in a burst, then at half of AWS's rate, operations of one bucket together", async () => {
    const found = await starts(["ListTaskDefinitions", "DescribeTaskDefinition"], 80);
    assert.equal(found[49], 0);
    assert.deepEqual(found.slice(50, 53), [0.1, 0.2, 0.3]);
    assert.equal(found[79], 3);
  });

  it("keeps buckets apart and does not pace what has none", async () => {
    const paced = pace(clock());
    await paced.take("DeregisterTaskDefinition");
    assert.equal(paced.wait("DeleteTaskDefinitions"), 0);
    for (let index = 0; index < 1000; index++) await paced.take("GetObject");
    assert.equal(paced.wait("GetObject"), 0);
    assert.equal(paced.interval("GetObject"), 0);
  });

  it("makes callers who ask at once wait one after another", async () => {
    const time = clock();
    const waits: number[] = [];
    const paced = pace({ now: time.now, sleep: async (ms) => void waits.push(ms) });
    await Promise.all([1, 2, 3].map(() => paced.take("DeleteTaskDefinitions")));
    assert.deepEqual(waits, [1000, 2000]);
  });

  it("paces every service beside ECS by itself, at five a second", async () => {
    const beside = REFERENCE_SOURCES.filter(({ ignorable }) => ignorable);
    for (const { id, actions } of beside) {
      const time = clock();
      const paced = pace(time);
      for (const action of actions) {
        const operation = action.split(":")[1] ?? "";
        assert.equal(paced.interval(operation), 200, action);
        for (let index = 0; index < 10; index++) await paced.take(operation);
      }
      const others = beside.filter((other) => other.id !== id).flatMap((other) => other.actions);
      for (const other of others) assert.equal(paced.wait(other.split(":")[1] ?? ""), 0, other);
    }
  });

  it("takes no more of any of AWS's buckets for ECS than the share that it names", () => {
    for (const { operations, burst, perSecond } of BUCKETS) {
      for (const operation of operations.filter((each) => OPERATIONS.ecs?.[each])) {
        const size = OF_AWS[OPERATIONS.ecs?.[operation]?.bucket ?? ""] ?? assert.fail(`${operation} has no bucket`);
        const share = operation === "DeleteTaskDefinitions" ? 1 : 0.5;
        assert.equal(perSecond / size.perSecond, share, operation);
        assert.ok(burst <= size.burst, operation);
      }
    }
  });
});
