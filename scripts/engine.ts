// `npm run test:engine`: runs tests/engine on the real Pulumi CLI and engine. They come from the PATH, or are built from
// the Go module proxy into a cache folder that later runs share.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";

/** EX_UNAVAILABLE: neither `pulumi` nor Go is there, so that nothing was tested. */
const UNAVAILABLE = 69;

const root = join(__dirname, "..");
const goModule = join(root, "tests/engine/go");
const version = "v3.259.0";
const suffix = process.platform === "win32" ? ".exe" : "";
const goBuild = [
  ...["build", "-mod=readonly", "-trimpath", "-tags", "osusergo,grpcnotrace", "-ldflags"],
  `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${version}`,
];

const say = (line: string) => process.stderr.write(`${line}\n`);

function onPath(name: string): string | undefined {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const file = join(folder, name + suffix);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

/** Named after what is built: other modules, flags or another platform make another folder. */
function cacheFolder(): string {
  const hash = createHash("sha256").update([...goBuild, process.platform, process.arch].join());
  for (const file of ["go.mod", "go.sum"]) hash.update(readFileSync(join(goModule, file)));
  const caches = process.env.ECS_RETENTION_CACHE ?? join(homedir(), ".cache", "ecs-retention");
  return join(caches, `pulumi-${hash.digest("hex").slice(0, 16)}`);
}

function build(go: string, folder: string): void {
  say(`Building pulumi ${version} from the Go module proxy into ${folder}; the first time takes some 5 minutes …`);
  mkdirSync(dirname(folder), { recursive: true });
  const unfinished = mkdtempSync(`${folder}-building-`);
  try {
    const args = [...goBuild, "-o", join(unfinished, `pulumi${suffix}`), "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"];
    const env = { ...process.env, GOFLAGS: "", GOWORK: "off" };
    const { status, error } = spawnSync(go, args, { cwd: goModule, stdio: ["ignore", 2, 2], env });
    if (status !== 0) throw new Error(`go ${args.join(" ")} failed in ${goModule}: ${error?.message ?? "see above"}`);
    renameSync(unfinished, folder);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    // Another process that built at the same time was faster: its folder is as good.
    if (!existsSync(join(folder, `pulumi${suffix}`))) throw error;
  }
}

/** The folder that holds the CLI. */
function engineFolder(): string {
  const pulumi = onPath("pulumi");
  if (pulumi) return dirname(pulumi);
  const folder = cacheFolder();
  if (existsSync(folder)) return folder;
  const go = onPath("go");
  if (!go) {
    say(
      "The engine tests did not run: they need `pulumi` on the PATH, or Go 1.26 or later to build it from the Go " +
        "module proxy. Install one of them and try again.",
    );
    process.exit(UNAVAILABLE);
  }
  build(go, folder);
  return folder;
}

const folder = engineFolder();
const env: NodeJS.ProcessEnv = { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH ?? ""}` };
// The Go module proxy has no language host of this version; tests/engine/language-host.ts stands in for it.
const languageHost = onPath("pulumi-language-nodejs");
if (languageHost) env.PULUMI_LANGUAGE_HOST = languageHost;
const found = spawnSync("pulumi", ["version"], { env, encoding: "utf8" });
if (found.status !== 0) throw new Error(`pulumi version failed in ${folder}: ${found.error?.message ?? found.stderr}`);
say(
  `pulumi ${found.stdout.trim()} from ${folder}, real: CLI, engine, state, SDK${languageHost ? ", language host" : ""}.`,
);
say(`Stand-ins: the aws provider, over the simulator${languageHost ? "" : "; the language host"}.`);

const specs = process.argv.slice(2).map((pattern) => `tests/engine/**/*${pattern}*.test.ts`);
const mocha = spawnSync(
  process.execPath,
  [
    join(root, "node_modules/mocha/bin/mocha.js"),
    ...["--no-config", "--require", "tsx/cjs", "--timeout", "120000", "--forbid-only"],
    ...["--reporter", join(root, "tests/support/reporter.cjs")],
    ...(specs.length > 0 ? specs : ["tests/engine/**/*.test.ts"]),
  ],
  { cwd: root, env, stdio: "inherit" },
);
process.exit(mocha.status ?? 1);
