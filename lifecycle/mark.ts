import { DAY } from "../retention/duration";
import type { Image } from "../retention/images/image";
import type { Millis } from "../retention/types";
import type { Counting, CountType } from "./types";

/** What a rule makes of an image that it selects, as if there were no other rule. `at`: from when it takes it. */
export interface Mark {
  because: "taken" | "newest" | "not-yet";
  at?: Millis;
}

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/archive-image.html: nothing is deleted earlier. */
export const LEAST_DAYS_ARCHIVED = 90;

/** No date of JavaScript's is later, so nothing could print it. */
const LAST_MOMENT: Millis = 8.64e15;

/** How a rule marks images. It wants to be asked of each that it selects, newest first, and of no other. */
export function markerOf({ countType, countNumber }: Counting, now: Millis): (image: Image) => Mark {
  if (countType === "imageCountMoreThan") {
    let selected = 0;
    return () => {
      selected += 1;
      return { because: selected > countNumber ? "taken" : "newest" };
    };
  }
  const days = countType === "sinceImageTransitioned" ? Math.max(countNumber, LEAST_DAYS_ARCHIVED) : countNumber;
  return (image) => {
    // An image must be older than that many days: one that is exactly as old stays.
    const at = AGE_BEGINS[countType](image) + days * DAY + 1;
    if (at <= now) return { because: "taken" };
    return { because: "not-yet", ...(at <= LAST_MOMENT && { at }) };
  };
}

/** Whether it was in the archive for so long that AWS deletes it. */
export function isDeletable({ archivedAt = Number.POSITIVE_INFINITY }: Image, now: Millis): boolean {
  return archivedAt + LEAST_DAYS_ARCHIVED * DAY < now;
}

/** What AWS orders images by: the push, or the last restoration of an image that was archived at any time. */
export function pushedOrRestoredAt({ pushedAt, activatedAt }: Image): Millis {
  return activatedAt ?? pushedAt;
}

const AGE_BEGINS: Record<Exclude<CountType, "imageCountMoreThan">, (image: Image) => Millis> = {
  sinceImagePushed: pushedOrRestoredAt,
  sinceImagePulled: (image) => Math.max(image.pulledAt ?? pushedOrRestoredAt(image), image.activatedAt ?? 0),
  sinceImageTransitioned: ({ archivedAt = Number.POSITIVE_INFINITY }) => archivedAt,
};
