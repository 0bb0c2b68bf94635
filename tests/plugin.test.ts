import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { credentials } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { GetSchemaRequest } from "@pulumi/pulumi/proto/provider_pb";

const root = join(__dirname, "..");

describe("the checkout as a source-based plugin", function () {
  this.timeout(120_000);

  it("says how it is run", () => {
    assert.equal(readFileSync(join(root, "PulumiPlugin.yaml"), "utf8"), "runtime: nodejs\n");
  });

  it("serves the committed schema once it is built", async function () {
    if (!existsSync(join(root, "dist/index.js"))) this.skip();
    // What the language host starts for a plugin; the engine's address is only called for log lines.
    const plugin = spawn(
      process.execPath,
      [join(root, "node_modules/@pulumi/pulumi/cmd/run-plugin"), root, "127.0.0.1:1"],
      {
        cwd: root,
      },
    );
    try {
      let said = "";
      plugin.stderr.on("data", (data) => {
        said += data;
      });
      const port = await new Promise<string>((resolve, reject) => {
        plugin.stdout.on("data", (data) => resolve(String(data).trim()));
        plugin.on("exit", (code) => reject(new Error(`the plugin ended with ${code}: ${said}`)));
      });
      const client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
      const schema = await new Promise<string>((resolve, reject) => {
        client.getSchema(new GetSchemaRequest(), (error, response) =>
          error ? reject(error) : resolve(response?.getSchema() ?? ""),
        );
      });
      client.close();
      assert.deepEqual(
        JSON.parse(schema).resources,
        JSON.parse(readFileSync(join(root, "schema.json"), "utf8")).resources,
      );
    } finally {
      plugin.kill();
    }
  });
});
