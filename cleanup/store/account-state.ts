import { isRecord, parseJson } from "../../retention/fields";
import { readPolicy } from "../../retention/policy";
import { STORE } from "../../retention/store-layout";
import type { AccountState, Store } from "../../retention/types";
import { writeOwned } from "./owned";

/** One GET when a run begins and one PUT when it ends. */
export interface LoadedState {
  state: AccountState;
  etag: string | "absent";
  /** Why it was started anew. */
  note?: string;
}

const keyOf = (account: string, region: string) => `${STORE.state}${account}-${region}.json`;

export async function loadState(store: Store, account: string, region: string): Promise<LoadedState> {
  const key = keyOf(account, region);
  const object = await store.get(key);
  return { ...readState(object?.body, key), etag: object?.etag ?? "absent" };
}

/** @returns What may be saved next. @throws StoreConflictError where somebody else wrote it since it was loaded. */
export async function saveState(
  store: Store,
  { account, region, runId }: { account: string; region: string; runId: string },
  { etag }: Pick<LoadedState, "etag">,
  state: AccountState,
): Promise<LoadedState> {
  return { state, etag: await writeOwned(store, keyOf(account, region), state, etag, runId) };
}

type Fields = Omit<AccountState, "version">;

const strings = (value: unknown) => Array.isArray(value) && value.every((each) => typeof each === "string");

const recordOf = (sound: (value: unknown) => boolean) => (value: unknown) =>
  isRecord(value) && Object.values(value).every(sound);

const isDeployment = (value: unknown) =>
  isRecord(value) && typeof value.deployment === "string" && strings(value.taskDefinitions);

const isClaim = (value: unknown) =>
  isRecord(value) && /undefined|number/.test(typeof value.goneSince) && !readPolicy(value.policy).problems;

const SOUND: { [Field in keyof Fields]: (value: unknown) => boolean } = {
  failed: strings,
  referenced: recordOf(strings),
  completedDeployments: recordOf(isDeployment),
  lastClaims: isRecord,
  refused: strings,
  pending: (value) => typeof value === "boolean",
};

/** What an older version did not write is empty; what cannot be understood too, and a note says so. */
function readState(body: string | undefined, key: string): { state: AccountState; note?: string } {
  const state: AccountState = {
    version: 1,
    failed: [],
    referenced: {},
    completedDeployments: {},
    lastClaims: {},
    refused: [],
    pending: false,
  };
  if (body === undefined) return { state };
  const found = parsed(body);
  if (found?.version !== 1) {
    const given = found ? `version ${JSON.stringify(found.version)}` : `${body.length} characters that are not JSON`;
    return { state, note: `${key}: got ${given}, expected version 1; what the account remembered starts anew` };
  }
  const broken: string[] = [];
  for (const field of Object.keys(SOUND) as (keyof Fields)[]) {
    if (SOUND[field](found[field])) Object.assign(state, { [field]: found[field] });
    else if (found[field] !== undefined) broken.push(field);
  }
  for (const [registration, claim] of Object.entries(state.lastClaims)) {
    // Each by itself: what the others claim stays protected.
    if (isClaim(claim)) Object.assign(claim, readPolicy(claim.policy));
    else {
      delete state.lastClaims[registration];
      broken.push(`lastClaims of ${registration}`);
    }
  }
  const note = `${key}: ${broken.join(", ")} cannot be read and starts anew`;
  return broken.length === 0 ? { state } : { state, note };
}

function parsed(body: string): Record<string, unknown> | undefined {
  const { value } = parseJson(body);
  return isRecord(value) ? value : undefined;
}
