import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DEFAULTS, readPolicy } from "../retention/policy";
import { World } from "../simulator";
import { cli } from "./cli/support";

const root = join(__dirname, "..");
const readme = readFileSync(join(root, "README.md"), "utf8");

/** Code blocks that say which file they show. */
const shown = (page: string) => [...page.matchAll(/^```ts file=(\S+)\n(.*?)\n```$/gms)];

describe("the README", () => {
  it("shows the examples as they stand in examples/, where other tests compile and deploy them", () => {
    assert.deepEqual(
      shown(readme).map(([, file]) => file),
      ["quickstart", "three-services", "another-stack", "awsx", "repositories"].map(
        (name) => `examples/${name}/index.ts`,
      ),
    );
    const lifecycle = shown(readFileSync(join(root, "docs/lifecycle.md"), "utf8"));
    assert.equal(lifecycle.length, 1);
    for (const [, file = "", code] of [...shown(readme), ...lifecycle]) {
      assert.equal(code, readFileSync(join(root, file), "utf8").trimEnd(), file);
    }
  });

  it("shows what the CLI says of the lifecycle policy in examples/", async () => {
    const [, file = ""] = /^ecs-retention lifecycle (\S+)$/m.exec(readme) ?? [];
    const [, excerpt = ""] = /^```text\n(RULE .*?)\n```$/ms.exec(readme) ?? [];
    const { code, stdout } = await cli(new World(), ["lifecycle", join(root, file)]);
    assert.equal(code, 2);
    assert.ok(excerpt !== "" && stdout.includes(excerpt), stdout);
  });

  it("shows what the CLI says of the task definition in docs/examples/", async () => {
    const [, file = ""] = /^ecs-retention check (\S+)$/m.exec(readme) ?? [];
    const [, excerpt = ""] = /^```text\n(health-check.*?)\n```$/ms.exec(readme) ?? [];
    const { code, stdout } = await cli(new World(), ["check", join(root, file)]);
    assert.equal(code, 2);
    const said = stdout.split("\n");
    const lines = excerpt.split("\n");
    assert.deepEqual([lines.length, lines.filter((line) => !said.includes(line))], [6, []]);
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
    for (const [, command = ""] of readme.matchAll(/^npm (?:run )?([\w:-]+)/gm)) assert.ok(command in scripts, command);
  });
});
