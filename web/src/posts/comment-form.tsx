import { useCallback, useEffect, useRef, useState } from "react";
import { type Draft, draftAfter, followDraft, loadDraft, saveDraft } from "../core/drafts";
import { useWords } from "../i18n";
import { reasonOf } from "../ui/states";
import { TextField, type TextFieldHandle } from "./text-field";

/** Where a comment is written; what was begun is kept under `draft` until it is sent or given up. */
export function CommentForm(props: {
  label: string;
  draft: string;
  text?: string;
  submit: string;
  autoFocus?: boolean;
  onSend: (text: string) => Promise<void>;
  onCancel?: () => void;
}) {
  const words = useWords();
  const { draft } = props;
  const [text, setText] = useState(() => loadDraft(draft)?.text ?? props.text ?? "");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const handle = useRef<TextFieldHandle>(null);
  useEffect(() => {
    if (props.autoFocus) handle.current?.focus();
  }, [props.autoFocus]);

  const follow = useCallback((now: Draft | undefined) => setText(now?.text ?? ""), []);
  const editing = props.text !== undefined;
  useEffect(() => {
    if (!editing) return followDraft(draft, follow);
  }, [editing, draft, follow]);

  const keep = (next: string) => {
    setText(next);
    saveDraft(draft, { text: next }, follow);
  };
  const send = async () => {
    if (busy || text.trim() === "") return;
    setBusy(true);
    setProblem(undefined);
    try {
      await props.onSend(text);
      setText(draftAfter(draft, text, follow));
    } catch (error) {
      setProblem(reasonOf(error, words));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className="comment-form"
      aria-busy={busy}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <TextField
        label={props.label}
        placeholder={props.label}
        rows={1}
        value={text}
        onChange={keep}
        onSubmit={() => void send()}
        invalid={problem !== undefined}
        handle={handle}
      />
      <p className="field-problem" role="alert">
        {problem}
      </p>
      <div className="button-row">
        {props.onCancel && (
          <button type="button" className="button" onClick={props.onCancel}>
            {words.t("app.cancel")}
          </button>
        )}
        <button
          type="submit"
          className="button button-primary"
          aria-disabled={busy || text.trim() === ""}
        >
          {props.submit}
        </button>
      </div>
    </form>
  );
}
