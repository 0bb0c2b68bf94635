import assert from "node:assert/strict";
import { recurrence } from "../../simulator/lambda/expressions";

describe("schedule expressions", () => {
  const next = (expression: string, from: string) => {
    const time = recurrence(expression).after(Date.parse(`${from}Z`));
    return time === undefined ? undefined : new Date(time).toISOString().slice(0, 16);
  };

  it("cron gives the next minute that all fields allow, never the one it starts from", () => {
    // 2026-01-05 is a Monday.
    assert.equal(next("cron(0 3 * * ? *)", "2026-01-05T02:59:59"), "2026-01-05T03:00");
    assert.equal(next("cron(0 3 * * ? *)", "2026-01-05T03:00:00"), "2026-01-06T03:00");
    assert.equal(next("cron(0/15 * * * ? *)", "2026-01-05T10:46:00"), "2026-01-05T11:00");
    assert.equal(next("cron(5,35 8-9 ? * * *)", "2026-01-05T09:35:00"), "2026-01-06T08:05");
    assert.equal(next("cron(0 0 31 * ? *)", "2026-01-31T00:00:00"), "2026-03-31T00:00");
    assert.equal(next("cron(0 0 29 FEB ? *)", "2026-01-05T00:00:00"), "2028-02-29T00:00");
    assert.equal(next("cron(0 12 ? * SAT,1 *)", "2026-01-05T00:00:00"), "2026-01-10T12:00");
    assert.equal(next("cron(0 12 ? * SAT,1 *)", "2026-01-10T12:00:00"), "2026-01-11T12:00");
  });

  it("cron ends with its years", () => {
    assert.equal(next("cron(0 0 1 1 ? 2026)", "2026-01-05T00:00:00"), undefined);
  });

  it("a rate starts at once and goes on from its own start", () => {
    const rate = recurrence("rate(12 hours)");
    assert.equal(rate.first(1000), 1000);
    assert.equal(rate.after(1000), 1000 + 12 * 60 * 60 * 1000);
  });

  it("at happens once", () => {
    const once = recurrence("at(2026-02-01T08:00:00)");
    assert.equal(once.first(Date.UTC(2026, 0, 5)), Date.UTC(2026, 1, 1, 8));
    assert.equal(once.after(Date.UTC(2026, 1, 1, 8)), undefined);
  });

  for (const wrong of [
    "rate(0 days)",
    "rate(1 week)",
    "rate(1day)",
    "cron(0 3 * * *)",
    "cron(0 3 * * * *)",
    "cron(0 3 ? * ? *)",
    "cron(60 3 * * ? *)",
    "cron(0 3 L * ? *)",
    "cron(0 5-3 * * ? *)",
    "every day",
    "at(tomorrow)",
  ]) {
    it(`refuses ${wrong} and names it`, () => {
      assert.throws(() => recurrence(wrong), {
        name: "ValidationException",
        message: new RegExp(wrong.slice(0, 8).replace(/[(*?]/g, "\\$&")),
      });
    });
  }
});
