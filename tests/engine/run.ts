import assert from "node:assert/strict";

/** A resource as `preview --json` and `stack export` print it. */
export interface ResourceState {
  urn: string;
  type: string;
  id?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  /** URNs. */
  dependencies?: string[];
}

/** What the engine does, or would do, to one resource; those of op `same` and `read` are left out. */
export interface Step {
  op: string;
  type: string;
  name: string;
  /** Inputs that changed. */
  diffs: string[];
  inputs: Record<string, unknown>;
}

export interface Run {
  status: number;
  steps: Step[];
  /** What went wrong, for people. */
  errors: string;
  /** stdout and stderr as printed. */
  text: string;
}

/** A run that has to succeed. */
export async function ok(run: Promise<Run>): Promise<Run> {
  const result = await run;
  assert.equal(result.status, 0, result.errors);
  return result;
}

/** What a run does to AWS, in its order: `create checkout-removal-role`. Components and stacks are left out. */
export const inOrder = (run: Run) =>
  run.steps.filter(({ type }) => type.startsWith("aws:")).map(({ op, name }) => `${op} ${name}`);

/** The same, sorted. */
export const changes = (run: Run) => inOrder(run).sort();

interface Output {
  status: number;
  stdout: string;
  stderr: string;
}

interface Diagnostic {
  severity: string;
  message: string;
}

/** The document that `preview --json` prints. */
interface Digest {
  diagnostics?: Diagnostic[];
  steps?: { op: string; urn: string; diffReasons?: string[]; oldState?: ResourceState; newState?: ResourceState }[];
}

/** A line that `up --json` prints. */
interface EngineEvent {
  diagnosticEvent?: Diagnostic;
  resOutputsEvent?: { metadata: Metadata };
  resOpFailedEvent?: { metadata: Metadata };
}

interface Metadata {
  op: string;
  urn: string;
  diffs?: string[];
  old?: ResourceState;
  new?: ResourceState;
}

export function previewed(output: Output): Run {
  const { steps = [], diagnostics = [] }: Digest = JSON.parse(output.stdout || "{}");
  const metadata = steps.map(({ diffReasons, oldState, newState, ...rest }) => {
    return { ...rest, diffs: diffReasons, old: oldState, new: newState };
  });
  return run(output, metadata, diagnostics);
}

export function updated(output: Output): Run {
  const lines = output.stdout.split("\n").filter((line) => line.startsWith("{"));
  const events = lines.map((line): EngineEvent => JSON.parse(line));
  return run(
    output,
    events.flatMap((event) => (event.resOutputsEvent ?? event.resOpFailedEvent)?.metadata ?? []),
    events.flatMap(({ diagnosticEvent }) => diagnosticEvent ?? []),
  );
}

function run({ status, stdout, stderr }: Output, metadata: Metadata[], diagnostics: Diagnostic[]): Run {
  const steps = metadata
    .filter(({ op }) => op !== "same" && op !== "read")
    .map((step) => ({
      op: step.op,
      ...parts(step.urn),
      diffs: step.diffs ?? [],
      inputs: (step.new ?? step.old)?.inputs ?? {},
    }));
  const errors = diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message);
  return { status, steps, errors: [...errors, stderr].join("\n").trim(), text: `${stdout}\n${stderr}` };
}

/** `urn:pulumi:stack::project::parent$type::name` */
function parts(urn: string): { type: string; name: string } {
  const [, , types = "", name = ""] = urn.split("::");
  return { type: types.split("$").at(-1) ?? "", name };
}
