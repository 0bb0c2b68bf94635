import fc from "fast-check";
import { renderLifecyclePolicy } from "../../../lifecycle/render";
import { policies } from "./arbitrary";

const WORDS = "tagged untagged any standard archive imageCountMoreThan sinceImagePushed sinceImagePulled ".concat(
  "sinceImageTransitioned days hours expire transition",
);
const VALUES = [
  undefined,
  null,
  true,
  0,
  -1,
  1,
  2,
  1.5,
  "1",
  "",
  [],
  {},
  ["a"],
  [""],
  ["b", 1],
  ["a*b*c*d*e*"],
  ["a", "a"],
];
const PLACES = "rulePriority description selection action selection.tagStatus selection.tagPatternList ".concat(
  "selection.tagPrefixList selection.storageClass selection.countType selection.countUnit selection.countNumber ",
  "action.type action.targetStorageClass name selection.name action.name",
);

/** Documents that AWS accepts, with some values changed, taken away or added. */
export const damagedDocuments = fc
  .tuple(
    policies,
    fc.array(
      fc.record({
        rule: fc.nat(),
        place: fc.constantFrom(...PLACES.split(" ")),
        value: fc.constantFrom<unknown>(...VALUES, ...WORDS.split(" ")),
      }),
      { maxLength: 2 },
    ),
  )
  .map(([policy, changes]) => {
    const document: { rules: object[] } = JSON.parse(renderLifecyclePolicy(policy));
    for (const { rule, place, value } of changes) {
      const [key = "", ...outer] = place.split(".").reverse();
      let target = document.rules[rule % document.rules.length] as Record<string, unknown>;
      for (const each of outer) target = Object(target[each]);
      target[key] = structuredClone(value);
    }
    return document;
  });
