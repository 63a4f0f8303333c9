import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { type Catalogue, en, type Key, type Plural } from "./en";

export type { Key } from "./en";

/** Whether there is a text of this name: one that is made from what the server says. */
export function isKey(name: string): name is Key {
  return Object.hasOwn(en, name);
}

/** The languages that the page speaks, by BCP 47 tag. */
export const LANGUAGES = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof LANGUAGES;

const RIGHT_TO_LEFT = ["ar", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"];

/** Which way a language is written; not all browsers know it by themselves. */
export function directionOf(language: string): "ltr" | "rtl" {
  return RIGHT_TO_LEFT.includes(language) ? "rtl" : "ltr";
}

const LOADERS: Record<Language, () => Promise<Catalogue>> = {
  en: () => Promise.resolve(en),
  de: () => import("./de").then((module) => module.de),
};

type Values = Record<string, string | number>;

export interface Words {
  language: Language;
  /** The text named `key`; a `count` among the values chooses the plural form. */
  t: (key: Key, values?: Values) => string;
  number: (value: number) => string;
  /** 1234 as "1.2K". */
  compact: (value: number) => string;
  bytes: (value: number) => string;
  seconds: (value: number) => string;
  /** Of the day. */
  clock: (milliseconds: number, precision: "minute" | "second") => string;
  /** "3 minutes ago"; a date after a week. */
  ago: (time: string, now: number) => string;
  /** "in 3 minutes", never less than it is. */
  until: (milliseconds: number) => string;
  date: (time: string) => string;
  dateTime: (time: string) => string;
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["second", 60],
  ["minute", 60],
  ["hour", 24],
  ["day", 7],
];

// A formatter is made when it is first needed: each costs a page's start some milliseconds.
function lazy<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

export function makeWords(language: Language, catalogue: Catalogue): Words {
  const plurals = lazy(() => new Intl.PluralRules(language));
  const numbers = lazy(() => new Intl.NumberFormat(language));
  const compacts = lazy(
    () => new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 }),
  );
  const relative = lazy(
    () => new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" }),
  );
  const waits = lazy(() => new Intl.RelativeTimeFormat(language));
  const dates = lazy(() => new Intl.DateTimeFormat(language, { dateStyle: "medium" }));
  const dateTimes = lazy(
    () => new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" }),
  );
  const seconds = lazy(
    () =>
      new Intl.NumberFormat(language, {
        style: "unit",
        unit: "second",
        maximumFractionDigits: 1,
      }),
  );
  const clocks = {
    minute: lazy(() => new Intl.DateTimeFormat(language, { timeStyle: "short" })),
    second: lazy(() => new Intl.DateTimeFormat(language, { timeStyle: "medium" })),
  };
  const text = (entry: string | Plural, count: unknown) =>
    typeof entry === "string" ? entry : (entry[plurals().select(Number(count))] ?? entry.other);
  return {
    language,
    t: (key, values = {}) =>
      text(catalogue[key], values["count"]).replace(/\{(\w+)\}/g, (_, name: string) => {
        const value = values[name];
        return typeof value === "number" ? numbers().format(value) : (value ?? "");
      }),
    number: (value) => numbers().format(value),
    compact: (value) => compacts().format(value),
    bytes: (value) => {
      const step = Math.min(3, Math.floor(Math.log2(Math.max(value, 1)) / 10));
      const unit = (["byte", "kilobyte", "megabyte", "gigabyte"] as const)[step] ?? "byte";
      return new Intl.NumberFormat(language, {
        style: "unit",
        unit,
        maximumFractionDigits: 1,
      }).format(value / 1024 ** step);
    },
    seconds: (value) => seconds().format(value),
    clock: (milliseconds, precision) => clocks[precision]().format(milliseconds),
    ago: (time, now) => {
      let amount = Math.round((Date.parse(time) - now) / 1000);
      for (const [unit, size] of UNITS) {
        if (Math.abs(amount) < size) return relative().format(amount, unit);
        amount = Math.trunc(amount / size);
      }
      return dates().format(Date.parse(time));
    },
    until: (milliseconds) => {
      let amount = Math.ceil(milliseconds / 1000);
      for (const [unit, size] of UNITS) {
        if (amount < size || unit === "day") return waits().format(amount, unit);
        amount = Math.ceil(amount / size);
      }
      return "";
    },
    date: (time) => dates().format(Date.parse(time)),
    dateTime: (time) => dateTimes().format(Date.parse(time)),
  };
}

const KEY = "freshet.language";
const isLanguage = (tag: string): tag is Language => Object.hasOwn(LANGUAGES, tag);

/** What was chosen in the settings, else the first of the browser's languages that the page speaks. */
export function chosenLanguage(): Language | "system" {
  const stored = localStorage.getItem(KEY) ?? "";
  return isLanguage(stored) ? stored : "system";
}

function spokenLanguage(): Language {
  const chosen = chosenLanguage();
  if (chosen !== "system") return chosen;
  const tags = navigator.languages.map((tag) => tag.split("-")[0] ?? "");
  return tags.find(isLanguage) ?? "en";
}

interface Value {
  words: Words;
  choose: (language: Language | "system") => void;
}

const I18nContext = createContext<Value | undefined>(undefined);

export function I18nProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(spokenLanguage);
  const [words, setWords] = useState<Words | undefined>(() =>
    language === "en" ? makeWords("en", en) : undefined,
  );
  useEffect(() => {
    let stale = false;
    const show = (spoken: Language, catalogue: Catalogue) => {
      if (stale) return;
      document.documentElement.lang = spoken;
      document.documentElement.dir = directionOf(spoken);
      setWords((known) => (known?.language === spoken ? known : makeWords(spoken, catalogue)));
    };
    // A language that cannot be loaded must not leave the page empty.
    LOADERS[language]().then(
      (catalogue) => show(language, catalogue),
      () => show("en", en),
    );
    return () => {
      stale = true;
    };
  }, [language]);
  const value = useMemo<Value | undefined>(
    () =>
      words && {
        words,
        choose: (chosen) => {
          if (chosen === "system") localStorage.removeItem(KEY);
          else localStorage.setItem(KEY, chosen);
          setLanguage(spokenLanguage());
        },
      },
    [words],
  );
  return value && <I18nContext.Provider value={value}>{children}</I18nContext.Provider>;
}

export function useI18n(): Value {
  const value = useContext(I18nContext);
  if (!value) throw new Error("there is no I18nProvider above this");
  return value;
}

export function useWords(): Words {
  return useI18n().words;
}
