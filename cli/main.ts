#!/usr/bin/env node
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { STSClient } from "@aws-sdk/client-sts";
import { systemClock } from "../aws/clock";
import { connectEcr } from "../aws/ecr-client";
import { command } from "./command";
import type { Shell } from "./shell";

function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise<string>((resolve) => {
    terminal.question(question, resolve);
    terminal.once("close", () => resolve(""));
  }).finally(() => terminal.close());
}

const shell: Shell = {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: () => text(process.stdin),
  env: process.env,
  clock: systemClock,
  connect: connectEcr,
  profileRegion: () => new STSClient({}).config.region().catch(() => undefined),
  ...(process.stdin.isTTY && process.stderr.isTTY ? { ask } : {}),
};

// While a question stands, Ctrl-C is its answer instead: no.
process.once("SIGINT", () => {
  const left =
    process.argv[2] === "apply"
      ? ": what was removed until then stays removed, and the store is free again within ten minutes; `plan` shows what is left"
      : "";
  process.stderr.write(`\necs-retention: interrupted${left}\n`);
  process.exit(130);
});

// Not process.exit: it would cut off what a pipe has not taken yet.
command(process.argv.slice(2), shell).then((code) => {
  process.exitCode = code;
});
