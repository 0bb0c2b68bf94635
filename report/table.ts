/** How a cell is drawn where colour is on; without colour its text says the same. */
export type Style = "bold" | "dim" | "red" | "green" | "yellow";

export type Cell = string | { text: string; style?: Style };

export interface Column {
  title: string;
  align?: "right";
  /** Wraps where the table is wider than `width`; other columns keep the width of their longest cell. */
  wraps?: boolean;
}

export interface TableOptions {
  /** Characters a line. @default 120 */
  width?: number;
  /** ANSI colour. @default false */
  colour?: boolean;
}

const CODES: Record<Style, number> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 };
const GAP = "  ";
// So that a table with outcomes fits into 80 characters.
const NARROWEST = 10;
// What a terminal draws two columns wide: East Asian scripts, their punctuation and full-width forms, and emoji.
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
const UNSEEN = /\p{Mark}|\u200d/u;

/** Colour belongs on a terminal whose owner did not ask for none (https://no-color.org). */
export function wantsColour(stream: { isTTY?: boolean }, env: Record<string, string | undefined>): boolean {
  return stream.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb";
}

export function styled(text: string, style: Style | undefined, colour = false): string {
  return colour && style ? `\u001b[${CODES[style]}m${text}\u001b[0m` : text;
}

/** One line without control characters: what AWS or a policy says never moves a terminal's cursor. */
export function oneLine(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/[\p{Cc}\p{Cf}]/gu, (character) => (character === "\u200d" ? character : "?"));
}

export function textWidth(text: string): number {
  // Nearly every cell, and reports have 100,000 rows.
  if (/^[ -~]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += UNSEEN.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return width;
}

/** Breaks at spaces, inside a word only where the word alone is too long. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  const add = (word: string) => {
    const joined = line === "" ? word : `${line} ${word}`;
    if (textWidth(joined) <= width) line = joined;
    else {
      if (line !== "") lines.push(line);
      line = word;
    }
  };
  for (const word of text.split(" ")) {
    let part = "";
    for (const character of word) {
      if (textWidth(part + character) > width) {
        add(part);
        part = "";
      }
      part += character;
    }
    add(part);
  }
  return [...lines, line];
}

/** Lines of a text behind a mark; the second and all others begin below the first. */
export function paragraph(text: string, mark: string, style: Style | undefined, options: TableOptions): string[] {
  const lines = wrap(oneLine(text), (options.width ?? 120) - mark.length);
  return lines.map((line, at) => styled((at === 0 ? mark : " ".repeat(mark.length)) + line, style, options.colour));
}

function pad(text: string, width: number, align: Column["align"]): string {
  const space = " ".repeat(Math.max(0, width - textWidth(text)));
  return align === "right" ? space + text : text + space;
}

/** Lines of sections as text, a blank line between; sections without lines are left out. */
export function sectionsText(sections: string[][]): string {
  const texts = sections.filter((lines) => lines.length > 0).map((lines) => lines.join("\n"));
  return `${texts.join("\n\n")}\n`;
}

/** Columns without a single entry are left out. Lines carry no trailing space. */
export function table(columns: Column[], rows: Cell[][], options: TableOptions = {}): string {
  const { width = 120, colour = false } = options;
  const cells = rows.map((row) =>
    columns.map((_, at) => {
      const cell = row[at] ?? "";
      return typeof cell === "string" ? { text: oneLine(cell) } : { ...cell, text: oneLine(cell.text) };
    }),
  );
  const shown = columns.map((_, at) => at).filter((at) => cells.some((row) => row[at]?.text !== ""));
  const widths = columns.map(({ title }, at) =>
    cells.reduce((most, row) => Math.max(most, textWidth(row[at]?.text ?? "")), textWidth(title)),
  );
  const total = () => shown.reduce((sum, at) => sum + (widths[at] ?? 0), GAP.length * (shown.length - 1));
  // The widest wrapping column gives way first, so that two long ones end up about equal.
  for (let over = total() - width; over > 0; over--) {
    const widest = shown.filter((at) => columns[at]?.wraps).sort((a, b) => (widths[b] ?? 0) - (widths[a] ?? 0))[0];
    if (widest === undefined || (widths[widest] ?? 0) <= NARROWEST) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  const draw = (row: { text: string; style?: Style }[]): string[] => {
    const wrapped = new Map(shown.map((at) => [at, wrap(row[at]?.text ?? "", widths[at] ?? 0)]));
    const height = Math.max(0, ...[...wrapped.values()].map((lines) => lines.length));
    return Array.from({ length: height }, (_, line) =>
      shown
        .map((at) => {
          const text = wrapped.get(at)?.[line] ?? "";
          const padded = pad(text, widths[at] ?? 0, columns[at]?.align);
          return text === "" ? padded : padded.replace(text, () => styled(text, row[at]?.style, colour));
        })
        .join(GAP)
        .trimEnd(),
    );
  };
  const heading = draw(columns.map(({ title }) => ({ text: title.toUpperCase(), style: "dim" })));
  return [...heading, ...cells.flatMap(draw)].join("\n");
}
