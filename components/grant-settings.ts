import * as pulumi from "@pulumi/pulumi";
import type { GrantSettings } from "../permissions/grants/grant";
import { settingsProblems } from "../permissions/settings";
import { project, type Shape } from "../permissions/shape";
import type { Problem } from "../retention/types";
import { checked } from "./inputs";

const TEXTS: Shape = ["text"];
const SETTINGS: Record<keyof GrantSettings, Shape> = {
  keys: { secretsManager: TEXTS, systemsManager: TEXTS, s3: TEXTS },
  pullThroughCachePrefixes: TEXTS,
  bucketAccountIds: TEXTS,
  additionalSecretArns: TEXTS,
};
const NAMES = Object.keys(SETTINGS) as (keyof GrantSettings)[];

/** The arguments that settle what containers leave open, each to be used once it is known and right. */
export function checkedSettings<A extends Partial<Record<keyof GrantSettings, unknown>>>(
  component: string,
  args: A,
  path: string,
): Partial<A> {
  const given = NAMES.filter((name) => args[name] !== undefined).map((name) => {
    const read = checked(component, path + name, args[name] as pulumi.Input<unknown>, (value) =>
      readSetting(name, value, path),
    );
    return [name, read.apply(({ value }) => value)];
  });
  return Object.fromEntries(given);
}

function readSetting(name: keyof GrantSettings, value: unknown, path: string) {
  const problems: Problem[] = [];
  const known = name === "keys" ? Object.keys(SETTINGS.keys) : [];
  const unknown = name === "keys" ? Object.keys(value ?? {}).filter((key) => !known.includes(key)) : [];
  const expected = `one of ${known.join(", ")}`;
  const wrong = { given: "an unknown property", expected, fix: "correct its name or remove it" };
  problems.push(...unknown.map((key) => ({ path: `${path}${name}.${key}`, ...wrong })));
  const setting = { [name]: project(value, SETTINGS[name], path + name, problems) };
  problems.push(...settingsProblems(setting, path));
  return problems.length > 0 ? { problems } : { value: setting[name] };
}

/** Those of arguments that are checked; none of the others, whose defaults are not ours. */
export function settingsOf(args: Partial<Record<keyof GrantSettings, unknown>>): pulumi.Output<Partial<GrantSettings>> {
  const given = Object.fromEntries(NAMES.flatMap((name) => (args[name] === undefined ? [] : [[name, args[name]]])));
  return pulumi.output(given).apply(({ keys, ...settings }: Partial<GrantSettings>) => ({
    ...settings,
    ...(keys && { keys: { ...NO_KEYS, ...keys } }),
  }));
}

const NO_KEYS: GrantSettings["keys"] = { secretsManager: [], systemsManager: [], s3: [] };
