// What the server pushes, as the browser shows it.

/** What the worker asks an open window of the page to show; the window says so through the port that comes with it. */
export interface Open {
  open: string;
}

export interface Shown {
  title: string;
  options: Omit<NotificationOptions, "data"> & { data: Open };
}

/** Where a message leads: always an address of this very page. */
function pathOf({ type, post_id: post }: Record<string, unknown>): string {
  if (type === "request") return "/requests";
  if (typeof post !== "string" || !/^\d+$/.test(post)) return "/notifications";
  return `/posts/${post}${type === "comment" || type === "reply" ? "#comments" : ""}`;
}

function textIn(message: Record<string, unknown>, name: string): string {
  const value = message[name];
  return typeof value === "string" ? value : "";
}

function read(text: string): Record<string, unknown> {
  try {
    const message: unknown = JSON.parse(text);
    return typeof message === "object" && message !== null ? { ...message } : {};
  } catch {
    return {};
  }
}

/** A browser expects that every message is shown: one that cannot be read says at least that there is something. */
export function shownOf(payload: string): Shown {
  const message = read(payload);
  return {
    title: textIn(message, "title") || "freshet",
    options: {
      body: textIn(message, "body"),
      tag: textIn(message, "tag"),
      dir: "auto",
      icon: "/icon.png",
      data: { open: pathOf(message) },
    },
  };
}
