import type { FamilyClaim } from "../retention/families";
import { readRegistration } from "../retention/registration";
import { STORE } from "../retention/store-layout";
import type { Problem, Registration, Store } from "../retention/types";

/** A registration that can be planned by; `hash` is the sha256 of its policy as registered. */
export interface GoodRegistration {
  /** The object's key in the store, or the policy's file. */
  key: string;
  registration: Registration;
  hash: string;
  /** Of the object in the store. Absent: it is a file. */
  etag?: string;
}

/** What was found where a registration should be, and cannot be planned by. */
interface BrokenRegistration {
  key: string;
  problems: Problem[];
  /** What it claims nevertheless, so that nobody else removes of it. @default not readable */
  claim?: FamilyClaim;
}

export type LoadedRegistration = GoodRegistration | BrokenRegistration;

export function isGood(loaded: LoadedRegistration): loaded is GoodRegistration {
  return "registration" in loaded;
}

/** Every registration of the store, in the order of their keys; a broken one is a problem of its own service alone. */
export async function loadRegistrations(store: Store): Promise<LoadedRegistration[]> {
  const loaded: LoadedRegistration[] = [];
  for (const { key } of await store.list(STORE.policies)) {
    const object = await store.get(key);
    // Absent: removed since it was listed.
    if (object) loaded.push(loadRegistration(object.body, key, object.etag));
  }
  return loaded;
}

export function loadRegistration(body: string, key: string, etag?: string): LoadedRegistration {
  const { registration, hash, problems } = { hash: "", ...readRegistration(body, key) };
  if (registration) return { key, registration, hash, ...(etag !== undefined && { etag }) };
  return { key, problems: problems ?? [], ...claimOf(body) };
}

function claimOf(body: string): { claim?: FamilyClaim } {
  try {
    const policy: unknown = JSON.parse(body)?.policy;
    return claimIn(policy);
  } catch {
    return {};
  }
}

/** What a policy claims that is otherwise wrong, as far as that can be read. */
export function claimIn(policy: unknown): { claim?: FamilyClaim } {
  const { family, familyMatch } = Object(policy) as { family?: unknown; familyMatch?: unknown };
  if (typeof family !== "string") return {};
  return { claim: { family, familyMatch: familyMatch === "hash-suffix" ? familyMatch : "exact" } };
}
