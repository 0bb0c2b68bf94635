import { StoreConflictError } from "../../../aws/errors";
import { folderStore } from "../../../aws/folder-store";

/** Counts up one object of a folder so many times, each on condition that nobody else did meanwhile. */
async function count(folder: string, times: number): Promise<void> {
  const store = folderStore(folder);
  for (let done = 0; done < times; ) {
    const object = await store.get("count");
    try {
      await store.put("count", `${Number(object?.body ?? 0) + 1}`, object?.etag ?? "absent");
      done += 1;
    } catch (error) {
      if (!(error instanceof StoreConflictError)) throw error;
    }
  }
}

void count(process.argv[2] as string, Number(process.argv[3]));
