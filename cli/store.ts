import { resolve } from "node:path";
import type { Connect } from "../aws/clients";
import { memoryStore } from "../aws/memory-store";
import type { Calls } from "../aws/retry";
import { openStore } from "../aws/store";
import type { RunOptions } from "../cleanup/options";
import { type GoodRegistration, isGood, type LoadedRegistration, loadRegistrations } from "../cleanup/registrations";
import { covers, overlaps } from "../retention/families";
import type { Report } from "../retention/types";
import { SetupError, UsageError } from "./shell";

type Storage = Pick<RunOptions, "store" | "storeName" | "remembers">;

/** @param location `s3://BUCKET` or a folder. @default a store that is forgotten with the process */
export function storageAt(location: string | undefined, connect: Connect, calls: Calls): Storage {
  if (location === undefined) return { store: memoryStore(), remembers: false };
  try {
    const store = openStore(location, connect, calls);
    const storeName = location.startsWith("s3://") ? location.replace(/\/$/, "") : resolve(location);
    return { store, storeName, remembers: true };
  } catch (error) {
    throw new UsageError(`--${(error as Error).message}`);
  }
}

/**
 * Names each policy's ledger: that of the store's registration about all of its families, so that the function and the shell
 * share clocks and limits, else `cli/<family>`. A policy that contradicts another file keeps its file's name, for no
 * ledger is kept of it.
 */
export async function withKeys(policies: LoadedRegistration[], storage: Storage): Promise<LoadedRegistration[]> {
  const registered = (await registrationsOf(storage)).filter(isGood);
  const taken = new Set<string>();
  return policies.map((loaded) => {
    if (!isGood(loaded)) return loaded;
    const { policy } = loaded.registration;
    const same = (other: LoadedRegistration) => isGood(other) && overlaps(policy, other.registration.policy);
    if (policies.some((other) => other !== loaded && same(other))) return loaded;
    // A ledger of other families does not know what else was in use.
    const knows = ({ registration }: GoodRegistration) => covers(registration.policy, policy);
    const shared = registered.find((other) => knows(other) && !taken.has(other.key));
    if (!shared) return { ...loaded, key: `cli/${policy.family}${policy.familyMatch === "exact" ? "" : "-????????"}` };
    taken.add(shared.key);
    return { ...loaded, key: shared.key, ...(shared.etag !== undefined && { etag: shared.etag }) };
  });
}

/** People know their policies by their files; where the clocks are somebody else's too, a note says so. */
export function withFiles(report: Report, registrations: { key: string }[], files: string[]): Report {
  const fileOf = new Map(registrations.map(({ key }, at) => [key, files[at] ?? key]));
  const services = report.services.map((service) => {
    const { registration } = service;
    const shared = registration.startsWith("policies/") ? [`clocks and limits are shared with ${registration}`] : [];
    return { ...service, registration: fileOf.get(registration) ?? registration, notes: [...shared, ...service.notes] };
  });
  return { ...report, services };
}

async function registrationsOf({ store, storeName }: Storage): Promise<LoadedRegistration[]> {
  try {
    return await loadRegistrations(store);
  } catch (error) {
    const { message } = error as Error;
    throw new SetupError(
      `--store ${storeName} cannot be read (${message}): check its name, your rights and the Region`,
    );
  }
}
