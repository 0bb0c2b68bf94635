import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DEFAULTS, readPolicy } from "../retention/policy";
import { REFERENCE_SOURCES, UNREAD_SOURCES } from "../retention/reference-sources";

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
    const { mode, taskDefinitions } = DEFAULTS;
    for (const [setting, value] of Object.entries({ mode, ...taskDefinitions })) {
      const shown = Array.isArray(value) ? "none" : `\`${value}\``;
      assert.match(readme, new RegExp(`^\\| \`${setting}\` \\| ${shown} \\|`, "m"));
    }
  });

  it("names every source that is not read and could need a revision", () => {
    const names: Record<string, string> = {
      "service-deployments": "Service deployments",
      rules: "EventBridge rules",
      pipes: "Pipes",
      schedules: "Scheduler",
      "state-machines": "Step Functions",
      codedeploy: "CodeDeploy",
    };
    const [, section = ""] = /^## What it does not read yet\n(.*?)^## /ms.exec(readme) ?? [];
    for (const { id, protects } of UNREAD_SOURCES) {
      if (/no revision/.test(protects)) continue;
      assert.ok(section.includes(names[id] ?? `unnamed source ${id}`), id);
    }
    assert.equal(REFERENCE_SOURCES.length, 2, "a source that is read now leaves the README's list");
  });

  it("gives commands that package.json has", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    for (const [, command = ""] of readme.matchAll(/^npm (\w+)/gm)) assert.ok(command in scripts, command);
  });
});
