import * as pulumi from "@pulumi/pulumi";
import type { GivenSettings, GrantSettings } from "../permissions/grants/grant";
import { settingsProblems } from "../permissions/settings";
import { project, type Shape } from "../permissions/shape";
import { isRecord, unknownProperties, within } from "../retention/fields";
import { checked } from "./inputs";

const TEXTS: Shape = ["text"];
const SETTINGS = {
  keys: { secretsManager: TEXTS, systemsManager: TEXTS, s3: TEXTS },
  pullThroughCachePrefixes: TEXTS,
  bucketAccountIds: TEXTS,
  additionalSecretArns: TEXTS,
} satisfies Record<keyof GrantSettings, Shape>;
const NAMES = Object.keys(SETTINGS) as (keyof GrantSettings)[];

/** The arguments that settle what containers leave open, each to be used once it is known and right. */
export function checkedSettings<A extends Partial<Record<keyof GrantSettings, unknown>>>(
  component: string,
  args: A,
  path: string,
): Partial<A> {
  const given = NAMES.filter((name) => args[name] !== undefined).map((name) => {
    const read = checked(component, within(path, name), args[name] as pulumi.Input<unknown>, (value) =>
      readSetting(name, value, path),
    );
    return [name, read.apply(({ value }) => value)];
  });
  return Object.fromEntries(given);
}

function readSetting(name: keyof GrantSettings, value: unknown, path: string) {
  const at = within(path, name);
  const problems = name === "keys" && isRecord(value) ? unknownProperties(value, Object.keys(SETTINGS.keys), at) : [];
  const setting = { [name]: project(value, SETTINGS[name], at, problems) };
  problems.push(...settingsProblems(setting, path));
  return problems.length > 0 ? { problems } : { value: setting[name] };
}

/** Those of arguments that are checked; none of the others, whose defaults are not ours. */
export function settingsOf(args: Partial<Record<keyof GrantSettings, unknown>>): pulumi.Output<GivenSettings> {
  const given = NAMES.flatMap((name) => (args[name] === undefined ? [] : [[name, args[name]]]));
  return pulumi.output(Object.fromEntries(given)).apply((settings: GivenSettings) => settings);
}
