import { literal } from "../statement";
import { type Because, fieldGrants, type Grant, type GrantContext, type Parsed } from "./grant";

/** An object in S3, and its bucket, as ARNs. */
export interface FileReference {
  object: string;
  bucket: string;
}

/** Reads an S3 object's ARN. */
export function parseFile(text: string): Parsed<FileReference> {
  const [object, bucket] = /^(arn:aws[a-z-]*:s3:::[A-Za-z0-9._-]+)\/.+$/s.exec(text) ?? [];
  if (object && bucket) return { parsed: { object, bucket } };
  const given = text === "" ? "an empty text" : "text that is no ARN of an S3 object";
  return { wrong: { given, expected: "arn:aws:s3:::BUCKET/KEY", fix: "name the object by its ARN" } };
}

/** Reads one object; only in buckets of known accounts, since whoever makes a bucket of that name anew could change it. */
export function fileGrants({ object, bucket }: FileReference, because: Because, context: GrantContext): Grant[] {
  const { bucketAccountIds, account } = context;
  const owners = bucketAccountIds.length > 0 ? [...bucketAccountIds].sort() : account;
  const conditions = { StringEquals: { "aws:ResourceAccount": owners } };
  return [
    { sid: "ReadFiles", actions: ["s3:GetObject"], resource: literal(object), conditions, because },
    { sid: "LocateBuckets", actions: ["s3:GetBucketLocation"], resource: bucket, conditions, because },
  ];
}

/** Files of environment variables. */
export const environmentFilesGrants = fieldGrants<FileReference>("environmentFiles", {
  named: ({ environmentFiles = [] }) =>
    environmentFiles.map(({ value }, index) => ({ field: `environmentFiles[${index}].value`, text: value })),
  parse: parseFile,
  grants: fileGrants,
});

/** FireLens's configuration, where it lies in S3. Where logs are sent to is the task role's concern. */
export const firelensGrants = fieldGrants<FileReference>("firelensConfiguration", {
  named({ firelensConfiguration: { options } = {} }) {
    const text = options?.["config-file-type"] === "s3" ? options["config-file-value"] : undefined;
    return [{ field: "firelensConfiguration.options.config-file-value", text }];
  },
  parse: parseFile,
  grants: fileGrants,
});
