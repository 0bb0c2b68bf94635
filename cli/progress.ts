import type { Progress } from "../cleanup/options";
import { number } from "../report/sentences";
import type { Output } from "./shell";

const STEPS: Record<Progress["step"], string> = {
  revisions: "Listing revisions",
  descriptions: "Reading revisions",
  references: "Reading what is in use",
  plans: "Planning",
  removal: "Removing",
};

/** One line on a terminal, written over and wiped at the end; nothing anywhere else. */
export function progressOn(stderr: Output): { show(progress: Progress): void; clear(): void } {
  const line = (text: string) => stderr.isTTY && stderr.write(`\r\u001b[2K${text}`);
  return {
    show: ({ step, done, of }) =>
      line(`${STEPS[step]}${of === undefined ? "" : ` ${number(done ?? 0)} of ${number(of)}`} …`),
    clear: () => line(""),
  };
}
