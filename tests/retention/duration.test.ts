import assert from "node:assert/strict";
import fc from "fast-check";
import { DAY, HOUR, parseDuration } from "../../retention/duration";

describe("durations", () => {
  for (const [text, millis] of [
    ["0h", 0],
    ["36h", 36 * HOUR],
    ["30d", 30 * DAY],
    ["2w", 14 * DAY],
    ["36500d", 36_500 * DAY],
  ] as const) {
    it(`reads ${text}`, () => assert.equal(parseDuration(text), millis));
  }

  for (const text of [
    "",
    "30",
    "d",
    "1.5d",
    "-1d",
    "+1d",
    " 1d",
    "1d ",
    "1d\n",
    "01d",
    "1D",
    "1m",
    "1y",
    "1d12h",
    "1e3d",
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.equal(parseDuration(text), undefined));
  }

  it("refuses what would be no date any more", () => {
    assert.equal(parseDuration("36501d"), undefined);
    assert.equal(parseDuration(`${"9".repeat(400)}w`), undefined);
  });

  it("refuses what is no text", () => {
    fc.assert(fc.property(fc.anything(), (value) => typeof value === "string" || parseDuration(value) === undefined));
    assert.equal(parseDuration(["1d"]), undefined);
  });
});
