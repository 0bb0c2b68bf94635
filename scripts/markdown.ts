/** A table of a page. */
export function markdownTable(head: string[], ...body: string[][]): string {
  return [head, head.map(() => "---"), ...body].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
