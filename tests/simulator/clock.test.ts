import assert from "node:assert/strict";
import { SimulatedClock } from "../../simulator/clock";
import { KilledError } from "../../simulator/operation";

describe("the simulated clock", () => {
  const start = Date.UTC(2026, 0, 1);
  const minutes = (clock: SimulatedClock) => (clock.now() - start) / 60_000;

  it("jumps to the earliest sleeper without waiting for real", async () => {
    const clock = new SimulatedClock(start);
    const woken: number[] = [];
    await Promise.all(
      [30, 10, 20].map(async (after) => {
        await clock.sleep(after * 60_000);
        woken.push(minutes(clock));
      }),
    );
    assert.deepEqual(woken, [10, 20, 30]);
  });

  it("stands still while an actor works, though others sleep", async () => {
    const clock = new SimulatedClock(start);
    const order: string[] = [];
    const sleeper = clock.sleep(60_000).then(() => order.push("slept"));
    await clock.actor(async () => {
      for (let turn = 0; turn < 20; turn += 1) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      assert.equal(minutes(clock), 0);
      order.push("worked");
    });
    await sleeper;
    assert.deepEqual(order, ["worked", "slept"]);
  });

  it("fires timers on the way, in order, and waits for what they start", async () => {
    const clock = new SimulatedClock(start);
    const fired: [string, number][] = [];
    clock.at(start + 50 * 60_000, async () => {
      await clock.sleep(30 * 60_000);
      fired.push(["late", minutes(clock)]);
    });
    clock.at(start + 20 * 60_000, () => void fired.push(["early", minutes(clock)]));
    await clock.advance(60 * 60_000);
    assert.deepEqual(fired, [
      ["early", 20],
      ["late", 80],
    ]);
  });

  it("does not fire a timer that was called off", async () => {
    const clock = new SimulatedClock(start);
    const callOff = clock.at(start + 1000, () => assert.fail("fired"));
    callOff();
    await clock.advance(5000);
    assert.equal(clock.now(), start + 5000);
  });

  it("passes a timer's error on to whoever advances", async () => {
    const clock = new SimulatedClock(start);
    clock.at(start + 1000, () => assert.fail("the schedule broke"));
    await assert.rejects(clock.advance(5000), /the schedule broke/);
  });

  it("lets time move for an actor that awaits another's end", async () => {
    const clock = new SimulatedClock(start);
    await clock.actor(async () => {
      const other = clock.actor((own) => own.sleep(120_000));
      await clock.wait(other);
    });
    assert.equal(minutes(clock), 2);
  });

  it("never wakes an actor that was killed, and does not move time for it", async () => {
    const clock = new SimulatedClock(start);
    let woke = false;
    const killed = clock.actor(async (own) => {
      void clock.sleep(60_000).then(() => {
        woke = true;
      });
      own.kill("pulled the plug");
    });
    await assert.rejects(killed, new KilledError("pulled the plug"));
    await clock.advance(1000);
    assert.equal(clock.now(), start + 1000);
    await clock.advance(600_000);
    assert.equal(woke, false);
  });
});
