// A text field that completes mentions and hashtags: several lines, so no combobox, with a list as that has one.
import { useQuery } from "@tanstack/react-query";
import {
  type KeyboardEvent,
  type Ref,
  useEffect,
  useId,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { freshet } from "../core/freshet";
import { useWords } from "../i18n";
import { Avatar } from "../ui/avatar";
import { complete, type Fragment, fragmentBefore } from "./completion";

interface Suggestion {
  value: string;
  person?: Parameters<typeof Avatar>[0]["person"];
  note?: string;
}

async function suggest({ sigil, query }: Fragment, signal: AbortSignal): Promise<Suggestion[]> {
  if (sigil === "@") {
    const found = await freshet.get("/v1/accounts/search", {
      query: { q: query, limit: 6 },
      signal,
    });
    return found.items.map((account) => ({
      value: account.username,
      person: account,
      note: account.display_name,
    }));
  }
  const found = await freshet.get("/v1/hashtags/search", { query: { q: query, limit: 6 }, signal });
  return found.items.map((hashtag) => ({ value: hashtag.tag }));
}

function useSuggestions(fragment: Fragment | undefined): Suggestion[] {
  const [settled, setSettled] = useState(fragment);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(fragment), 120);
    return () => clearTimeout(timer);
  }, [fragment]);
  const found = useQuery({
    queryKey: ["suggest", settled?.sigil, settled?.query],
    queryFn: ({ signal }) => (settled ? suggest(settled, signal) : []),
    enabled: settled !== undefined,
    staleTime: 60_000,
    retry: false,
  });
  return fragment && settled && found.data ? found.data : [];
}

export interface TextFieldHandle {
  focus: () => void;
}

export function TextField(props: {
  label: string;
  value: string;
  onChange: (text: string) => void;
  onSubmit: () => void;
  placeholder?: string;
  rows?: number;
  invalid?: boolean;
  describedBy?: string;
  handle?: Ref<TextFieldHandle>;
}) {
  const { t } = useWords();
  const field = useRef<HTMLTextAreaElement>(null);
  const listId = useId();
  const [fragment, setFragment] = useState<Fragment>();
  const [chosen, setChosen] = useState(0);
  const [cursor, setCursor] = useState<number>();
  const suggestions = useSuggestions(fragment);
  const open = suggestions.length > 0;

  useImperativeHandle(props.handle, () => ({ focus: () => field.current?.focus() }), []);
  useLayoutEffect(() => {
    if (cursor === undefined) return;
    field.current?.setSelectionRange(cursor, cursor);
    setCursor(undefined);
  }, [cursor]);
  useLayoutEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.blockSize = "";
    // To ask for a height lays the whole page out; an empty field has that of its rows.
    if (props.value !== "") element.style.blockSize = `${element.scrollHeight + 2}px`;
  }, [props.value]);

  const look = () => {
    const element = field.current;
    if (!element || element.selectionStart !== element.selectionEnd) return setFragment(undefined);
    setFragment(fragmentBefore(element.value, element.selectionStart));
    setChosen(0);
  };
  const take = (suggestion: Suggestion | undefined) => {
    if (!fragment || !suggestion) return;
    const [text, position] = complete(props.value, fragment, suggestion.value);
    props.onChange(text);
    setCursor(position);
    setFragment(undefined);
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      return props.onSubmit();
    }
    if (!open) return;
    const step = { ArrowDown: 1, ArrowUp: suggestions.length - 1 }[event.key];
    if (step !== undefined) setChosen((chosen + step) % suggestions.length);
    else if (event.key === "Enter" || event.key === "Tab") take(suggestions[chosen]);
    else if (event.key === "Escape") setFragment(undefined);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div className="text-field">
      <textarea
        ref={field}
        className="input"
        dir="auto"
        rows={props.rows ?? 3}
        value={props.value}
        placeholder={props.placeholder}
        aria-label={props.label}
        aria-invalid={props.invalid}
        aria-describedby={props.describedBy}
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-controls={open ? listId : undefined}
        aria-activedescendant={open ? `${listId}-${chosen}` : undefined}
        onChange={(event) => {
          props.onChange(event.target.value);
          look();
        }}
        onClick={look}
        onKeyUp={(event) => {
          if (event.key.startsWith("Arrow") && !open) look();
        }}
        onBlur={() => setFragment(undefined)}
        onKeyDown={onKeyDown}
      />
      {open && (
        <ul
          className="suggestions"
          role="listbox"
          id={listId}
          aria-label={t("compose.suggestions")}
        >
          {suggestions.map((suggestion, index) => (
            <li
              key={suggestion.value}
              id={`${listId}-${index}`}
              role="option"
              aria-selected={index === chosen}
              className="suggestion"
              onPointerDown={(event) => {
                event.preventDefault();
                take(suggestion);
              }}
            >
              {suggestion.person && <Avatar person={suggestion.person} />}
              <span>
                {fragment?.sigil}
                {suggestion.value}
              </span>
              {suggestion.note !== undefined && <bdi className="soft">{suggestion.note}</bdi>}
            </li>
          ))}
        </ul>
      )}
      <span className="visually-hidden" role="status">
        {open ? t("compose.suggested", { count: suggestions.length }) : ""}
      </span>
    </div>
  );
}
