import type { ImageProgress } from "../aws/images";
import type { Progress } from "../cleanup/options";
import { number } from "../report/sentences";
import type { Output } from "./shell";

const STEPS: Record<(Progress | ImageProgress)["step"], string> = {
  revisions: "Listing revisions",
  descriptions: "Reading revisions",
  references: "Reading what is in use",
  plans: "Planning",
  removal: "Removing",
  images: "Reading images",
  manifests: "Reading manifests of indexes",
};

/** One line on a terminal, written over and wiped at the end; nothing anywhere else. */
export function progressOn(stderr: Output): { show(progress: Progress | ImageProgress): void; clear(): void } {
  const line = (text: string) => stderr.isTTY && stderr.write(`\r\u001b[2K${text}`);
  return {
    show({ step, done, of }) {
      const far = done === undefined ? "" : ` ${number(done)}${of === undefined ? "" : ` of ${number(of)}`}`;
      line(`${STEPS[step]}${far} …`);
    },
    clear: () => line(""),
  };
}
