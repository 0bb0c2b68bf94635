import type * as pulumi from "@pulumi/pulumi";

/** What of a container needs rights of the execution role; other fields may be there and are only checked. */
export interface ContainerArgs {
  /** Image as the task definition names it. */
  image: pulumi.Input<string>;
  /**
   * Credentials of another registry.
   * @default - the image is ECR's or public
   */
  repositoryCredentials?: pulumi.Input<ContainerRepositoryCredentialsArgs | undefined>;
  /**
   * Where the container's output goes.
   * @default - no rights to write logs
   */
  logConfiguration?: pulumi.Input<ContainerLogConfigurationArgs | undefined>;
  /**
   * What makes it the log router of the others.
   * @default - it is none
   */
  firelensConfiguration?: pulumi.Input<ContainerFirelensConfigurationArgs | undefined>;
  /**
   * Secrets that ECS injects.
   * @default - no rights to read secrets
   */
  secrets?: pulumi.Input<pulumi.Input<ContainerSecretArgs>[] | undefined>;
  /**
   * Files of environment variables in S3.
   * @default - no rights to read files
   */
  environmentFiles?: pulumi.Input<pulumi.Input<ContainerEnvironmentFileArgs>[] | undefined>;
  /**
   * `credentialspec:ARN` or `credentialspecdomainless:ARN`, of an S3 object or SSM parameter.
   * @default - no rights to read credential specs
   */
  credentialSpecs?: pulumi.Input<pulumi.Input<string>[] | undefined>;
  /**
   * Options of Docker, of which those that name a credential spec count.
   * @default - no rights to read credential specs
   */
  dockerSecurityOptions?: pulumi.Input<pulumi.Input<string>[] | undefined>;
}

/** A secret that ECS injects when the container starts. */
export interface ContainerSecretArgs {
  /** Name of the environment variable or log option. */
  name: pulumi.Input<string>;
  /** ARN of a Secrets Manager secret (`:json-key:version-stage:version-id` may follow), or name or ARN of an SSM parameter. */
  valueFrom: pulumi.Input<string>;
}

/** How ECS logs in to a registry that is not ECR's. */
export interface ContainerRepositoryCredentialsArgs {
  /**
   * Name or ARN of the Secrets Manager secret.
   * @default - no rights to read credentials
   */
  credentialsParameter?: pulumi.Input<string | undefined>;
}

/** Where a container's output goes. */
export interface ContainerLogConfigurationArgs {
  /** Such as `awslogs`. */
  logDriver: pulumi.Input<string>;
  /**
   * Options of the driver.
   * @default - none
   */
  options?: pulumi.Input<{ [key: string]: pulumi.Input<string> } | undefined>;
  /**
   * Options whose values are secrets.
   * @default - none
   */
  secretOptions?: pulumi.Input<pulumi.Input<ContainerSecretArgs>[] | undefined>;
}

/** How a container routes the output of the others. */
export interface ContainerFirelensConfigurationArgs {
  /**
   * `fluentbit` or `fluentd`.
   * @default - either: the rights are the same
   */
  type?: pulumi.Input<string | undefined>;
  /**
   * Options of the router: `config-file-type` `s3` reads the object in `config-file-value`.
   * @default - none
   */
  options?: pulumi.Input<{ [key: string]: pulumi.Input<string> } | undefined>;
}

/** A file of environment variables. */
export interface ContainerEnvironmentFileArgs {
  /**
   * Where it is kept.
   * @default - `s3`, the only place that there is
   */
  type?: pulumi.Input<string | undefined>;
  /**
   * ARN of the object.
   * @default - no rights to read a file
   */
  value?: pulumi.Input<string | undefined>;
}

/** What of a task definition's volume needs rights of the execution role; others need none. */
export interface VolumeArgs {
  /** Its name. */
  name: pulumi.Input<string>;
  /**
   * A file system of FSx for Windows.
   * @default - none
   */
  fsxWindowsFileServerVolumeConfiguration?: pulumi.Input<VolumeFsxArgs | undefined>;
}

/** A file system of FSx for Windows. */
export interface VolumeFsxArgs {
  /** How ECS logs in to it. */
  authorizationConfig: pulumi.Input<VolumeFsxAuthorizationArgs>;
}

/** How ECS logs in to a file system of FSx for Windows. */
export interface VolumeFsxAuthorizationArgs {
  /** ARN of the Secrets Manager secret or SSM parameter that holds the credentials. */
  credentialsParameter: pulumi.Input<string>;
}

/** ARNs of the customer keys with which a service encrypts what containers name; its own keys need no right. */
export interface ContainerKeysArgs {
  /**
   * Keys of secrets.
   * @default - no rights to decrypt them
   */
  secretsManager?: pulumi.Input<pulumi.Input<string>[] | undefined>;
  /**
   * Keys of parameters.
   * @default - no rights to decrypt them
   */
  systemsManager?: pulumi.Input<pulumi.Input<string>[] | undefined>;
  /**
   * Keys of objects.
   * @default - no rights to decrypt them
   */
  s3?: pulumi.Input<pulumi.Input<string>[] | undefined>;
}
