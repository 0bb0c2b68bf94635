import { credentialSpecsGrants } from "./credential-specs";
import { environmentFilesGrants, firelensGrants } from "./files";
import type { FieldGrants } from "./grant";
import { imageGrants } from "./image";
import { loggingGrants } from "./logging";
import { repositoryCredentialsGrants, secretsGrants } from "./secrets";

/** Add a field of a container here to have the execution role grant what it needs. */
export const FIELD_GRANTS: readonly FieldGrants[] = [
  imageGrants,
  repositoryCredentialsGrants,
  loggingGrants,
  firelensGrants,
  secretsGrants,
  environmentFilesGrants,
  credentialSpecsGrants,
];
