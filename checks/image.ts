import { parseImageReference } from "../retention/images/reference";
import { type ContainerCheck, ofEach } from "./check";
import { filledIn } from "./values";

const PINNING =
  "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html#deployment-container-image-stability";

/** Tags that by their meaning move: channels, branches and environments. */
const MOVING =
  /^(?:(?:latest|stable|edge|nightly)(?:[-_.].*)?|.*[-_.]latest|lts|current|head|main|master|trunk|dev|develop|development|test|qa|stage|staging|prod|production|release|alpine|slim)$/i;

export const imageReference: ContainerCheck = {
  id: "image-reference",
  severity: "danger",
  question: "Is the image a reference that can be pulled?",
  why: "no task starts whose image cannot be pulled",
  fix: "write [registry/]repository[:tag] or [registry/]repository@sha256:… with 64 hexadecimal digits, without a scheme",
  link: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html#ECS-Type-ContainerDefinition-image",
  check: ofEach(({ image }) => {
    const text = filledIn(image);
    if (text === undefined || text === "") return [];
    const reference = parseImageReference(text);
    if (!reference) return [{ where: "image", what: "is no image reference" }];
    const isCut = reference.digest !== undefined && !/^sha256:[0-9A-Fa-f]{64}$/.test(reference.digest);
    return isCut ? [{ where: "image", what: "has a digest that is not sha256 with 64 hexadecimal digits" }] : [];
  }),
};

export const imageTag: ContainerCheck = {
  id: "image-tag",
  severity: "advice",
  question: "Does the image mean the same tomorrow?",
  why: "the tag moves: a rollback to this revision deploys other code than it ran, and no review shows the change",
  fix: "pin the image by digest, repository@sha256:…, or give each build a tag of its own and make the repository's tags immutable",
  link: PINNING,
  check: ofEach(({ image }) => {
    const text = filledIn(image);
    const reference = text === undefined ? undefined : parseImageReference(text);
    if (!reference || reference.digest !== undefined) return [];
    if (reference.tag === undefined)
      return [{ where: "image", what: "has neither tag nor digest, so latest is meant" }];
    return MOVING.test(reference.tag) ? [{ where: "image", what: `has the tag ${reference.tag}, which moves` }] : [];
  }),
};
