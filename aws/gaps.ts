import type { Gap, GapScope } from "../retention/types";
import { kindOf, nameOf } from "./errors";
import { CutOffError, ReadError } from "./retry";

/** What a failed read leaves unknown; an error that no read ended with is not ours to explain and is thrown again. */
export function gapOf(error: unknown, source: string, scope: GapScope): Gap {
  if (!(error instanceof ReadError)) throw error;
  const kind = kindOf(error.cause);
  const known = kind === "denied" || kind === "throttled" ? kind : "failed";
  const cause = error.cause instanceof CutOffError ? "truncated" : known;
  const gap = gapIn(error.operation, error.message, source, scope, cause);
  // Encrypted with a customer's key: the call itself was allowed.
  const encrypted = known === "denied" && nameOf(error.cause).startsWith("Kms");
  return encrypted ? { ...gap, remedy: "allow kms:Decrypt on its key to the role that reads" } : gap;
}

/** What an answer did not tell although the call succeeded. */
export function gapIn(
  operation: string,
  detail: string,
  source: string,
  scope: GapScope,
  cause: Gap["cause"] = "failed",
): Gap {
  const id = [source, operation, "name" in scope ? scope.name : scope.kind].join("/");
  const remedy =
    cause === "denied" ? `allow ${operation} to the role that reads` : "run again: everything is read anew";
  return { id, source, scope, cause, detail, remedy };
}
