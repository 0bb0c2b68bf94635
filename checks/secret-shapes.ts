/** How a kind of secret is recognised by its text alone, wherever it stands. */
interface SecretShape {
  id: string;
  title: string;
  /** For people: docs/plaintext-secrets.md lists it. */
  looksLike: string;
  /** In time that grows with the text alone: bounded repeats, or a start that only one place of a run can be. */
  matches: RegExp;
}

/** Key shapes of common providers, each from the provider's own documents or its published keys. */
export const SECRET_SHAPES = [
  {
    id: "aws-access-key",
    title: "AWS access key id",
    looksLike: "`AKIA` or `ASIA` and 16 capitals or digits",
    matches: /(?<![A-Za-z0-9])A[KS]IA[A-Z0-9]{16}(?![A-Za-z0-9])/,
  },
  {
    id: "aws-secret-key",
    title: "AWS secret access key",
    looksLike: "a word of exactly 40 of `A-Za-z0-9/+` with capitals, small letters and digits",
    matches:
      /(?:^|[^\w/+.-])[A-Za-z0-9/+]{40}(?![\w/+=.-])(?<=[A-Z][A-Za-z0-9/+]*)(?<=[a-z][A-Za-z0-9/+]*)(?<=[0-9][A-Za-z0-9/+]*)/,
  },
  {
    id: "github",
    title: "GitHub token",
    looksLike: "`ghp_`, `gho_`, `ghu_`, `ghs_`, `ghr_` or `github_pat_` and 30 or more letters and digits",
    matches: /(?<![A-Za-z0-9])(?:gh[pousr]|github_pat)_[A-Za-z0-9_]{30}/,
  },
  {
    id: "gitlab",
    title: "GitLab token",
    looksLike:
      "`glpat-`, `gldt-`, `glrt-`, `glptt-`, `glcbt-`, `glsoat-`, `glft-`, `glimt-`, `glagent-` and 20 or more",
    matches: /(?<![A-Za-z0-9])gl(?:pat|dt|rt|ptt|cbt|soat|ft|imt|agent)-[\w.-]{20}/,
  },
  {
    id: "slack",
    title: "Slack token or webhook",
    looksLike: "`xoxb-`, `xoxp-` and the like, `xapp-`, or `hooks.slack.com/services/…`",
    matches: /(?<![A-Za-z0-9])(?:xox[abceoprs]|xapp)-[A-Za-z0-9-]{10}|hooks\.slack\.com\/[a-z]{4,12}\/[A-Za-z0-9/]{20}/,
  },
  {
    id: "stripe",
    title: "Stripe key",
    looksLike: "`sk_live_`, `sk_test_`, `rk_live_`, `rk_test_` or `whsec_` and 16 or more",
    matches: /(?<![A-Za-z0-9])(?:[sr]k_(?:live|test)_[A-Za-z0-9]{16}|whsec_[A-Za-z0-9+/]{16})/,
  },
  {
    id: "google",
    title: "Google API key, client secret or access token",
    looksLike: "`AIza` and 35, `GOCSPX-` and 20 or more, `ya29.` and 20 or more",
    matches: /(?<![A-Za-z0-9])(?:AIza[\w-]{35}|GOCSPX-[\w-]{20}|ya29\.[\w-]{20})/,
  },
  {
    id: "azure",
    title: "Azure account key, shared access signature or client secret",
    looksLike: "`AccountKey=`, `SharedAccessKey=` or `sig=` and 40 or more; a digit, `Q~` and 31 or more",
    matches: /(?:Account|SharedAccess)Key=[A-Za-z0-9+/]{40}|[?&]sig=[A-Za-z0-9%+/]{40}|[0-9]Q~[\w~.-]{31}/,
  },
  {
    id: "npm",
    title: "npm token",
    looksLike: "`npm_` and 36 letters and digits",
    matches: /(?<![A-Za-z0-9])npm_[A-Za-z0-9]{36}/,
  },
  {
    id: "pypi",
    title: "PyPI token",
    looksLike: "`pypi-` and 50 or more",
    matches: /(?<![A-Za-z0-9])pypi-[\w-]{50}/,
  },
  {
    id: "sendgrid",
    title: "SendGrid key",
    looksLike: "`SG.`, 16 to 32, `.` and 16 or more",
    matches: /(?<![A-Za-z0-9])SG\.[\w-]{16,32}\.[\w-]{16}/,
  },
  {
    id: "twilio",
    title: "Twilio API key",
    looksLike: "`SK` and 32 hexadecimal digits",
    matches: /(?<![A-Za-z0-9])SK[0-9a-f]{32}(?![A-Za-z0-9])/,
  },
  {
    id: "mailgun",
    title: "Mailgun key",
    looksLike: "`key-` and 32 hexadecimal digits",
    matches: /(?<![A-Za-z0-9])key-[0-9a-f]{32}(?![A-Za-z0-9])/,
  },
  {
    id: "openai-anthropic",
    title: "OpenAI or Anthropic key",
    looksLike: "`sk-` (also `sk-proj-`, `sk-ant-`) and 20 or more, a capital or digit among the first 40",
    matches: /(?<![A-Za-z0-9_-])sk-(?=[a-z_-]{0,39}[A-Z0-9])[\w-]{20}/,
  },
  {
    id: "hugging-face",
    title: "Hugging Face token",
    looksLike: "`hf_` and 30 or more letters and digits",
    matches: /(?<![A-Za-z0-9])hf_[A-Za-z0-9]{30}/,
  },
  {
    id: "vault",
    title: "HashiCorp Vault token",
    looksLike: "`hvs.`, `hvb.` or `hvr.` and 24 or more",
    matches: /(?<![A-Za-z0-9])hv[sbr]\.[\w-]{24}/,
  },
  {
    id: "docker-hub",
    title: "Docker Hub token",
    looksLike: "`dckr_pat_` or `dckr_oat_` and 20 or more",
    matches: /(?<![A-Za-z0-9])dckr_[op]at_[\w-]{20}/,
  },
  {
    id: "digitalocean",
    title: "DigitalOcean token",
    looksLike: "`dop_v1_`, `doo_v1_` or `dor_v1_` and 64 hexadecimal digits",
    matches: /(?<![A-Za-z0-9])do[opr]_v1_[0-9a-f]{64}/,
  },
  {
    id: "shopify",
    title: "Shopify token",
    looksLike: "`shpat_`, `shpca_`, `shppa_` or `shpss_` and 32 hexadecimal digits",
    matches: /(?<![A-Za-z0-9])shp(?:at|ca|pa|ss)_[0-9A-Fa-f]{32}/,
  },
  {
    id: "grafana",
    title: "Grafana token",
    looksLike: "`glc_` or `glsa_` and 30 or more",
    matches: /(?<![A-Za-z0-9])gl(?:c|sa)_[A-Za-z0-9+/_]{30}/,
  },
  {
    id: "new-relic",
    title: "New Relic key",
    looksLike: "`NRAK-` and 27 capitals or digits; 32 or more hexadecimal digits and `NRAL`",
    matches: /NRAK-[A-Z0-9]{27}|NRAL(?<=[0-9A-Fa-fx]{32}NRAL)/,
  },
  {
    id: "databricks",
    title: "Databricks token",
    looksLike: "`dapi` and 32 hexadecimal digits",
    matches: /(?<![A-Za-z0-9])dapi[0-9a-f]{32}/,
  },
  {
    id: "telegram",
    title: "Telegram bot token",
    looksLike: "8 to 10 digits, `:AA` and 33",
    matches: /(?<![A-Za-z0-9])[0-9]{8,10}:AA[\w-]{33}/,
  },
  {
    id: "json-web-token",
    title: "JSON Web Token",
    looksLike: "`eyJ…`, `.eyJ…` and a signature",
    matches: /(?<![\w-])eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{16}/,
  },
  {
    id: "private-key",
    title: "Private key",
    looksLike:
      "`-----BEGIN … PRIVATE KEY`, in clear (also in a service account's JSON) or in Base64; `AGE-SECRET-KEY-`",
    matches:
      /-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY|LS0tLS1CRUdJTiB(?:QUklW|[EFPS])|AGE-SECRET-KEY-1[A-Z0-9]{20}/,
  },
  {
    id: "authorization",
    title: "Authorization header",
    looksLike: "`Authorization:` and a `Basic` or `Bearer` value of 8 or more that is no placeholder",
    matches: /[Aa]uthorization["']{0,2}\s{0,3}[:=]\s{0,3}["']?(?:[Bb]asic|[Bb]earer|[Tt]oken)\s{1,3}[\w+/=.~-]{8}/,
  },
] as const satisfies SecretShape[];

export type SecretShapeId = (typeof SECRET_SHAPES)[number]["id"];

/** Whether the text holds something of one of these shapes. One by one is ten times as fast as all in one expression. */
export function hasSecretShape(text: string): boolean {
  return SECRET_SHAPES.some(({ matches }) => matches.test(text));
}
