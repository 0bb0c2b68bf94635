import assert from "node:assert/strict";
import { kindOf, nameOf } from "../../aws/errors";

const answered = (name: string, httpStatusCode = 400) =>
  Object.assign(new Error("secret of the answer"), { name, $metadata: { httpStatusCode } });

describe("kindOf", () => {
  const cases: Record<string, unknown[]> = {
    throttled: [
      answered("ThrottlingException"),
      answered("Throttling"),
      answered("RequestLimitExceeded", 503),
      answered("TooManyRequestsException", 429),
      answered("SlowDown", 503),
      answered("KmsThrottlingException"),
    ],
    denied: [
      answered("AccessDeniedException"),
      answered("AccessDenied", 403),
      answered("KmsAccessDeniedException"),
      answered("ExpiredTokenException"),
      answered("ExpiredToken", 403),
      answered("UnrecognizedClientException"),
      answered("InvalidClientTokenId", 403),
      Object.assign(new Error(), { name: "CredentialsProviderError" }),
    ],
    unavailable: [
      answered("ServerException", 500),
      answered("ServiceUnavailable", 503),
      answered("InternalFailure", 500),
      Object.assign(new Error(), { name: "TimeoutError" }),
      Object.assign(new SyntaxError(), { $metadata: { requestId: "1" } }),
      Object.assign(new Error(), { code: "ECONNRESET" }),
      Object.assign(new Error(), { code: "ENOTFOUND" }),
    ],
    refused: [
      answered("ClientException"),
      answered("InvalidParameterException"),
      answered("ClusterNotFoundException"),
      answered("NoSuchKey", 404),
      new TypeError("a mistake of ours"),
      undefined,
    ],
  };
  for (const [kind, errors] of Object.entries(cases)) {
    it(`takes ${errors.map(nameOf).join(", ")} for ${kind}`, () => {
      for (const error of errors) assert.equal(kindOf(error), kind, nameOf(error));
    });
  }
});

describe("nameOf", () => {
  it("gives the code and nothing of the message", () => {
    assert.equal(nameOf(answered("ClientException")), "ClientException");
    assert.equal(nameOf(Object.assign(new Error("secret"), { code: "EPIPE" })), "EPIPE");
    assert.equal(nameOf(new Error("secret")), "Error");
    assert.equal(nameOf("secret"), "Error");
  });
});
