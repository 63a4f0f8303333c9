import { Fragment, type ReactNode } from "react";
import { Link } from "wouter";
import { type PostEntity } from "../core/freshet";

function linked(entity: PostEntity, text: string): ReactNode {
  if (entity.type === "mention" && entity.username !== undefined)
    return <Link href={`/@${entity.username}`}>{text}</Link>;
  if (entity.type === "hashtag" && entity.tag !== undefined)
    return <Link href={`/tags/${encodeURIComponent(entity.tag)}`}>{text}</Link>;
  const url = entity.url ?? "";
  if (entity.type === "link" && /^https?:\/\//i.test(url))
    return (
      <a href={url} rel="noopener nofollow ugc" target="_blank" referrerPolicy="no-referrer">
        {text}
      </a>
    );
  return text;
}

/** Text with its mentions, hashtags and links. Offsets count code points. */
export function RichText({ text, entities }: { text: string; entities: readonly PostEntity[] }) {
  const letters = [...text];
  const parts: ReactNode[] = [];
  let at = 0;
  for (const entity of [...entities].sort((a, b) => a.start - b.start)) {
    if (entity.start < at || entity.end > letters.length) continue;
    parts.push(letters.slice(at, entity.start).join(""));
    parts.push(
      <Fragment key={entity.start}>
        {linked(entity, letters.slice(entity.start, entity.end).join(""))}
      </Fragment>,
    );
    at = entity.end;
  }
  parts.push(letters.slice(at).join(""));
  return (
    <p className="rich-text" dir="auto">
      {parts}
    </p>
  );
}
