import { kindOf, nameOf } from "../aws/errors";
import { readImages, readRepository } from "../aws/images";
import { calls, ReadError } from "../aws/retry";
import { findingsOf } from "../lifecycle/checks/index";
import { evaluateLifecycle } from "../lifecycle/evaluate";
import { readLifecycleFile } from "../lifecycle/file";
import { type LifecycleResult, lifecycleReport } from "../report/lifecycle";
import { problemText } from "../retention/errors";
import { accountOf, type CallerOptions, connectFor } from "./account";
import { readText } from "./files";
import { type ImagesFile, loadImages, saveImages } from "./images-file";
import { progressOn } from "./progress";
import { print } from "./session";
import { SetupError, type Shell } from "./shell";

export interface LifecycleOptions extends CallerOptions {
  /** With the policy. */
  file: string;
  /** At most one of `repository` and `images`. */
  repository?: string;
  images?: string;
  /** Only with `repository`. */
  saveImages?: string;
  sharedWith: string[];
  json: boolean;
}

/** Nobody waits longer for 100,000 images, the most that a repository holds: https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html */
const LONGEST_READ = 60 * 60_000;

/** Says of an ECR lifecycle policy what it does, and to which image when; changes nothing in AWS. */
export async function lifecycle(options: LifecycleOptions, shell: Shell): Promise<number> {
  const result = await resultOf(options, shell);
  print(result, lifecycleReport, options, shell);
  if (result.policy === undefined) return 1;
  return result.findings.some(({ accepted }) => accepted === undefined) ? 2 : 0;
}

async function resultOf(options: LifecycleOptions, shell: Shell): Promise<LifecycleResult> {
  const { file: source, sharedWith } = options;
  const { text, problem } = await readText(source, "an ECR lifecycle policy");
  if (problem) throw new SetupError(problemText(problem));
  const read = readLifecycleFile(text, source);
  if (read.problems) return { version: 1, source, problems: read.problems };
  const { policy, acceptedFindings } = read;
  const found = await imagesFor(options, shell);
  if (found === undefined) {
    return { version: 1, source, policy, findings: findingsOf(policy, { sharedWith }, acceptedFindings) };
  }
  const { version: _, repository: name, images, ...rest } = found;
  const { mutability, readAt: at } = found;
  const verdicts = evaluateLifecycle(policy, images, at);
  const findings = findingsOf(policy, { sharedWith, mutability, evaluated: { verdicts, at } }, acceptedFindings);
  return { version: 1, source, policy, findings, repository: { name, ...rest, verdicts } };
}

async function imagesFor(options: LifecycleOptions, shell: Shell): Promise<ImagesFile | undefined> {
  const { repository, images, saveImages: target } = options;
  if (images !== undefined) return loadImages(images);
  if (repository === undefined) return undefined;
  const read = await readFromEcr(repository, options, shell);
  if (target !== undefined) saveImages(target, read);
  return read;
}

async function readFromEcr(repository: string, options: CallerOptions, shell: Shell): Promise<ImagesFile> {
  const { connect, region } = await connectFor(options, shell);
  const account = await accountOf(connect, shell);
  const ecr = connect.ecr();
  const readAt = shell.clock.now();
  const paced = calls(shell.clock, readAt + LONGEST_READ);
  const progress = progressOn(shell.stderr);
  try {
    const { mutability } = await readRepository(ecr, paced, repository);
    const { images, unread } = await readImages(ecr, paced, repository, progress.show);
    return { version: 1, repository, account, region, readAt, mutability, images, unread };
  } catch (error) {
    if (!(error instanceof ReadError)) throw error;
    throw new SetupError(unreadText(error, `"${repository}" in account ${account}, ${region}`));
  } finally {
    progress.clear();
  }
}

function unreadText(error: ReadError, repository: string): string {
  const name = nameOf(error.cause);
  if (name === "RepositoryNotFoundException" || name === "InvalidParameterException") {
    const fix = "give its name alone, such as shop/checkout, without registry and tag; check --region and --profile";
    return `there is no repository ${repository} (${name}): ${fix}`;
  }
  const fix: Record<ReturnType<typeof kindOf>, string> = {
    denied: "allow ecr:DescribeRepositories, ecr:DescribeImages and ecr:BatchGetImage on it to the caller",
    throttled: "others use up the account's rate; try again later",
    unavailable: "check the network and AWS's health, and try again",
    refused: "try again",
  };
  return `the images of ${repository} cannot be read (${error.message}): ${fix[kindOf(error.cause)]}`;
}
