import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { preProcessFile } from "typescript";

const root = join(__dirname, "..");

/** What each folder may import: other folders of the project, and packages. Arrows point one way. */
const allowed: Record<string, { folders: string[]; packages: RegExp }> = {
  retention: { folders: [], packages: /^node:crypto$/ },
  lifecycle: { folders: ["retention"], packages: /^$/ },
  permissions: { folders: ["retention"], packages: /^$/ },
  checks: { folders: ["retention"], packages: /^$/ },
  report: { folders: ["retention", "lifecycle", "checks"], packages: /^$/ },
  aws: { folders: ["retention"], packages: /^@aws-sdk\/|^@smithy\/|^node:/ },
  cleanup: { folders: ["aws", "retention", "checks"], packages: /^@aws-sdk\/|^node:crypto$/ },
  handlers: {
    folders: ["cleanup", "aws", "retention"],
    packages: /^@aws-lambda-powertools\/|^aws-lambda$|^@aws-sdk\/|^node:/,
  },
  cli: { folders: ["cleanup", "aws", "retention", "lifecycle", "checks", "report"], packages: /^@aws-sdk\/|^node:/ },
  components: {
    folders: ["retention", "lifecycle", "permissions", "checks"],
    packages: /^@pulumi\/(pulumi|aws)|^node:/,
  },
};

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => join(folder, file));
}

function imports(file: string): string[] {
  return preProcessFile(readFileSync(join(root, file), "utf8")).importedFiles.map(({ fileName }) => fileName);
}

describe("the arrows between folders point one way", () => {
  for (const [folder, rule] of Object.entries(allowed)) {
    it(`${folder}/ imports nothing but ${[...rule.folders, rule.packages.source].join(", ")}`, () => {
      const files = sources(folder);
      assert.ok(files.length > 0, `${folder}/ holds no source`);
      const wrong = files.flatMap((file) =>
        imports(file)
          .filter((name) => {
            if (!name.startsWith(".")) return !rule.packages.test(name);
            const target = relative(root, join(root, dirname(file), name)).split("/")[0] ?? "";
            return target !== folder && !rule.folders.includes(target);
          })
          .map((name) => `${file} imports ${name}`),
      );
      assert.deepEqual(wrong, []);
    });
  }

  it("index.ts exports components and retention constants only", () => {
    for (const name of imports("index.ts")) assert.match(name, /^\.\/(components|retention)\//);
  });

  it("no source that is published imports the simulator, an AGPL package or a test", () => {
    const published = ["index.ts", ...Object.keys(allowed).flatMap(sources)];
    for (const file of published) {
      for (const name of imports(file)) assert.doesNotMatch(name, /simulator|@cloud-copilot|tests\//, file);
    }
  });
});
