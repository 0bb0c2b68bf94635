import { callerOf } from "./calls";
import type { Evidence } from "./evidence";
import { partsOf } from "./iam-data";

/** Of a kind that are tried for each call; all others are like one of them. */
const MOST_NAMES = 8;

/** What recorded calls name: a neighbour's thing may be any of it that the caller itself has no need of. */
export class RecordedNames {
  /** One for each beginning, by kind: what is below it has neighbours of its own. */
  readonly #names = new Map<string, Map<string, string>>();
  readonly #needed = new Set<string>();

  static async of(evidence: Evidence[]): Promise<RecordedNames> {
    const names = new RecordedNames();
    const calls = new Map(
      evidence
        .flatMap(({ held, calls }) => calls.map((call) => ({ call, who: callerOf(held, call.principal) })))
        .flatMap(({ call: { action, resources }, who }) => resources.map((resource) => ({ who, action, resource })))
        .map((each) => [Object.values(each).join("\n"), each]),
    );
    for (const { who, action, resource } of calls.values()) {
      for (const { kind, value } of (await partsOf(action, resource)) ?? []) names.#add(who, action, kind, value);
    }
    return names;
  }

  #add(who: string, action: string, kind: string, value: string): void {
    const [begin = ""] = value.split("/");
    const known = this.#names.get(kind) ?? new Map<string, string>();
    this.#names.set(kind, known);
    if (!known.has(begin) && known.size < MOST_NAMES) known.set(begin, value);
    this.#needed.add([who, action, kind, begin].join("\n"));
  }

  /** Names of a kind for which the caller never made such a call. */
  othersOf(who: string, action: string, kind: string): string[] {
    const others = [...(this.#names.get(kind) ?? [])];
    return others.filter(([begin]) => !this.#needed.has([who, action, kind, begin].join("\n"))).map(([, name]) => name);
  }
}
