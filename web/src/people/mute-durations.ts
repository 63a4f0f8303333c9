import { type Key } from "../i18n";

/** How long one may mute; the first is what one gets without choosing. */
export const MUTE_DURATIONS: readonly { name: Key; hours?: number }[] = [
  { name: "profile.always" },
  { name: "profile.hour", hours: 1 },
  { name: "profile.day", hours: 24 },
  { name: "profile.week", hours: 168 },
];
