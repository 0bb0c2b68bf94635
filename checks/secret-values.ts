/** What names of values say that the value is a secret. */
const TELLING =
  /passw|passphrase|pwd|secret|token(?!i[sz])|credential|(?:api|app|auth|private|access|account|shared|signing|encryption|session|master|license|fernet|hmac|jwt|ssh)[_.-]?key/i;
/** How names end that speak about a secret without being one: where it lies, how long it lasts, whether it is wanted. */
const ABOUT =
  /(?:^|[_.-])(?:id|ids|arn|name|path|file|dir|url|uri|endpoint|host|port|region|user|username|email|role|type|version|alg|algorithm|issuer|audience|scopes?|header|prefix|suffix|length|size|count|limit|ttl|expiry|expiration|expires|interval|timeout|seconds|minutes|hours|days|enabled|disabled|required|policy|provider|parameter)$/i;

/** What templates and shells fill in later: `${X}`, `{{x}}`, `$(x)`, `#{x}`, `<x>`, `%X%`, `$X`. */
const PLACEHOLDER =
  /\$\{[^}]{0,99}\}|\{\{[^}]{0,99}\}\}|\$\([^)]{0,99}\)|#\{[^}]{0,99}\}|<[^>]{0,99}>|%[A-Z]\w{2,99}%|\$[A-Z][A-Z0-9_]{2,99}|^\$\w{1,99}$/g;
/** Words of values that nobody uses: they count in values shorter than any key. */
const DUMMY =
  /example|sample|change[_-]?(?:me|it|this)|dummy|placeholder|your|replace|redacted|insert|todo|x{3}|\*{3}|\.{3}|local-development/i;
const ARN = /arn:[\w-]{1,32}:[^\s"',]*/g;
const DUMMY_UP_TO = 40;
/** As eight different characters have; the words that people put in place of a password stay below. */
const LEAST_BITS = 24;
/** Of letters and digits together, which no such word is made of. */
const LEAST_BITS_WITH_DIGITS = 16;
/** A value is judged by its beginning, so that no text takes longer than its length says. */
const JUDGED = 512;
const LONGEST_NAME = 128;

/** Whether the value, under a telling name, could be the secret itself. */
function couldBeSecret(value: string): boolean {
  const text = value.slice(0, JUDGED).trim().replace(PLACEHOLDER, "");
  if (/^(?:arn:|[a-z][a-z0-9+.-]{0,30}:\/\/)/i.test(text)) return false;
  if (/^[\d.,:_+-]+[a-z]{0,3}$/i.test(text) || /^[A-Z]+(?:_[A-Z]+)+$/.test(text) || isPath(text)) return false;
  if (text.length < DUMMY_UP_TO && DUMMY.test(text)) return false;
  const hasDigits = /[A-Za-z]/.test(text) && /[0-9]/.test(text);
  return bitsOf(text) >= (hasDigits ? LEAST_BITS_WITH_DIGITS : LEAST_BITS);
}

/** Whether some URL of the text carries a password: `scheme://user:password@host`. */
export function hasUrlPassword(text: string): boolean {
  if (!text.includes("@")) return false;
  for (const [, password = ""] of text.matchAll(/:\/\/[^\s/?#@:"'<>]{0,256}:([^\s/?#@"']{1,512})@/g)) {
    const literal = password.replace(PLACEHOLDER, "");
    const isDummy = /^(?:pass|pwd|password|secret)?$/i.test(literal) || DUMMY.test(literal);
    if (!isDummy) return true;
  }
  return false;
}

/** Whether the text names a secret and gives it: `--db-password X`, `TOKEN=X`, `{"apiKey": "X"}`, `?password=X`. */
export function hasNamedSecret(text: string): boolean {
  if (!TELLING.test(text)) return false;
  let previous = "";
  let awaiting = "";
  for (const word of text
    .replace(PLACEHOLDER, "$")
    .replace(ARN, "arn")
    .split(/[\s"'`,;&|{}()[\]?\\]+/)) {
    let name = awaiting;
    let value = word;
    for (let cut = value.search(/[:=]/); cut >= 0; cut = value.search(/[:=]/)) {
      name = (value.slice(0, cut) || name || previous).slice(-LONGEST_NAME);
      value = value.slice(cut + 1);
      if (isNamedSecret(name, value)) return true;
    }
    if (isNamedSecret(name, value)) return true;
    awaiting = value === "" ? name : isFlag(word) ? word : "";
    previous = word;
  }
  return false;
}

/** Whether the value is what an option of a command or a variable of this name keeps secret. */
export function isNamedSecret(name: string, value: string): boolean {
  return TELLING.test(name) && !ABOUT.test(name) && couldBeSecret(value);
}

/** Whether the word is an option whose value follows as the next word. */
export function isFlag(word: string): boolean {
  return /^--?[A-Za-z][\w.-]{0,98}$/.test(word);
}

function isPath(text: string): boolean {
  const mixed = /[a-z]/.test(text) && /[A-Z]/.test(text) && /[0-9]/.test(text);
  return text.includes("/") && /^[\w.@~/-]+$/.test(text) && !mixed;
}

/** Shannon entropy of the whole text: https://en.wikipedia.org/wiki/Entropy_(information_theory) */
function bitsOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= count * Math.log2(count / text.length);
  return bits;
}
