import assert from "node:assert/strict";
import { oneLine, table, textWidth, wantsColour, wrap } from "../../report/table";

const COLUMNS = [{ title: "name" }, { title: "count", align: "right" as const }, { title: "why", wraps: true }];

describe("table", () => {
  it("aligns text to the left and numbers to the right, without trailing space", () => {
    const text = table(COLUMNS, [
      ["a", "1,000", "short"],
      ["longer", "2", "x"],
    ]);
    assert.equal(text, ["NAME    COUNT  WHY", "a       1,000  short", "longer      2  x"].join("\n"));
  });

  it("wraps a wrapping column to the width and continues it below itself", () => {
    const lines = table(COLUMNS, [["a", "1", "one two three four five six seven eight nine ten"]], { width: 40 }).split(
      "\n",
    );
    assert.deepEqual(lines.slice(1), ["a         1  one two three four five six", "             seven eight nine ten"]);
    assert.ok(lines.every((line) => textWidth(line) <= 40));
  });

  it("leaves out a column that has no entry", () => {
    assert.equal(table(COLUMNS, [["a", "", "b"]]), "NAME  WHY\na     b");
  });

  it("colours a cell without changing what stands where", () => {
    const plain = table(COLUMNS, [["a", "1", { text: "gone", style: "red" }]]);
    const coloured = table(COLUMNS, [["a", "1", { text: "gone", style: "red" }]], { colour: true });
    assert.ok(coloured.includes("\u001b[31mgone\u001b[0m"));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what colour is made of
    assert.equal(coloured.replace(/\u001b\[\d+m/g, ""), plain);
    assert.ok(!plain.includes("\u001b"));
  });

  it("counts wide and combining characters as a terminal draws them", () => {
    assert.equal(textWidth("ab"), 2);
    assert.equal(textWidth("日本"), 4);
    assert.equal(textWidth("e\u0301"), 1);
    assert.equal(
      table(
        [{ title: "n" }, { title: "m" }],
        [
          ["日本", "x"],
          ["abcd", "y"],
        ],
      ),
      "N     M\n日本  x\nabcd  y",
    );
  });

  it("lets no control character through to the terminal", () => {
    assert.equal(oneLine("a\u001b[2Jb\nc\u202ed"), "a?[2Jb c?d");
    assert.ok(!table([{ title: "n" }], [["\u001b[31mred"]]).includes("\u001b"));
  });
});

describe("wrap", () => {
  it("breaks a word only where the word alone is too long", () => {
    assert.deepEqual(wrap("aa bbbbbbbb c", 5), ["aa", "bbbbb", "bbb c"]);
  });
});

describe("wantsColour", () => {
  it("is for a terminal whose owner did not ask for none", () => {
    assert.equal(wantsColour({ isTTY: true }, {}), true);
    assert.equal(wantsColour({ isTTY: true }, { NO_COLOR: "1" }), false);
    assert.equal(wantsColour({ isTTY: true }, { TERM: "dumb" }), false);
    assert.equal(wantsColour({}, {}), false);
  });
});
