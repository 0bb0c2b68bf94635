import type { Report } from "../retention/types";
import { itemsOf, type Section } from "./sections";

/** Where plaintext secrets lie, by the names of containers and fields alone. */
export function secretsSection({ services }: Report): Section {
  return {
    title: "Plaintext secrets",
    advice:
      "Rotate them: whoever may describe a task definition can read them. Move them to the container's secrets; with " +
      'taskDefinitions.plaintextSecrets "remove-when-unreferenced" the old revisions go ahead of the keep rules.',
    items: itemsOf(services, ({ verdict }) => {
      const { plaintextSecrets = [] } = verdict.subject;
      return plaintextSecrets.length > 0 ? plaintextSecrets : undefined;
    }),
  };
}
