import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Listening, serveProvider } from "../../simulator/provider/grpc";
import { World } from "../../simulator/world";
import { serveLanguageHost } from "./language-host";
import { previewed, type ResourceState, type Run, updated } from "./run";

export const ACCOUNT = "123456789012";
export const REGION = "eu-west-1";

const root = join(__dirname, "..", "..");

type Config = Record<string, string | { secret: string }>;

interface Output {
  status: number;
  stdout: string;
  stderr: string;
}

/** The real CLI and engine over one simulated world; home, state and projects lie in a temporary folder. */
export class Pulumi {
  readonly world = new World();
  readonly #folder = mkdtempSync(join(tmpdir(), "ecs-retention-engine-"));
  readonly #servers: Listening[] = [];
  readonly #running = new Set<ChildProcess>();
  #env: NodeJS.ProcessEnv = {};

  static async start(): Promise<Pulumi> {
    const pulumi = new Pulumi();
    await pulumi.#serve();
    return pulumi;
  }

  async #serve(): Promise<void> {
    for (const folder of ["home", "state"]) mkdirSync(join(this.#folder, folder));
    const provider = await serveProvider(this.world, { account: ACCOUNT, region: REGION });
    this.#servers.push(provider);
    this.#env = {
      PATH: process.env.PATH,
      HOME: this.#folder,
      PULUMI_HOME: join(this.#folder, "home"),
      PULUMI_BACKEND_URL: `file://${join(this.#folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "a passphrase of the tests",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_DEBUG_PROVIDERS: `aws:${provider.port}`,
      // The programs are type checked with everything else.
      PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    };
    if (process.env.PULUMI_LANGUAGE_HOST) return;
    const languageHost = await serveLanguageHost(this.#env);
    this.#servers.push(languageHost);
    this.#env.PULUMI_DEBUG_LANGUAGES = `nodejs:${languageHost.port}`;
  }

  async close(): Promise<void> {
    for (const child of this.#running) child.kill("SIGKILL");
    for (const server of this.#servers) await server.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** A new stack of the project whose Pulumi.yaml lies in this folder below our root, e.g. `examples/quickstart`. */
  async stack(project: string, name: string, config: Config = {}): Promise<Stack> {
    const file = readFileSync(join(root, project, "Pulumi.yaml"), "utf8");
    const [, projectName = ""] = /^name: (.+)$/m.exec(file) ?? [];
    const [, main = "."] = /^main: (.+)$/m.exec(file) ?? [];
    // A copy, because Pulumi writes each stack's configuration beside it; the program runs where it stands, so that
    // `import "ecs-retention"` finds the built package.
    const folder = join(this.#folder, projectName);
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, "Pulumi.yaml"),
      `${file.replace(/^main: .+$/m, "")}\nmain: ${resolve(root, project, main)}\n`,
    );
    const stack = new Stack(this, folder, projectName, name);
    await stack.command("stack", "init", name);
    await stack.configure({ "aws:region": REGION, ...config });
    return stack;
  }

  run(folder: string, args: string[]): Promise<Output> {
    const child = spawn("pulumi", ["--non-interactive", "--color=never", ...args], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
      env: this.#env,
    });
    this.#running.add(child);
    return new Promise((done, reject) => {
      const output = { stdout: "", stderr: "" };
      child.stdout.setEncoding("utf8").on("data", (text) => (output.stdout += text));
      child.stderr.setEncoding("utf8").on("data", (text) => (output.stderr += text));
      child.on("error", reject);
      child.on("close", (status) => {
        this.#running.delete(child);
        done({ status: status ?? -1, ...output });
      });
    });
  }

  /** Every byte that the backend and the CLI wrote to disk. */
  onDisk(): string {
    return readdirSync(this.#folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"))
      .join("\n");
  }
}

export class Stack {
  /** What a StackReference names. */
  readonly reference: string;
  readonly #pulumi: Pulumi;
  readonly #folder: string;
  readonly #name: string;

  constructor(pulumi: Pulumi, folder: string, project: string, name: string) {
    this.#pulumi = pulumi;
    this.#folder = folder;
    this.#name = name;
    this.reference = `organization/${project}/${name}`;
  }

  /** Runs a command that has to succeed; gives its stdout. */
  async command(...args: string[]): Promise<string> {
    const { status, stdout, stderr } = await this.#pulumi.run(this.#folder, args);
    if (status !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${status}:\n${stdout}\n${stderr}`);
    return stdout;
  }

  /** Keys without a namespace belong to the project; those with `[0]` and the like are paths. */
  async configure(config: Config): Promise<void> {
    const args = Object.entries(config).flatMap(([key, value]) =>
      typeof value === "string" ? ["--plaintext", `${key}=${value}`] : ["--secret", `${key}=${value.secret}`],
    );
    if (args.length > 0) await this.command("config", "set-all", "--stack", this.#name, "--path", ...args);
  }

  preview = async (): Promise<Run> => previewed(await this.#run("preview"));
  up = async (): Promise<Run> => updated(await this.#run("up", "--yes", "--skip-preview"));
  refresh = async (): Promise<Run> => updated(await this.#run("refresh", "--yes", "--skip-preview"));
  destroy = async (): Promise<Run> => updated(await this.#run("destroy", "--yes", "--skip-preview"));

  /** Every resource in the state, secrets encrypted. */
  async resources(): Promise<ResourceState[]> {
    const { deployment } = JSON.parse(await this.command("stack", "export", "--stack", this.#name));
    return deployment.resources ?? [];
  }

  #run(...args: string[]): Promise<Output> {
    return this.#pulumi.run(this.#folder, [...args, "--json", "--stack", this.#name]);
  }
}
