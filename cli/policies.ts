import { claimIn, type LoadedRegistration } from "../cleanup/registrations";
import { policyHash, readPolicy } from "../retention/policy";
import { readJsonFile } from "./json-file";

async function load(file: string): Promise<LoadedRegistration> {
  const { value, problem } = await readJsonFile(file, "a retention policy");
  if (problem) return { key: file, problems: [problem] };
  const { policy, problems } = readPolicy(value, { origin: file });
  if (problems) return { key: file, problems, ...claimIn(value) };
  return { key: file, registration: { version: 1, policy }, hash: policyHash(value) };
}

/** What the store holds for the function, a shell holds in files: one registration for each, good or broken. */
export function loadPolicies(files: string[]): Promise<LoadedRegistration[]> {
  return Promise.all(files.map(load));
}
