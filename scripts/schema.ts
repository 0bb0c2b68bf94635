import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { ComponentProvider } from "@pulumi/pulumi/provider/experimental/provider";
import * as components from "../index";

const ROOT = join(__dirname, "..");

/** The package's Pulumi schema, inferred from the components' types as `pulumi package get-schema` would. */
export async function inferSchema(): Promise<string> {
  const constructors = Object.values<unknown>(components).filter(isComponent);
  const provider = new ComponentProvider({ name: "ecs-retention", dirname: ROOT, components: constructors });
  return `${JSON.stringify(JSON.parse(await provider.getSchema()), null, 2)}\n`;
}

function isComponent(
  value: unknown,
): value is ConstructorParameters<typeof ComponentProvider>[0]["components"][number] {
  return typeof value === "function" && value.prototype instanceof pulumi.ComponentResource;
}

async function main(): Promise<void> {
  const file = join(ROOT, "schema.json");
  const schema = await inferSchema();
  if (!process.argv.includes("--check")) {
    writeFileSync(file, schema);
  } else if (readFileSync(file, "utf8") !== schema) {
    throw new Error('schema.json: got an old one, expected that of the components; run "npm run schema"');
  }
}

if (require.main === module) {
  main().catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
