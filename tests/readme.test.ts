import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DEFAULTS, readPolicy } from "../retention/policy";

const root = join(__dirname, "..");
const readme = readFileSync(join(root, "README.md"), "utf8");

describe("the README", () => {
  it("shows the examples as they stand in examples/, where other tests compile and deploy them", () => {
    const blocks = [...readme.matchAll(/^```ts file=(\S+)\n(.*?)\n```$/gms)];
    assert.deepEqual(
      blocks.map(([, file]) => file),
      ["quickstart", "three-services", "another-stack", "awsx"].map((name) => `examples/${name}/index.ts`),
    );
    for (const [, file = "", code] of blocks) {
      assert.equal(code, readFileSync(join(root, file), "utf8").trimEnd(), file);
    }
  });

  it("shows a policy that the validator takes", () => {
    const [, block = ""] = /^```json\n(.*?)\n```$/ms.exec(readme) ?? [];
    assert.deepEqual(readPolicy(JSON.parse(block)).problems, undefined);
  });

  it("names every setting with its default", () => {
    const { version, taskDefinitions, limits, ...others } = DEFAULTS;
    assert.equal(version, 1);
    for (const [setting, value] of Object.entries({ ...others, ...taskDefinitions, ...limits })) {
      const shown = Array.isArray(value) ? "none" : `\`${value}\``;
      assert.match(readme, new RegExp(`^\\| \`${setting}\` \\| ${shown} \\|`, "m"));
    }
  });

  it("gives commands that package.json has", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    for (const [, command = ""] of readme.matchAll(/^npm (?:run )?(\w+)/gm)) assert.ok(command in scripts, command);
  });
});
