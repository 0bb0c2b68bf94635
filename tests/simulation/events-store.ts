import type { Random } from "../../simulator/random";
import { listRevisions } from "../../simulator/services/ecs-definitions";
import { type Account, BUCKET, registrationKey } from "./account";
import { type Happening, pick } from "./events-ecs";
import { type Line, randomPolicy } from "./policies";

const DAY = 24 * 3_600_000;

/** Lines that somebody could register a policy for. */
export function lines({ scope }: Account): Line[] {
  const families = [...new Set(listRevisions(scope).map(({ family }) => family))];
  const names = families.map((family) => {
    const [, suffixed] = /^(.*)-[0-9a-f]{8}$/.exec(family) ?? [];
    return suffixed ? `${suffixed}/hash-suffix` : `${family}/exact`;
  });
  return [...new Set(names)].map((name) => {
    const [family = "", familyMatch] = name.split("/");
    return { family, familyMatch: familyMatch as Line["familyMatch"] };
  });
}

/** Keys of registrations that are there, by name. */
function registrations(account: Account): string[] {
  return keys(account, "policies/").map((key) => key.slice(registrationKey("").length - 5, -5));
}

function keys({ scope }: Account, prefix: string): string[] {
  const bucket = scope.world.services.s3.buckets.get(BUCKET);
  return [...(bucket?.objects ?? [])]
    .filter(([key, versions]) => key.startsWith(prefix) && !versions.at(-1)?.deleteMarker)
    .map(([key]) => key);
}

export function deployPolicy(account: Account, name: string, line: Line, random: Random, withRole = true): string {
  const numbers = listRevisions(account.scope).filter(({ family }) => family === line.family);
  const policy = randomPolicy(
    line,
    numbers.map(({ revision }) => revision),
    random,
  );
  account.deploy(name, policy, { withRole });
  return `${name} is deployed${withRole ? "" : " without its role"}: ${JSON.stringify(policy)}`;
}

/** The line that a registration was for, by its name. */
function lineOf(account: Account, name: string): Line | undefined {
  return lines(account).find(({ family }) => family === name.replace(/-twin$/, ""));
}

/** What a run relies on, where somebody with rights to the bucket could meddle. */
const OWN = ["ledger/", "state/", "facts/", "lease/", "journal/"];

export const STORE_EVENTS = {
  stop: (account) => {
    account.put("control/STOP", "");
    return "STOP is put";
  },
  "end-stop": (account) => {
    if (keys(account, "control/").length === 0) return undefined;
    account.remove("control/STOP");
    return "STOP is removed";
  },
  "edit-registration": (account, random) => {
    const name = pick(random, registrations(account));
    const line = name && lineOf(account, name);
    return line ? deployPolicy(account, name, line, random) : undefined;
  },
  "edit-without-role": (account, random) => {
    const name = pick(random, registrations(account));
    const line = name && lineOf(account, name);
    return line ? deployPolicy(account, name, line, random, false) : undefined;
  },
  "break-registration": (account, random) => {
    const name = pick(random, registrations(account));
    if (!name) return undefined;
    const family = name.replace(/-twin$/, "");
    const bodies = [
      "{",
      JSON.stringify({ version: 2 }),
      JSON.stringify({ version: 1, policy: { family, taskDefinitions: 3 } }),
    ];
    const body = pick(random, bodies) ?? "";
    account.put(registrationKey(name), body);
    return `${name}'s registration is now ${body}`;
  },
  "remove-registration": (account, random) => {
    const name = pick(random, registrations(account));
    if (!name) return undefined;
    account.remove(registrationKey(name));
    return `${name}'s registration is removed`;
  },
  "add-registration": (account, random) => {
    const line = pick(random, lines(account));
    if (!line) return undefined;
    const name = random.next() < 0.15 ? `${line.family}-twin` : line.family;
    return registrations(account).includes(name) ? undefined : deployPolicy(account, name, line, random);
  },
  acknowledge: (account, random) => {
    const vanished = lines(account).map(({ family }) => `vanished-${registrationKey(family)}`);
    const id = pick(random, [...vanished, "implausible-references"]) ?? "";
    const until = new Date(account.world.clock.now() + 6 * DAY).toISOString().slice(0, 10);
    const { acknowledgedGaps } = account.settings;
    account.settings.acknowledgedGaps = [
      ...acknowledgedGaps.filter((each) => each.id !== id),
      { id, reason: "the history says so", until },
    ];
    return `${id} is acknowledged until ${until}`;
  },
  "corrupt-object": (account, random) =>
    meddle(account, random, (key) => {
      // Where another version holds the lease nobody else goes on, and that is meant.
      const newer = key.startsWith("lease/") ? "null" : JSON.stringify({ version: 99 });
      const body = pick(random, ["", "{", newer, "[]"]) ?? "";
      account.put(key, body);
      return `${key} is now "${body}"`;
    }),
  "delete-object": (account, random) =>
    meddle(account, random, (key) => {
      account.remove(key);
      return `${key} is deleted`;
    }),
  deny: (account, random) => {
    const operation = pick(random, DENIABLE) ?? "";
    if (account.denied.has(operation)) return undefined;
    account.denied.set(operation, account.world.clock.now());
    return `${operation} is denied from now on`;
  },
  allow: (account) => {
    if (account.denied.size === 0) return undefined;
    const operations = [...account.denied.keys()].join(", ");
    account.denied.clear();
    return `${operations} allowed again`;
  },
} satisfies Record<string, Happening>;

const DENIABLE = [
  "ListTaskDefinitions",
  "ListClusters",
  "ListServices",
  "ListTasks",
  "ListEventBuses",
  "ListRuleNamesByTarget",
  "ListPipes",
  "ListSchedules",
  "ListStateMachines",
  "ListApplications",
  "DescribeServices",
  "DescribeTasks",
  "DescribeTaskDefinition",
  "DescribeStateMachine",
];

function meddle(account: Account, random: Random, how: (key: string) => string): string | undefined {
  const key = pick(
    random,
    OWN.flatMap((prefix) => keys(account, prefix)),
  );
  if (key === undefined) return undefined;
  account.meddled(key);
  return how(key);
}
