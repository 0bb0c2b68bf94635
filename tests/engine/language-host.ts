import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { type handleUnaryCall, Server, status } from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import {
  type LanguageHandshakeRequest,
  LanguageHandshakeResponse,
  type RunRequest,
  RunResponse,
} from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import type { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type Listening, listen } from "../../simulator/provider/grpc";

/** The SDK ends with it where it has told its user already what is wrong. */
const TOLD = 32;

/**
 * What `pulumi-language-nodejs` does for the engine, as far as our programs need it: starts the SDK's own `cmd/run`.
 * For machines where Pulumi is built from the Go module proxy, which has no language host that knows transforms.
 * The engine attaches to it with `PULUMI_DEBUG_LANGUAGES=nodejs:<port>`.
 */
export function serveLanguageHost(env: NodeJS.ProcessEnv): Promise<Listening> {
  const engines = new Map<string, string>();

  const handshake: handleUnaryCall<LanguageHandshakeRequest, LanguageHandshakeResponse> = (call, callback) => {
    engines.set(call.getPeer(), call.request.getEngineAddress());
    callback(null, new LanguageHandshakeResponse());
  };

  const run: handleUnaryCall<RunRequest, RunResponse> = (call, callback) => {
    const request = call.request;
    const config: Record<string, string> = {};
    request.getConfigMap().forEach((value, key) => {
      config[key] = value;
    });
    const options: Record<string, string> = {
      monitor: request.getMonitorAddress(),
      engine: engines.get(call.getPeer()) ?? "",
      organization: request.getOrganization(),
      project: request.getProject(),
      stack: request.getStack(),
      pwd: request.getPwd(),
      parallel: String(request.getParallel()),
    };
    const args = [
      createRequire(__filename).resolve("@pulumi/pulumi/cmd/run"),
      ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]),
      ...(request.getDryrun() ? ["--dry-run"] : []),
      request.getProgram(),
    ];
    const program = spawn(process.execPath, args, {
      cwd: request.getPwd(),
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...env,
        PULUMI_CONFIG: JSON.stringify(config),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
        PULUMI_NODEJS_TYPESCRIPT: "true",
      },
    });
    let output = "";
    for (const stream of [program.stdout, program.stderr]) stream.on("data", (text) => (output += text));
    program.on("error", (error) => callback({ code: status.INTERNAL, details: error.message }));
    program.on("close", (code) => {
      const failed = `the program ended with exit code ${code}\n${output}`;
      callback(null, new RunResponse().setBail(code === TOLD).setError(code === 0 || code === TOLD ? "" : failed));
    });
  };

  const server = new Server();
  const getPluginInfo: handleUnaryCall<Empty, PluginInfo> = (_, callback) => callback(null, new PluginInfo());
  server.addService(LanguageRuntimeService, { handshake, getPluginInfo, run });
  return listen(server);
}
