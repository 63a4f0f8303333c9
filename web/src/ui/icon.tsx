// Drawn for this page on a grid of 24, two units thick.
const PATHS = {
  home: "M4 11 12 4l8 7v8a1 1 0 0 1-1 1h-4v-6H9v6H5a1 1 0 0 1-1-1z",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zm5 12 4 4",
  bell: "M6 16v-5a6 6 0 0 1 12 0v5l2 2H4zm4 4h4",
  bookmark: "M7 4h10v16l-5-4-5 4z",
  person: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4 20c1-4 4-6 8-6s7 2 8 6",
  people:
    "M9 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM2.5 19c.7-3.3 3.2-5 6.5-5s5.8 1.7 6.5 5M16 5a3.5 3.5 0 0 1 0 7m2 2.5c2 .8 3.2 2.3 3.6 4.5",
  trash: "M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13",
  gear: "M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM12 3v3m0 12v3M3 12h3m12 0h3M5.6 5.6l2.2 2.2m8.4 8.4 2.2 2.2m0-12.8-2.2 2.2m-8.4 8.4-2.2 2.2",
  chart: "M4 20V4m0 16h16M8 16v-4m4 4V8m4 8v-6",
  plus: "M12 5v14M5 12h14",
  pen: "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3",
  heart: "M12 20S4 15 4 9.5A4.5 4.5 0 0 1 12 7a4.5 4.5 0 0 1 8 2.5C20 15 12 20 12 20z",
  comment: "M5 5h14a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-7l-5 4v-4H5a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1z",
  share: "M7 8h10l-3-3m3 11H7l3 3M17 8v3M7 16v-3",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  close: "M6 6l12 12M18 6L6 18",
  check: "M5 12.5l4.5 4.5L19 7.5",
  lock: "M6 11h12v9H6zm2.5 0V8a3.5 3.5 0 0 1 7 0v3",
  globe: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM4 12h16M12 4c3 3 3 13 0 16-3-3-3-13 0-16",
  place: "M12 21s-6-6-6-11a6 6 0 0 1 12 0c0 5-6 11-6 11zm0-13a2 2 0 1 0 0 4 2 2 0 0 0 0-4z",
  question: "M9 9a3 3 0 1 1 4.5 2.6c-1 .6-1.5 1.2-1.5 2.4m0 3h.01",
  back: "M15 5l-7 7 7 7",
  up: "M12 19V5M6 11l6-6 6 6",
  cloudOff: "M4 4l16 16M7 9a5 5 0 0 0 1 10h9M10 6a6 6 0 0 1 8 5 4 4 0 0 1 2.5 6",
  quiet: "M4 15c2-3 4-3 6 0s4 3 6 0 3-2.5 4-1M4 9c2-3 4-3 6 0s4 3 6 0 3-2.5 4-1",
} as const;

export type IconName = keyof typeof PATHS;

/** Decoration: what it means must be said in text or in a label beside it. */
export function Icon({ name, filled = false }: { name: IconName; filled?: boolean }) {
  return (
    <svg
      className={`icon${name === "back" ? " icon-directed" : ""}`}
      viewBox="0 0 24 24"
      fill={filled ? "currentColor" : "none"}
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
