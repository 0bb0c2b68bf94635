import type { Store } from "../retention/types";
import type { Connect } from "./clients";
import { folderStore } from "./folder-store";
import type { Calls } from "./retry";
import { s3Store } from "./s3-store";

/**
 * The store that a person names.
 *
 * @param location `s3://BUCKET` or a folder.
 * @throws Error where it is neither.
 */
export function openStore(location: string, connect: Pick<Connect, "s3">, calls: Calls): Store {
  const bucket = /^s3:\/\/([a-z0-9][a-z0-9.-]*[a-z0-9])\/?$/.exec(location)?.[1];
  if (bucket) return s3Store(connect.s3(), bucket, calls);
  if (location === "" || /^[a-z0-9]+:\/\//i.test(location)) {
    throw new Error(`store: got "${location}", expected s3://BUCKET, without a key, or a folder`);
  }
  return folderStore(location);
}
