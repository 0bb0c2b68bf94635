import { randomUUID } from "node:crypto";
import { StoreConflictError } from "../../aws/errors";
import type { Store } from "../../retention/types";

/**
 * Writes an object that nobody else may have written since `etag`. After a lost answer the write is sent again and meets
 * what it wrote itself: the body that is there then tells. One PUT; one GET more after a lost answer.
 *
 * @returns The new etag.
 * @throws StoreConflictError where somebody else wrote it.
 */
export async function putOwned(store: Store, key: string, body: string, etag: string | "absent"): Promise<string> {
  try {
    return await store.put(key, body, etag);
  } catch (error) {
    if (!(error instanceof StoreConflictError)) throw error;
    const found = await store.get(key);
    if (found?.body !== body) throw error;
    return found.etag;
  }
}

/**
 * The same of a JSON object. Its `writer` makes every body another one: without it, one that somebody else changed and
 * changed back would have the etag that was read.
 */
export function writeOwned(
  store: Store,
  key: string,
  value: object,
  etag: string | "absent",
  runId: string,
): Promise<string> {
  return putOwned(store, key, JSON.stringify({ ...value, writer: `${runId}/${randomUUID()}` }), etag);
}
