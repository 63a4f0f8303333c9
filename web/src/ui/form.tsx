import { type FieldError, FreshetError } from "@freshet/client";
import { type InputHTMLAttributes, useId } from "react";
import { isKey, type Words } from "../i18n";

/** What is wrong with one member of a request, in the reader's language. */
export function fieldReason({ field, code, message }: FieldError, { t }: Words): string {
  const name = field.slice(field.lastIndexOf("/") + 1);
  const key = [`field.${name}.${code}`, `field.${code}`].find(isKey);
  return key ? t(key, { message }) : message;
}

/** What the server said of the member `name` of a request. */
export function fieldProblem(error: unknown, name: string, words: Words): string | undefined {
  if (!(error instanceof FreshetError)) return undefined;
  const wrong = error.errors.find(({ field }) => field === `/${name}`);
  return wrong && fieldReason(wrong, words);
}

/** What the field `name` of a form holds. */
export function textIn(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value : "";
}

interface FieldProps extends InputHTMLAttributes<HTMLInputElement> {
  label: string;
  hint?: string;
  problem?: string | undefined;
}

/** A labelled field with a hint, and what is wrong with what it holds. */
export function Field({ label, hint, problem, ...input }: FieldProps) {
  const id = useId();
  const problemId = `${id}-problem`;
  const hintId = `${id}-hint`;
  const notes = [problem !== undefined && problemId, hint !== undefined && hintId];
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className="input"
        aria-invalid={problem !== undefined}
        aria-describedby={notes.filter(Boolean).join(" ") || undefined}
        {...input}
      />
      {problem !== undefined && (
        <p id={problemId} className="field-problem">
          {problem}
        </p>
      )}
      {hint !== undefined && (
        <p id={hintId} className="soft">
          {hint}
        </p>
      )}
    </div>
  );
}

/** Something that is on or off, with what that means. */
export function Switch(props: {
  label: string;
  hint?: string;
  checked: boolean;
  onChange: (on: boolean) => void;
}) {
  const id = useId();
  return (
    <div className="switch">
      <input
        id={id}
        type="checkbox"
        role="switch"
        checked={props.checked}
        aria-describedby={props.hint === undefined ? undefined : `${id}-hint`}
        onChange={(event) => props.onChange(event.target.checked)}
      />
      <label htmlFor={id}>{props.label}</label>
      {props.hint !== undefined && (
        <p id={`${id}-hint`} className="soft">
          {props.hint}
        </p>
      )}
    </div>
  );
}

/** One of a few. */
export function Choice<T extends string>(props: {
  label: string;
  value: T;
  options: readonly (readonly [T, string])[];
  onChange: (value: T) => void;
}) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{props.label}</label>
      <select
        id={id}
        className="input"
        value={props.value}
        onChange={(event) => props.onChange(event.target.value as T)}
      >
        {props.options.map(([value, name]) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}
