import {
  type Dispatch,
  type SetStateAction,
  useCallback,
  useEffect,
  useId,
  useRef,
  useState,
} from "react";
import { useQueryClient } from "@tanstack/react-query";
import { FreshetError } from "@freshet/client";
import { type Draft, draftAfter, followDraft, loadDraft, saveDraft } from "../core/drafts";
import { freshet, type Post, type Privacy, type Schemas } from "../core/freshet";
import { outbox, posts } from "../core/stores";
import { useWords } from "../i18n";
import { Icon } from "../ui/icon";
import { useNotices } from "../ui/notices";
import { reasonOf } from "../ui/states";
import { type Composing } from "./compose-context";
import { TextField, type TextFieldHandle } from "./text-field";
import { prependToFeed } from "./use-feed";

type Place = Schemas["Location"];

const PRIVACIES: Privacy[] = ["public", "friends", "private"];
export const LONGEST_TEXT = 5_000; // code points, as the server counts

export function lengthOf(text: string): number {
  return [...text].length;
}

function PlaceField(props: {
  place: Draft["location"];
  change: Dispatch<SetStateAction<Draft["location"]>>;
}) {
  const { t } = useWords();
  const notices = useNotices();
  const { place, change } = props;
  const find = () => {
    change({ name: "" });
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        // About a hundred metres: a place, not a doorstep.
        const [lat, lng] = [coords.latitude, coords.longitude].map(
          (degrees) => Math.round(degrees * 1000) / 1000,
        );
        change((now) => now && { ...now, lat, lng });
      },
      () => {
        change(undefined);
        notices.say(t("compose.placeFailed"));
      },
      { timeout: 10_000 },
    );
  };
  if (!place)
    return (
      <button type="button" className="button button-quiet" onClick={find}>
        <Icon name="place" />
        {t("compose.placeAdd")}
      </button>
    );
  return (
    <div className="place-field">
      <input
        className="input"
        autoFocus
        aria-label={t("compose.placeName")}
        placeholder={t("compose.placeName")}
        maxLength={100}
        value={place.name}
        onChange={(event) => change((now) => now && { ...now, name: event.target.value })}
      />
      <button
        type="button"
        className="icon-button"
        aria-label={t("compose.placeRemove")}
        onClick={() => change(undefined)}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}

// A draft of an edit counts for the version that it began with.
function first(composing: Composing): Draft {
  const stored = loadDraft(placeOf(composing));
  if (composing.kind !== "edit") return stored ?? { text: "", privacy: "public" };
  const { text, privacy, location, edited_at } = composing.post;
  if (stored?.base === edited_at) return stored;
  return { text, privacy, base: edited_at, ...(location && { location }) };
}

function placeOf(composing: Composing): string {
  return composing.kind === "new" ? "new" : `${composing.kind} ${composing.post.id}`;
}

/** Writes what was composed; undefined when it waits to be sent. */
async function send(
  composing: Composing,
  body: Schemas["CreatePost"],
  place: Place | null,
): Promise<Post | undefined> {
  if (composing.kind === "edit") {
    const { id } = composing.post;
    const known = await freshet.call("get", "/v1/posts/{id}", { path: { id } });
    if (known.body.edited_at !== composing.post.edited_at)
      throw new FreshetError({
        status: 412,
        code: "precondition_failed",
        title: "",
        detail: "",
        kind: "problem",
      });
    return freshet.patch("/v1/posts/{id}", {
      path: { id },
      headers: { "If-Match": known.headers.get("ETag") ?? "" },
      body: { ...body, location: place },
    });
  }
  const quoted = composing.kind === "quote" ? { quote_of: composing.post.id } : {};
  const outcome = await outbox.write<Post>({
    method: "post",
    path: "/v1/posts",
    body: { ...body, ...quoted, ...(place && { location: place }) },
  });
  return outcome.state === "sent" ? outcome.answer : undefined;
}

/** Where a post is written; keeps a draft of every letter. */
export function Composer(props: {
  composing: Composing;
  onDone?: () => void;
  autoFocus?: boolean;
}) {
  const { composing, onDone } = props;
  const words = useWords();
  const { t } = words;
  const notices = useNotices();
  const queries = useQueryClient();
  const draftPlace = placeOf(composing);
  const [begun] = useState(() => first(composing));
  const [text, setText] = useState(begun.text);
  const [privacy, setPrivacy] = useState<Privacy>(begun.privacy ?? "public");
  const [place, setPlace] = useState(begun.location);
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<string>();
  const handle = useRef<TextFieldHandle>(null);
  const noteId = useId();
  const left = LONGEST_TEXT - lengthOf(text);

  useEffect(() => {
    if (props.autoFocus) handle.current?.focus();
  }, [props.autoFocus]);

  // One truth where several write the same: home's composer and the dialog, two windows.
  const follow = useCallback((draft: Draft | undefined) => {
    setText(draft?.text ?? "");
    setPlace(draft?.location);
    if (draft?.privacy) setPrivacy(draft.privacy);
  }, []);
  const editing = composing.kind === "edit";
  useEffect(() => {
    // An edit that ends elsewhere leaves here what is written here.
    if (!editing) return followDraft(draftPlace, follow);
  }, [editing, draftPlace, follow]);

  const { base } = begun;
  const untouched = text === begun.text && privacy === begun.privacy && place === begun.location;
  useEffect(() => {
    if (untouched) return;
    const draft = {
      text,
      privacy,
      ...(place && { location: place }),
      ...(base !== undefined && { base }),
    };
    saveDraft(draftPlace, draft, follow);
  }, [untouched, draftPlace, text, privacy, place, base, follow]);

  const submit = async () => {
    if (sending || text.trim() === "" || left < 0) return;
    const named = place && place.name.trim() !== "" ? place : undefined;
    if (named && (named.lat === undefined || named.lng === undefined))
      return setProblem(t("compose.placePending"));
    setSending(true);
    setProblem(undefined);
    try {
      const post = await send(composing, { text, privacy }, (named as Place | undefined) ?? null);
      setText(draftAfter(draftPlace, text, follow));
      setPlace(undefined);
      if (!post) notices.say(t("status.sentLater"));
      else {
        posts.put(post);
        if (composing.kind === "edit")
          void queries.invalidateQueries({ queryKey: ["history", post.id] });
        else void prependToFeed(queries, post);
        notices.say(composing.kind === "edit" ? t("app.saved") : t("compose.posted"));
      }
      onDone?.();
    } catch (error) {
      const changed = error instanceof FreshetError && error.status === 412;
      setProblem(changed ? t("compose.changedElsewhere") : reasonOf(error, words));
    } finally {
      setSending(false);
    }
  };

  return (
    <form
      className="composer"
      aria-busy={sending}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <TextField
        label={t("compose.label")}
        placeholder={t("compose.placeholder")}
        value={text}
        onChange={setText}
        onSubmit={() => void submit()}
        invalid={left < 0 || problem !== undefined}
        describedBy={noteId}
        handle={handle}
      />
      <p id={noteId} className="composer-note" role="status">
        {problem ??
          (left < 0
            ? t("compose.over", { count: -left })
            : left < 200
              ? t("compose.left", { count: left })
              : "")}
      </p>
      <div className="composer-tools">
        <label className="select-field">
          <span className="visually-hidden">{t("compose.privacy")}</span>
          <select
            className="input"
            value={privacy}
            onChange={(event) => {
              setPrivacy(event.target.value as Privacy);
            }}
          >
            {PRIVACIES.map((one) => (
              <option key={one} value={one}>
                {t(`post.privacy.${one}`)}
              </option>
            ))}
          </select>
        </label>
        <PlaceField place={place} change={setPlace} />
        <button
          type="submit"
          className="button button-primary composer-submit"
          aria-disabled={sending || text.trim() === "" || left < 0}
        >
          {composing.kind === "edit" ? t("app.save") : t("compose.submit")}
        </button>
      </div>
    </form>
  );
}
