/** What an error says about the call that failed. */
export type ErrorKind =
  /** Somebody else needs the bucket or writes the same object just now; the call had no effect. */
  | "throttled"
  /** IAM refused the call; asking again changes nothing. */
  | "denied"
  /** 5xx or the network: the call may or may not have had its effect. */
  | "unavailable"
  /** AWS refused this input. */
  | "refused";

const THROTTLED =
  /^(Request|Kms)?Throttl|^TooManyRequests|^RequestLimitExceeded$|^SlowDown$|^ConditionalRequestConflict$|^OperationAborted$/;
/** An answer that cannot be read, too: its call was made. */
const UNKNOWN = /^(ServerException|TimeoutError|SyntaxError)$/;
const DENIED =
  /^(Kms)?AccessDenied|^Unauthorized|^UnrecognizedClient|^InvalidClientTokenId$|^ExpiredToken|^CredentialsProvider/;

/** Tells apart what the SDK throws; the names are those of each API's reference. */
export function kindOf(error: unknown): ErrorKind {
  const name = nameOf(error);
  if (THROTTLED.test(name)) return "throttled";
  if (DENIED.test(name)) return "denied";
  const status = statusOf(error);
  if (UNKNOWN.test(name) || (status !== undefined && status >= 500)) return "unavailable";
  // Node's network errors carry a code (ECONNRESET, ENOTFOUND, ETIMEDOUT, EPIPE, …) and never a response.
  if (status === undefined && typeof (error as { code?: unknown } | undefined)?.code === "string") return "unavailable";
  return "refused";
}

/** The error's code as AWS names it: safe to show, since it holds no part of a request or response. */
export function nameOf(error: unknown): string {
  const { name, code } = (error ?? {}) as { name?: unknown; code?: unknown };
  return typeof name === "string" && name !== "Error" ? name : typeof code === "string" ? code : "Error";
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode;
}

/** Somebody else wrote the object since it was read. */
export class StoreConflictError extends Error {
  override name = "StoreConflictError";

  constructor(key: string, cause?: unknown) {
    super(`${key} was written by somebody else meanwhile`, { cause });
  }
}
