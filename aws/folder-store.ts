import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import type { Clock, Store } from "../retention/types";
import { systemClock } from "./clock";
import { byBytes, checkCondition, etagOf } from "./memory-store";

/** How often and how long a writer waits for another: a write takes a few milliseconds. */
const ATTEMPTS = 50;
const BETWEEN = 100;

/**
 * The store in a folder of one machine, made on the first write; nobody else may read it, since archived definitions hold
 * `environment` values. A write goes into `.lock`, which only one process can create, and becomes the object in one step:
 * killed before, it leaves the old object and the lock.
 *
 * @throws Error where a key leads out of the folder, the lock stays, or the file system refuses.
 */
export function folderStore(folder: string, clock: Clock = systemClock): Store {
  const lock = join(folder, ".lock");

  function fileOf(key: string): string {
    if (key.split(/[/\\]/).some((part) => /^(\.{0,2}|.*[\0:].*)$/.test(part))) {
      throw new Error(`${folder}: got the key "${key}", expected names between single slashes; give no such name`);
    }
    return join(folder, key);
  }

  function read(file: string): { body: string; etag: string } | undefined {
    const body = unlessMissing(() => readFileSync(file, "utf8"));
    return body === undefined ? undefined : { body, etag: etagOf(body) };
  }

  async function locked(): Promise<number> {
    for (let attempt = 1; ; attempt++) {
      try {
        return openSync(lock, "wx", 0o600);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
        if (attempt === ATTEMPTS) throw staleLock(lock, error);
        await clock.sleep(BETWEEN);
      }
    }
  }

  return {
    async get(key) {
      return read(fileOf(key));
    },

    async put(key, body, ifMatch) {
      const file = fileOf(key);
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      const descriptor = await locked();
      // Nothing is awaited from here on, so that no signal handler of ours ends the process in between.
      try {
        try {
          checkCondition(key, read(file)?.etag, ifMatch);
          writeFileSync(descriptor, body, { flush: true });
        } finally {
          closeSync(descriptor);
        }
        renameSync(lock, file);
      } catch (error) {
        rmSync(lock, { force: true });
        throw error;
      }
      return etagOf(body);
    },

    async list(prefix) {
      const below = join(folder, dirname(`${prefix}-`));
      const entries = unlessMissing(() => readdirSync(below, { recursive: true, withFileTypes: true })) ?? [];
      const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
      return files
        .map((file) => ({ key: relative(folder, file).split(sep).join("/"), file }))
        .filter(({ key, file }) => file !== lock && key.startsWith(prefix))
        .map(({ key, file }) => ({ key, etag: etagOf(readFileSync(file)) }))
        .sort(byBytes);
    },
  };
}

function unlessMissing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function staleLock(lock: string, cause: unknown): Error {
  const since = statSync(lock, { throwIfNoEntry: false })?.mtime.toISOString() ?? "just now";
  return new Error(
    `${lock} is there since ${since}: another ecs-retention writes, or was killed while it did; once none runs, delete it`,
    { cause },
  );
}
