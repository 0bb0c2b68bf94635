import { within } from "../retention/fields";
import type { Problem } from "../retention/types";
import type { GivenSettings, Wrong } from "./grants/grant";
import { parseSecretReference } from "./secret-reference";

const KEY_ARN = /^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key\/[A-Za-z0-9-]+$/;

/**
 * What is wrong with the settings, as far as they are known.
 *
 * @param path Of the object that has them; empty for the outermost one.
 */
export function settingsProblems(settings: GivenSettings, path = ""): Problem[] {
  const { keys, pullThroughCachePrefixes, bucketAccountIds, additionalSecretArns } = settings;
  const each = (name: string, values: string[] | undefined, wrong: (value: string) => Wrong | undefined) =>
    (values ?? []).flatMap((value, index) => {
      const problem = value === undefined ? undefined : wrong(value);
      return problem ? [{ path: within(path, `${name}[${index}]`), ...problem }] : [];
    });
  const unless = (pattern: RegExp, given: string, expected: string, fix: string) => (value: string) =>
    pattern.test(value) ? undefined : { given, expected, fix };
  // A policy names keys alone: an alias may point to another key tomorrow.
  const key = unless(
    KEY_ARN,
    "text that is no ARN of a key",
    "arn:aws:kms:REGION:ACCOUNT:key/ID",
    "name the key by its ARN, not by an alias",
  );
  return [
    ...each("keys.secretsManager", keys?.secretsManager, key),
    ...each("keys.systemsManager", keys?.systemsManager, key),
    ...each("keys.s3", keys?.s3, key),
    ...each(
      "pullThroughCachePrefixes",
      pullThroughCachePrefixes,
      unless(
        /^(?:ROOT|[a-z0-9]+(?:[._/-][a-z0-9]+)*)$/,
        "text that is no prefix of repositories",
        "a prefix such as docker-hub, without registry and closing slash, or ROOT",
        "copy the prefix from the pull-through cache rule",
      ),
    ),
    ...each(
      "bucketAccountIds",
      bucketAccountIds,
      unless(
        /^[0-9]{12}$/,
        "text that is no account id",
        "12 digits",
        "write the id of the account that owns the bucket",
      ),
    ),
    ...each("additionalSecretArns", additionalSecretArns, (text) => {
      const read = parseSecretReference(text);
      return "wrong" in read ? read.wrong : undefined;
    }),
  ];
}
