import { useState } from "react";
import { type Author } from "../core/freshet";

type Person = Pick<Author, "id" | "display_name" | "username" | "avatar_url">;

const HUES = 12;

// The low bits of an id count within a millisecond and the high ones are time: both are mixed.
function hueOf(id: string): number {
  let hash = 0;
  for (const letter of id) hash = (hash * 31 + letter.charCodeAt(0)) >>> 0;
  return hash % HUES;
}

function initials(person: Person): string {
  const words = (person.display_name || person.username).split(/\s+/).filter(Boolean);
  const first = [...(words[0] ?? "?")][0] ?? "?";
  const last = words.length > 1 ? ([...(words.at(-1) ?? "")][0] ?? "") : "";
  return (first + last).toLocaleUpperCase();
}

/** A person's picture, or the portrait that the server draws of them; decoration, since the name stands beside it. */
export function Avatar({ person, large = false }: { person: Person; large?: boolean }) {
  const [failed, setFailed] = useState<string>();
  const size = large ? " avatar-large" : "";
  const drawn = `/avatars/${person.id}.svg`;
  const source = [person.avatar_url, drawn].find((url) => url && url !== failed);
  if (!source || failed === drawn)
    return (
      <span className={`avatar avatar-hue-${hueOf(person.id)}${size}`} aria-hidden="true">
        {initials(person)}
      </span>
    );
  return (
    <img
      className={`avatar${size}`}
      src={source}
      alt=""
      width={large ? 88 : 44}
      height={large ? 88 : 44}
      loading="lazy"
      decoding="async"
      referrerPolicy="no-referrer"
      onError={() => setFailed(source)}
    />
  );
}
