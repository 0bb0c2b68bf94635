import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";

let code: pulumi.asset.AssetArchive | undefined;

/** The cleanup function's bundle, as the package ships it: loose files, whose hash holds no dates. */
export function cleanupCode(): pulumi.asset.AssetArchive {
  // One archive for all components: the SDK reads it once.
  code ??= new pulumi.asset.AssetArchive({ "index.mjs": new pulumi.asset.FileAsset(bundle()) });
  return code;
}

function bundle(): string {
  const root = packageRoot(__dirname);
  const file = join(root, "dist/handlers/cleanup/index.mjs");
  if (!existsSync(file)) {
    throw new Error(`${file}: got no file, expected the bundled cleanup function; run "npm run build" in ${root}`);
  }
  return file;
}

/** The components run from source as well as from dist/. */
function packageRoot(folder: string): string {
  return existsSync(join(folder, "package.json")) ? folder : packageRoot(dirname(folder));
}
