import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleHandlers } from "../../scripts/bundle";

const ROOT = join(__dirname, "..", "..");

describe("the bundle", () => {
  const folder = mkdtempSync(join(tmpdir(), "bundle-"));
  after(() => rmSync(folder, { recursive: true }));

  it("is the same to the byte from any checkout path, and names no path", async () => {
    const checkout = join(folder, "another", "checkout");
    for (const source of ["aws", "checks", "cleanup", "handlers", "retention", "package.json", "tsconfig.json"]) {
      cpSync(join(ROOT, source), join(checkout, source), { recursive: true });
    }
    symlinkSync(join(ROOT, "node_modules"), join(checkout, "node_modules"));
    const here = await bundleHandlers({ outdir: join(folder, "here") });
    const there = await bundleHandlers({ root: checkout, outdir: join(folder, "there") });
    assert.deepEqual(there, here);
    const code = readFileSync(join(folder, "here", "handlers", "cleanup", "index.mjs"), "utf8");
    assert.ok(!code.includes(ROOT) && !code.includes("node_modules"));
    assert.equal(Buffer.byteLength(code), here.cleanup?.bytes);
  }).timeout(60_000);

  it("exports the handler, and holds no source of the simulator", async () => {
    await bundleHandlers({ outdir: join(folder, "loaded") });
    const file = join(folder, "loaded", "handlers", "cleanup", "index.mjs");
    const module = (await import(file)) as { handler?: unknown };
    assert.equal(typeof module.handler, "function");
    assert.doesNotMatch(readFileSync(file, "utf8"), /SIMULATOR_TRACE|SimulatedClock/);
  }).timeout(60_000);
});
