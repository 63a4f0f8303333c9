import { FreshetError } from "@freshet/client";
import { describe, expect, it } from "vitest";
import { makeWords } from "../i18n";
import { de } from "../i18n/de";
import { en } from "../i18n/en";
import { fieldProblem } from "./form";
import { reasonOf } from "./states";

const english = makeWords("en", en);
const german = makeWords("de", de);

type Facts = Partial<ConstructorParameters<typeof FreshetError>[0]>;

const refused = (facts: Facts) =>
  new FreshetError({ kind: "problem", code: "", title: "", detail: "", ...facts });

describe("why something was refused", () => {
  it("is said in the reader's language, by the code", () => {
    const wrong = refused({
      status: 403,
      code: "wrong_password",
      detail: "The password is wrong or missing.",
    });
    expect(reasonOf(wrong, german)).toBe("Das Passwort ist falsch.");
    expect(reasonOf(wrong, english)).toBe("The password is wrong.");
  });

  it("keeps the server's sentence where its reader speaks English, or the code is new", () => {
    const limit = refused({
      status: 422,
      code: "blocks_limit",
      detail: "You block 1000 accounts.",
    });
    expect(reasonOf(limit, english)).toBe("You block 1000 accounts.");
    expect(reasonOf(limit, german)).toMatch(/^Du blockierst so viele/);
    expect(reasonOf(refused({ status: 409, code: "new_one", detail: "Why." }), german)).toBe(
      "Why.",
    );
  });

  it("says how long to wait, when the server does", () => {
    const often = { status: 429, code: "rate_limited" };
    expect(reasonOf(refused({ ...often, retryAfterMs: 90_000 }), english)).toBe(
      "That was a little too often. Try again in 2 minutes.",
    );
    expect(reasonOf(refused({ ...often, retryAfterMs: 5_000 }), german)).toBe(
      "Das war etwas zu oft. Versuche es in 5 Sekunden noch einmal.",
    );
    expect(reasonOf(refused(often), english)).toBe(
      "That was a little too often. Try again in a moment.",
    );
    expect(
      reasonOf(refused({ status: 429, code: "quota_sign_in", retryAfterMs: 60_000 }), german),
    ).toBe("Es gab zu viele falsche Passwörter. Versuche es in 1 Minute noch einmal.");
  });

  it("names what is wrong with each field", () => {
    const wrong = refused({
      status: 422,
      code: "invalid",
      errors: [
        { field: "/email", code: "invalid", message: "must be an address" },
        { field: "/words/0/word", code: "too_long", message: "Must have at most 100 characters." },
      ],
    });
    expect(fieldProblem(wrong, "email", german)).toBe(
      "Das sieht nicht wie eine E-Mail-Adresse aus.",
    );
    expect(fieldProblem(wrong, "words/0/word", english)).toBe("Must have at most 100 characters.");
    expect(fieldProblem(wrong, "words/0/word", german)).toBe("Das ist zu lang.");
    expect(reasonOf(wrong, german)).toBe(
      "Das sieht nicht wie eine E-Mail-Adresse aus. Das ist zu lang.",
    );
  });
});
