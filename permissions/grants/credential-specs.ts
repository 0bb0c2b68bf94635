import { parseSecretReference, type SecretReference } from "../secret-reference";
import { type FileReference, fileGrants, parseFile } from "./files";
import { fieldGrants, type Parsed } from "./grant";
import { secretGrants } from "./secrets";

type SpecReference = { file: FileReference } | { parameter: SecretReference } | { local: true };

/**
 * Credential specs of Active Directory, in S3 or SSM; also where the option of Docker names them. What a domainless one
 * names in turn stands in the file, and is asked of the author.
 */
export const credentialSpecsGrants = fieldGrants<SpecReference>("credentialSpecs", {
  named: ({ credentialSpecs = [], dockerSecurityOptions = [] }) => [
    ...credentialSpecs.map((text, index) => ({ field: `credentialSpecs[${index}]`, text })),
    ...dockerSecurityOptions.flatMap((text, index) =>
      text.startsWith("credentialspec") ? [{ field: `dockerSecurityOptions[${index}]`, text }] : [],
    ),
  ],
  parse,
  grants(spec, because, context) {
    if ("local" in spec) return [];
    return "file" in spec ? fileGrants(spec.file, because, context) : secretGrants(spec.parameter, because, context);
  },
});

function parse(text: string): Parsed<SpecReference> {
  const [, place] = /^credentialspec(?:domainless)?:(.+)$/s.exec(text) ?? [];
  if (place?.startsWith("file://")) return { parsed: { local: true } };
  const file = parseFile(place ?? "");
  if ("parsed" in file) return { parsed: { file: file.parsed } };
  const parameter = parseSecretReference(place ?? "");
  if ("parsed" in parameter && parameter.parsed.service === "ssm") return { parsed: { parameter: parameter.parsed } };
  const given = text === "" ? "an empty text" : "text of another form";
  const expected = "credentialspec:ARN or credentialspecdomainless:ARN, the ARN of an S3 object or SSM parameter";
  return { wrong: { given, expected, fix: "name the credential spec by its ARN" } };
}
