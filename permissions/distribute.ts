import { policyDocument, type Statement } from "./statement";

/** A statement, or one value of its longest list, which can stand in another document than the others. */
interface Part {
  statement: Statement;
  /** Index of the list among those of the statement; absent: the whole statement. */
  list?: number;
  value: string;
}

interface Filling {
  /** Characters, at most. */
  length: number;
  parts: Part[];
}

/**
 * Distributes statements over so many documents that allow the same together. Where a part goes depends on its own text
 * first, so that one more secret changes one document, and only then on which are full.
 *
 * @param most Characters of a document.
 * @returns The statements of each document; undefined where they do not fit.
 */
export function distribute(statements: Statement[], count: number, most: number): Statement[][] | undefined {
  const share = policyDocument(statements).length / count;
  // By powers of two, so that what is cut and how full a document gets do not change with every secret.
  const step = 2 ** Math.floor(Math.log2(share / 4));
  const parts = statements.flatMap((statement) => partsOf(statement, step));
  const placed = parts.map((part) => ({ part, order: orderOf(part, count) }));
  for (let room = Math.ceil((share * 1.2) / step) * step; ; room += step) {
    const filled = fill(placed, count, Math.min(room, most));
    if (filled) return filled.map((document) => statements.flatMap((each) => rejoined(each, document.parts)));
    if (room >= most) return undefined;
  }
}

function fill(placed: { part: Part; order: number[] }[], count: number, room: number): Filling[] | undefined {
  const documents = Array.from({ length: count }, (): Filling => ({ length: policyDocument([]).length, parts: [] }));
  for (const { part, order } of placed) {
    const fitting = order.flatMap((index) => documents[index] ?? []);
    const document = fitting.find((each) => each.length + growth(each, part) <= room);
    if (!document) return undefined;
    document.length += growth(document, part);
    document.parts.push(part);
  }
  return documents;
}

/** What a document grows by with this part and a comma. */
function growth({ parts }: Filling, part: Part): number {
  const begun = parts.some(({ statement }) => statement === part.statement);
  return begun ? JSON.stringify(part.value).length + 1 : policyDocument(rejoined(part.statement, [part])).length;
}

/** The statement as it is where it is short, else the values of its longest list. */
function partsOf(statement: Statement, short: number): Part[] {
  if (policyDocument([statement]).length <= short) return [{ statement, value: "" }];
  const lists = listsOf(statement);
  const lengths = lists.map(({ values }) => JSON.stringify(values).length);
  const list = lengths.indexOf(Math.max(...lengths));
  return (lists[list]?.values ?? []).map((value) => ({ statement, list, value }));
}

/** The parts of this statement as one. */
function rejoined(statement: Statement, parts: Part[]): Statement[] {
  const mine = parts.filter((part) => part.statement === statement);
  const [first] = mine;
  if (!first) return [];
  if (first.list === undefined) return [statement];
  return listsOf(statement)[first.list]?.with(mine.map(({ value }) => value)) ?? [];
}

/** The lists of a statement of which any one value is enough, so that it means the same cut in two. */
function listsOf(statement: Statement): { values: string[]; with(values: string[]): Statement[] }[] {
  const { resources = [], conditions = {} } = statement;
  return [
    { values: resources, with: (values) => [{ ...statement, resources: values }] },
    ...Object.entries(conditions).flatMap(([operator, keys]) =>
      Object.entries(keys).flatMap(([key, values]) =>
        Array.isArray(values) && !operator.includes("Not")
          ? [
              {
                values,
                with: (some: string[]) => [
                  { ...statement, conditions: { ...conditions, [operator]: { ...keys, [key]: some } } },
                ],
              },
            ]
          : [],
      ),
    ),
  ];
}

/** The documents in the order in which this part prefers them: each part has an order of its own. */
function orderOf({ statement, value }: Part, count: number): number[] {
  const ranks = Array.from({ length: count }, (_, index) => ({
    index,
    rank: hash(`${statement.actions} ${value} ${index}`),
  }));
  return ranks.sort((a, b) => a.rank - b.rank).map(({ index }) => index);
}

/** FNV-1a, mixed once more; nothing depends on it but where a part goes. */
function hash(text: string): number {
  let state = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    state = Math.imul(state ^ text.charCodeAt(index), 0x01000193);
  }
  state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d);
  return (state ^ (state >>> 13)) >>> 0;
}
