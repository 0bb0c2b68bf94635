import { createHash } from "node:crypto";
import type { Store } from "../retention/types";
import { StoreConflictError } from "./errors";

/** As S3 makes them: the same body has the same etag again. */
export const etagOf = (body: string | Buffer) => createHash("md5").update(body).digest("hex");

/** @throws StoreConflictError */
export function checkCondition(key: string, present: string | undefined, ifMatch: string | "absent" | "any"): void {
  if (ifMatch !== "any" && (present ?? "absent") !== ifMatch) throw new StoreConflictError(key);
}

/** As S3 sorts keys. */
export const byBytes = (one: { key: string }, other: { key: string }) =>
  Buffer.compare(Buffer.from(one.key), Buffer.from(other.key));

/** A store that ends with the process: for tests, and for a plan that nobody remembers. */
export function memoryStore(): Store {
  const objects = new Map<string, { body: string; etag: string }>();
  return {
    async get(key) {
      return objects.get(key);
    },
    async put(key, body, ifMatch) {
      checkCondition(key, objects.get(key)?.etag, ifMatch);
      const etag = etagOf(body);
      objects.set(key, { body, etag });
      return etag;
    },
    async list(prefix) {
      const found = [...objects].filter(([key]) => key.startsWith(prefix));
      return found.map(([key, { etag }]) => ({ key, etag })).sort(byBytes);
    },
  };
}
