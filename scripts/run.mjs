// `npm start`, `npm test` and the like on a fresh clone: installs what the lockfile names, then runs the task on the
// pinned Node. Plain JavaScript without dependencies, since it runs before anything is installed, on Node 18 or later.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const modules = join(root, "node_modules");
const bin = join(modules, ".bin");

function run(command, args, stdout = "inherit") {
  const result = spawnSync(command, args, {
    cwd: root,
    // npm's own output goes to stderr where stdout is a document that somebody parses.
    stdio: ["inherit", stdout === "inherit" ? "inherit" : 2, "inherit"],
    env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ""}` },
    shell: process.platform === "win32",
  });
  if (result.error) throw result.error;
  if (result.status !== 0) process.exit(result.status ?? 1);
}

function install() {
  const lock = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  const stamp = join(modules, ".installed-lock");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return;
  process.stderr.write("Installing what package-lock.json names …\n");
  // No install script is needed: esbuild, biome and Node itself arrive as binaries in their packages.
  run("npm", ["ci", "--ignore-scripts", "--loglevel=error"], "stderr");
  writeFileSync(stamp, lock);
}

function pinnedNode() {
  const pinned = join(bin, "node");
  if (existsSync(pinned)) return pinned;
  if (Number(process.versions.node.split(".")[0]) >= 22) return process.execPath;
  process.stderr.write(
    `Node ${process.versions.node} is running and no Node is pinned for ${process.platform}-${process.arch}: ` +
      "@pulumi/pulumi needs Node 22 or later; install it and try again.\n",
  );
  process.exit(1);
}

const tool = (path) => join(modules, ...path.split("/"));
const typescript = (script, ...args) => ["--import", "tsx", join("scripts", script), ...args];

/** What `npm start`, `npm test` and the others of package.json stand for; `args` is what follows their `--`. */
const tasks = {
  start: (node, args) => run(node, typescript("start.ts", ...args)),
  test(node, args) {
    if (args.length > 0) run(node, typescript("bundle.ts"), "stderr");
    else {
      tasks.build(node);
      run(node, [tool("typescript/bin/tsc"), "--noEmit", "-p", "."]);
      run(node, [tool("@biomejs/biome/bin/biome"), "check", "--error-on-warnings", "."]);
    }
    const specs = args.map((pattern) => (pattern.endsWith(".ts") ? pattern : `tests/**/*${pattern}*.test.ts`));
    run(node, [tool("mocha/bin/mocha.js"), ...(specs.length > 0 ? specs : ["tests/**/*.test.ts"])]);
  },
  build(node) {
    // What a module that is gone left behind must not be packed.
    rmSync(join(root, "dist"), { recursive: true, force: true });
    run(node, [tool("typescript/bin/tsc"), "-p", "tsconfig.build.json"]);
    run(node, typescript("bundle.ts"));
  },
  prove: (node, args) => run(node, typescript("prove.ts", ...args)),
  simulate: (node, args) => run(node, typescript("simulate.ts", ...args)),
  replay: (node, args) => run(node, typescript("simulate.ts", "--replay", ...args)),
  mutate: (node, args) => run(node, typescript("mutate.ts", ...args)),
  bench: (node, args) => run(node, ["--expose-gc", ...typescript("bench/main.ts", ...args)]),
  engine(node, args) {
    tasks.build(node);
    run(node, typescript("engine.ts", ...args));
  },
};

const [task, ...args] = process.argv.slice(2);
if (!Object.hasOwn(tasks, task)) {
  process.stderr.write(`run.mjs: got "${task}", expected one of ${Object.keys(tasks).join(", ")}\n`);
  process.exit(64);
}
install();
tasks[task](pinnedNode(), args);
