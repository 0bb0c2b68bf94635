import { type Calls, CutOffError, ReadError } from "./retry";

/** AWS's services write its first letter one way or the other. */
interface Paged {
  nextToken?: string | undefined;
  NextToken?: string | undefined;
}

/**
 * Every item of a paged list.
 *
 * @param operation As `service:Operation`.
 * @param send Reads one page from a token, the first from `undefined`.
 * @throws ReadError where a page cannot be read, or a token comes back so that the rest is out of reach.
 */
export async function listAll<Answer extends Paged, Item = string>(
  calls: Calls,
  operation: string,
  send: (nextToken: string | undefined) => Promise<Answer>,
  itemsOf: (answer: Answer) => Item[] | undefined,
): Promise<Item[]> {
  const items: Item[] = [];
  const seen = new Set<string>();
  for (let token: string | undefined; ; ) {
    const answer: Answer = await calls.read(operation, () => send(token));
    for (const item of itemsOf(answer) ?? []) items.push(item);
    token = answer.nextToken ?? answer.NextToken;
    if (!token) return items;
    if (seen.has(token)) throw new ReadError(operation, new CutOffError("the list repeats its nextToken"));
    seen.add(token);
  }
}

/** Splits into lists of at most `size`. */
export function chunks<T>(items: T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));
}
