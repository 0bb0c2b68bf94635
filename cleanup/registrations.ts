import { readRegistration } from "../retention/registration";
import type { Problem, Registration, Store } from "../retention/types";

/** A registration that can be planned by; `hash` is the sha256 of its policy as registered. */
export interface GoodRegistration {
  /** The object's key in the store, or the policy's file. */
  key: string;
  registration: Registration;
  hash: string;
}

/** What was found where a registration should be, and cannot be planned by. */
interface BrokenRegistration {
  key: string;
  problems: Problem[];
  /** The family that it claims nevertheless, so that nobody else removes of it. @default not readable */
  family?: string;
}

export type LoadedRegistration = GoodRegistration | BrokenRegistration;

/** Where components register their policies: `policies/<project>/<stack>/<name>-<hash of URN>.json`. */
const REGISTRATIONS = "policies/";

/** Every registration of the store, in the order of their keys; a broken one is a problem of its own service alone. */
export async function loadRegistrations(store: Store): Promise<LoadedRegistration[]> {
  const loaded: LoadedRegistration[] = [];
  for (const key of await store.list(REGISTRATIONS)) {
    const object = await store.get(key);
    // Absent: removed since it was listed.
    if (object) loaded.push(loadRegistration(object.body, key));
  }
  return loaded;
}

export function loadRegistration(body: string, key: string): LoadedRegistration {
  const { registration, hash, problems } = { hash: "", ...readRegistration(body, key) };
  return registration ? { key, registration, hash } : { key, problems: problems ?? [], ...claimOf(body) };
}

function claimOf(body: string): { family?: string } {
  try {
    const family: unknown = JSON.parse(body)?.policy?.family;
    return typeof family === "string" ? { family } : {};
  } catch {
    return {};
  }
}
