import type { Event, History } from "./history";
import type { Violation } from "./observer";

/**
 * The shortest history that it can find in which the same rule is broken: halves, quarters and so on are left out for as
 * long as it is (delta debugging), and last each event alone.
 *
 * @param violated Lives through a history and tells what was broken first.
 * @param tries At most so many histories are lived through.
 */
export async function shrink(
  history: History,
  rule: string,
  violated: (history: History) => Promise<Violation | undefined>,
  tries = 150,
): Promise<History> {
  let { events } = history;
  let left = tries;
  const stillFails = async (candidate: Event[]) => {
    left -= 1;
    return (await violated({ ...history, events: candidate }))?.rule === rule;
  };
  for (let size = Math.ceil(events.length / 2); size >= 1 && left > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    // From the end: what comes after the violation goes first.
    for (let end = events.length; end > 0 && left > 0; end -= size) {
      const candidate = [...events.slice(0, Math.max(0, end - size)), ...events.slice(end)];
      // The time that goes with an event that is left out goes to the next one, so that nothing else moves.
      if (await stillFails(retimed(events, candidate))) events = retimed(events, candidate);
    }
  }
  return { ...history, events };
}

/** The events that are kept, each at the moment at which it was. */
export function retimed(all: Event[], kept: Event[]): Event[] {
  const ids = new Set(kept.map(({ id }) => id));
  let waited = 0;
  return all.flatMap((event) => {
    waited += event.after;
    if (!ids.has(event.id)) return [];
    const moved = { ...event, after: waited };
    waited = 0;
    return [moved];
  });
}
