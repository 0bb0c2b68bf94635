import type { SecretShapeId } from "../../checks/secret-shapes";

const DIGITS = "0123456789";
const HEX = `${DIGITS}abcdef`;
const CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LETTERS = CAPITALS + CAPITALS.toLowerCase();

/** Always the same characters, of every kind that the alphabet has, and never written out in a file. */
function made(length: number, alphabet = LETTERS + DIGITS, seed = length): string {
  let state = seed + 7;
  const next = () => {
    state = (state * 48_271) % 2_147_483_647;
    return alphabet[state % alphabet.length];
  };
  return Array.from({ length }, next).join("");
}

/** Secrets of every shape that the detector documents. Put together here, so that no scanner takes a file for a leak. */
export const PLANTED: Record<SecretShapeId, string[]> = {
  "aws-access-key": ["AK", "AS"].map((start) => `${start}IA${made(16, CAPITALS + DIGITS)}`),
  "aws-secret-key": [made(40), `${made(19)}/${made(19)}+`],
  github: [
    ...["p", "o", "u", "s", "r"].map((kind) => `gh${kind}_${made(36)}`),
    `github_${"pat"}_${made(22)}_${made(59)}`,
  ],
  gitlab: ["pat", "dt", "rt", "ptt", "cbt", "soat", "ft", "imt", "agent"].map((kind) => `gl${kind}-${made(20)}`),
  slack: [
    `xox${"b"}-${made(12, DIGITS)}-${made(24)}`,
    `xa${"pp"}-1-${made(11, CAPITALS)}-${made(13, DIGITS)}-${made(64, HEX)}`,
    `https://hooks.${"slack"}.com/services/T${made(8, CAPITALS)}/B${made(8, CAPITALS)}/${made(24)}`,
  ],
  stripe: [
    ...["sk_live", "sk_test", "rk_live", "rk_test"].map((kind) => `${kind}_${made(24)}`),
    `whsec${"_"}${made(32)}`,
  ],
  google: [`AI${"za"}${made(35)}`, `GOC${"SPX"}-${made(28)}`, `ya${29}.${made(60)}`],
  azure: [
    `DefaultEndpointsProtocol=https;AccountName=shop;Account${"Key"}=${made(86)}==;EndpointSuffix=core.windows.net`,
    `Endpoint=sb://shop.servicebus.windows.net/;SharedAccess${"Key"}=${made(43)}=`,
    `https://shop.blob.core.windows.net/a?sv=2024-01-01&s${"ig"}=${made(44)}%3D`,
    `${made(3)}8${"Q"}~${made(34)}`,
  ],
  npm: [`npm${"_"}${made(36)}`],
  pypi: [`pypi${"-"}${made(160)}`],
  sendgrid: [`S${"G"}.${made(22)}.${made(43)}`],
  twilio: [`S${"K"}${made(32, HEX)}`],
  mailgun: [`ke${"y"}-${made(32, HEX)}`],
  "openai-anthropic": [`s${"k"}-${made(48)}`, `s${"k"}-proj-${made(48)}`, `s${"k"}-ant-api03-${made(80)}`],
  "hugging-face": [`h${"f"}_${made(34)}`],
  vault: ["s", "b", "r"].map((kind) => `hv${kind}.${made(90)}`),
  "docker-hub": ["pat", "oat"].map((kind) => `dckr_${kind}_${made(27)}`),
  digitalocean: ["p", "o", "r"].map((kind) => `do${kind}_v1_${made(64, HEX)}`),
  shopify: ["at", "ca", "pa", "ss"].map((kind) => `shp${kind}_${made(32, HEX)}`),
  grafana: [`gl${"c"}_${made(60)}`, `gl${"sa"}_${made(32)}_${made(8, HEX)}`],
  "new-relic": [`NR${"AK"}-${made(27, CAPITALS)}`, `${made(36, HEX)}NR${"AL"}`],
  databricks: [`da${"pi"}${made(32, HEX)}`],
  telegram: [`${made(10, DIGITS.slice(1))}:A${"A"}${made(33)}`],
  "json-web-token": [`ey${"J"}${made(30)}.ey${"J"}${made(60)}.${made(43)}`],
  "private-key": [
    ...["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED "].map(
      (kind) => `-----BEGIN ${kind}PRIVATE ${"KEY"}-----\n${made(64)}\n-----END ${kind}PRIVATE KEY-----`,
    ),
    `-----BEGIN PGP PRIVATE ${"KEY"} BLOCK-----\n${made(64)}`,
    JSON.stringify({ type: "service_account", private_key: `-----BEGIN PRIVATE ${"KEY"}-----\n${made(64)}\n` }),
    Buffer.from(`-----BEGIN RSA PRIVATE ${"KEY"}-----\n${made(64)}`).toString("base64"),
    Buffer.from(`-----BEGIN PRIVATE ${"KEY"}-----\n${made(64)}`).toString("base64"),
    `AGE-${"SECRET"}-KEY-1${made(58, CAPITALS)}`,
  ],
  authorization: [
    `Authoriz${"ation"}: Bearer ${made(24)}`,
    `authoriz${"ation"}: Basic ${Buffer.from(`shop:${made(12)}`).toString("base64")}`,
  ],
};

/** In a URL, which needs no name. */
export const PLANTED_URLS = [
  `postgres://shop:${made(12)}@db.internal:5432/shop`,
  `amqps://shop:${made(6, LETTERS)}%21${made(6)}@mq.internal`,
  `redis://:${made(16)}@cache.internal:6379/0`,
  `see https://shop:${made(10, HEX)}@git.internal/shop.git for more`,
];

/** High entropy, which counts under a telling name alone. */
export const PLANTED_VALUES = [made(32), made(32, HEX), made(12), made(9, LETTERS), `${made(5)}!${made(4)}#`];
