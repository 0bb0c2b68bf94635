import type { Millis } from "../retention/types";
import type { Call } from "./gate";

/** How old an answer may be that AWS still gives: its lists and descriptions are eventually consistent. */
const STALE_FOR = 10 * 60_000;

/** What reads were last answered. S3's are none of them: it is strongly consistent. */
export class Answers {
  /** Oldest first. */
  readonly #answers = new Map<string, { at: Millis; answer: object }>();

  remember(call: Call, at: Millis, answer: object): void {
    const key = keyOf(call);
    if (key === undefined) return;
    this.#answers.delete(key);
    this.#answers.set(key, { at, answer: structuredClone(answer) });
    for (const [oldest, { at: since }] of this.#answers) {
      if (at - since <= STALE_FOR) break;
      this.#answers.delete(oldest);
    }
  }

  /** What the same call was answered last, if that was not long ago. */
  last(call: Call, at: Millis): object | undefined {
    const last = this.#answers.get(keyOf(call) ?? "");
    return last && at - last.at <= STALE_FOR ? last.answer : undefined;
  }
}

function keyOf({ principal, region, service, operation, input }: Call): string | undefined {
  if (service === "s3" || !/^(List|Describe|Get|BatchGet)/.test(operation)) return undefined;
  return `${principal.account}/${region}/${service}:${operation} ${JSON.stringify(input)}`;
}
