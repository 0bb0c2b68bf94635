import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readTaskDefinitionFile } from "../../scripts/task-definition-file";

const folder = mkdtempSync(join(tmpdir(), "task-definition-"));
const CORPUS = join(__dirname, "../../../shared/corpus/task-definitions");

function fileOf(value: unknown, name = "checkout.json"): string {
  const file = join(folder, name);
  writeFileSync(file, typeof value === "string" ? value : JSON.stringify(value));
  return file;
}

describe("a task definition of the user's own", () => {
  const containerDefinitions = [{ name: "app", image: "nginx" }];
  const definition = { family: "shop", containerDefinitions };

  for (const [shape, value] of Object.entries({
    "as it is registered": definition,
    "as it is described": { taskDefinition: definition, tags: [] },
    "below data": { data: { taskDefinition: definition } },
    "with a byte order mark": `\uFEFF${JSON.stringify(definition)}`,
  })) {
    it(`is read ${shape}`, () => assert.deepEqual(readTaskDefinitionFile(fileOf(value)), definition));
  }

  it("takes its family from the file's name where it is a list of containers, or has none", () => {
    for (const value of [containerDefinitions, { containerDefinitions }]) {
      assert.equal(readTaskDefinitionFile(fileOf(value, "my basket.v2.json")).family, "my-basket-v2");
    }
  });

  it("is refused with the file's name, and none of its text, where it is something else", () => {
    for (const value of [{}, [], [{}], "AKIASECRETKEY {", "null", { containerDefinitions: "app" }]) {
      const file = fileOf(value);
      assert.throws(
        () => readTaskDefinitionFile(file),
        ({ message }: Error) => message.startsWith(`${file}: got `) && !message.includes("AKIASECRETKEY"),
      );
    }
  });

  it("is read from every file of the corpus", function () {
    if (!existsSync(CORPUS)) {
      console.log(`      skipped: ${CORPUS} is absent`);
      this.skip();
    }
    for (const name of readdirSync(CORPUS)) {
      assert.match(readTaskDefinitionFile(join(CORPUS, name)).family, /^[A-Za-z0-9_-]{1,255}$/, name);
    }
  });

  it("says which file cannot be read, and why", () => {
    assert.throws(() => readTaskDefinitionFile("/nonexistent/x.json"), {
      message: /^\/nonexistent\/x\.json: got no readable file \(ENOENT\), expected .*; fix: check its name/,
    });
  });
});
