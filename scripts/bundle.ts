/**
 * Bundles the Lambda handlers and the CLI: `tsx scripts/bundle.ts` builds them below dist/, `--write` also writes handlers/manifest.json,
 * `--check` fails where the manifest is stale or a bundle is more than {@link MOST} times what its SDK clients weigh.
 */
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { type BuildOptions, build } from "esbuild";

/** What `pulumi up` deploys. */
export interface Bundle {
  /** Relative to the package's root. */
  file: string;
  sha256: string;
  bytes: number;
  gzipBytes: number;
}

const ROOT = join(__dirname, "..");
const MANIFEST = "handlers/manifest.json";
const HANDLERS = ["cleanup"] as const;
/** What this project's own code may add: docs/decisions/015. */
const MOST = 1.2;

/** Only full minification leaves no path of this machine in the output. */
const SETTINGS = {
  bundle: true,
  platform: "node",
  target: "node24",
  format: "esm",
  mainFields: ["module", "main"],
  minify: true,
  legalComments: "none",
  // Some packages still call require() for Node's own modules, which an ES module does not have.
  banner: {
    js: 'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);',
  },
  write: false,
  metafile: true,
  logLevel: "warning",
} satisfies BuildOptions;

/** Builds every handler to `dist/handlers/<name>/index.mjs` and says what came out. */
export async function bundleHandlers({
  root = ROOT,
  outdir = join(ROOT, "dist"),
} = {}): Promise<Record<string, Bundle>> {
  const bundles: Record<string, Bundle> = {};
  for (const name of HANDLERS) {
    const { code } = await bundled({ absWorkingDir: root, entryPoints: [`handlers/${name}.ts`] });
    const file = join(outdir, "handlers", name, "index.mjs");
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, code);
    const sha256 = createHash("sha256").update(code).digest("hex");
    bundles[name] = { file: `dist/handlers/${name}/index.mjs`, sha256, bytes: code.length, gzipBytes: gzipped(code) };
  }
  return bundles;
}

/** Builds the CLI to `dist/cli/main.mjs`, so that the package needs no SDK of its own where it is installed. */
async function bundleCli(): Promise<void> {
  const { code } = await bundled({ absWorkingDir: ROOT, entryPoints: ["cli/main.ts"], target: "node22" });
  const file = join(ROOT, "dist/cli/main.mjs");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, code);
  chmodSync(file, 0o755);
}

/** Gzipped size of a bundle that only imports what the handler imports of the AWS SDK and Powertools. */
async function baseline(name: string): Promise<number> {
  const { sources } = await bundled({ absWorkingDir: ROOT, entryPoints: [`handlers/${name}.ts`] });
  const imported = new Map<string, Set<string>>();
  for (const source of sources.filter((each) => !each.includes("node_modules"))) {
    const text = readFileSync(join(ROOT, source), "utf8");
    for (const [, names = "", from = ""] of text.matchAll(/^import \{([^}]*)\} from "(@aws-[^"]+)";/gm)) {
      const values = names.split(",").filter((each) => each.trim() && !each.trim().startsWith("type "));
      imported.set(from, new Set([...(imported.get(from) ?? []), ...values.map((each) => each.trim())]));
    }
  }
  const contents = [...imported].map(([from, names]) => `export { ${[...names].join(", ")} } from "${from}";`);
  const { code } = await bundled({ absWorkingDir: ROOT, stdin: { contents: contents.join("\n"), resolveDir: ROOT } });
  return gzipped(code);
}

async function bundled(options: BuildOptions): Promise<{ code: Uint8Array; sources: string[] }> {
  const { outputFiles, metafile } = await build({ ...SETTINGS, ...options });
  return { code: outputFiles?.[0]?.contents ?? new Uint8Array(), sources: Object.keys(metafile?.inputs ?? {}) };
}

function gzipped(code: Uint8Array): number {
  return gzipSync(code, { level: 9 }).length;
}

async function main(flag: string | undefined): Promise<void> {
  if (flag !== undefined && flag !== "--write" && flag !== "--check") {
    throw new Error(`bundle: got "${flag}", expected --write, --check or nothing`);
  }
  const bundles = await bundleHandlers();
  await bundleCli();
  if (flag === "--write") writeFileSync(join(ROOT, MANIFEST), `${JSON.stringify(bundles, null, 2)}\n`);
  if (flag === "--check") checkManifest(bundles);
  for (const [name, { gzipBytes }] of Object.entries(bundles)) {
    const floor = await baseline(name);
    const ratio = gzipBytes / floor;
    console.log(
      `${name}: ${gzipBytes} bytes gzipped; its clients alone ${floor}; ratio ${ratio.toFixed(3)}, at most ${MOST}`,
    );
    if (flag === "--check" && ratio > MOST) throw new Error(`bundle: ${name} weighs too much; import less`);
  }
}

function checkManifest(bundles: Record<string, Bundle>): void {
  const written = JSON.parse(readFileSync(join(ROOT, MANIFEST), "utf8")) as Record<string, Bundle>;
  // Hashes alone: how small gzip gets it depends on Node's zlib.
  for (const [name, { sha256 }] of Object.entries(bundles)) {
    if (written[name]?.sha256 === sha256) continue;
    throw new Error(`bundle: ${MANIFEST} is stale for ${name}; run npm run bundle and commit it`);
  }
}

if (require.main === module) {
  main(process.argv[2]).catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
