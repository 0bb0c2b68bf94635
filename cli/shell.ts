import type { ConnectEcr } from "../aws/ecr-client";
import type { Clock } from "../retention/types";

export interface Output {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

/** What the command line tool has around it; tests bring their own. */
export interface Shell {
  stdout: Output;
  stderr: Output;
  /** All that comes in, to its end. */
  stdin(): Promise<string>;
  env: Record<string, string | undefined>;
  clock: Clock;
  connect(options: { region: string }): ConnectEcr;
  /** The Region of the AWS profile, if it names one. */
  profileRegion(): Promise<string | undefined>;
  /** Asks a person; absent where there is no terminal. */
  ask?(question: string): Promise<string>;
}

/** https://man.freebsd.org/sysexits: the command was used incorrectly. */
export const EX_USAGE = 64;

/** Something is left for later, or for somebody: a gap, a stop, a limit, another run, a no. */
export const EX_BLOCKED = 3;

/** The command was used incorrectly; nothing was read. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** Something outside is not as it has to be, and the message says how to mend it. */
export class SetupError extends Error {
  override name = "SetupError";
}

/** Another run works with the store, and nothing was done. */
export class BusyError extends Error {
  override name = "BusyError";
}
