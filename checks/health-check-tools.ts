import { parseImageReference } from "../retention/images/reference";
import { type ContainerCheck, ofEach } from "./check";
import { healthCommandOf } from "./health-check";

type Tool = "a shell" | "curl" | "wget";

/** What an image lacks, told by its name: only of images whose makers say so. One's own may have anything. */
const LACKING: { image: RegExp; tools: Tool[] }[] = [
  { image: /^gcr\.io\/distroless\/(?!.*:debug)/, tools: ["a shell", "curl", "wget"] },
  { image: /^cgr\.dev\/chainguard\/(?!.*-dev$)/, tools: ["a shell", "curl", "wget"] },
  { image: /\/(?:aws-otel-collector|cloudwatch-agent)(?:$|:)/, tools: ["a shell", "curl", "wget"] },
  { image: /\/library\/(?:alpine|busybox)(?:$|:)/, tools: ["curl"] },
  { image: /\/library\/(?:node|python|ruby|golang|redis|postgres):(?:.*-)?alpine/, tools: ["curl"] },
  { image: /\/library\/(?:node|python|ruby|debian):(?:.*-)?slim/, tools: ["curl", "wget"] },
];

export const healthCheckTools: ContainerCheck = {
  id: "health-check-tools",
  severity: "advice",
  question: "Has the image the shell, curl or wget that the health check runs?",
  why: "a probe whose program is not in the image fails each time, and ECS replaces healthy tasks for ever",
  fix: "add the program to the image, or use one that it has, such as its own binary or runtime, with CMD",
  link: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/healthcheck.html",
  check: ofEach((container) => {
    const image = typeof container.image === "string" ? parseImageReference(container.image) : undefined;
    const [form, ...words] = healthCommandOf(container) ?? [];
    if (!image || (form !== "CMD" && form !== "CMD-SHELL")) return [];
    const name = `${image.registry.host}/${image.repository}${image.tag ? `:${image.tag}` : ""}`;
    const lacking = LACKING.find((entry) => entry.image.test(name))?.tools ?? [];
    const tool = toolsOf(form, words).find((needed) => lacking.includes(needed));
    return tool ? [{ where: "healthCheck.command", what: `needs ${tool}, which images of this kind do not have` }] : [];
  }),
};

function toolsOf(form: string, words: string[]): Tool[] {
  const line = words.join(" ");
  const isShell = form === "CMD-SHELL" || /^(?:\/\S*\/)?(?:sh|ash|bash)$/.test(words[0] ?? "");
  const called = (["curl", "wget"] as const).filter((tool) =>
    new RegExp(`(?:^|[\\s;&|(/])${tool}(?:\\s|$)`).test(line),
  );
  return [...(isShell ? (["a shell"] as const) : []), ...called];
}
