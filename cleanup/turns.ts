/** The first of each queue, then the second of each: none waits for another's backlog. */
export function inTurn<T>(queues: T[][]): T[] {
  const longest = queues.reduce((most, { length }) => Math.max(most, length), 0);
  const turns = Array.from({ length: longest }, (_, turn) => queues.flatMap((queue) => queue.slice(turn, turn + 1)));
  return turns.flat();
}
