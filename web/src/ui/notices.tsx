// Short notices at the edge of the page, read out politely; one with an action stays longer.
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { useWords } from "../i18n";
import { Icon } from "./icon";
import { reasonOf } from "./states";

interface Notice {
  id: number;
  text: string;
  action?: { label: string; run: () => void };
}

interface Notices {
  /** Shows `text`; what stood there before gives way. */
  say: (text: string, action?: Notice["action"]) => void;
  /** Says why something was refused. */
  sayError: (error: unknown) => void;
}

const NoticesContext = createContext<Notices | undefined>(undefined);
const SHOWN_MS = 5_000;
const SHOWN_WITH_ACTION_MS = 12_000;

export function NoticesProvider({ children }: { children: ReactNode }) {
  const words = useWords();
  const [notice, setNotice] = useState<Notice>();
  const [held, setHeld] = useState(false);
  const next = useRef(0);
  const say = useCallback((text: string, action?: Notice["action"]) => {
    setNotice({ id: next.current++, text, ...(action && { action }) });
  }, []);
  const value = useMemo<Notices>(
    () => ({ say, sayError: (error) => say(reasonOf(error, words)) }),
    [say, words],
  );
  useEffect(() => {
    if (!notice || held) return;
    const timer = setTimeout(
      () => setNotice(undefined),
      notice.action ? SHOWN_WITH_ACTION_MS : SHOWN_MS,
    );
    return () => clearTimeout(timer);
  }, [notice, held]);
  return (
    <NoticesContext.Provider value={value}>
      {children}
      <div
        className="notices"
        role="status"
        aria-live="polite"
        onPointerEnter={() => setHeld(true)}
        onPointerLeave={() => setHeld(false)}
        onFocus={() => setHeld(true)}
        onBlur={() => setHeld(false)}
      >
        {notice && (
          <div className="notice" key={notice.id}>
            <span>{notice.text}</span>
            {notice.action && (
              <button
                type="button"
                className="button button-quiet"
                onClick={() => {
                  notice.action?.run();
                  setNotice(undefined);
                }}
              >
                {notice.action.label}
              </button>
            )}
            <button
              type="button"
              className="icon-button"
              aria-label={words.t("app.close")}
              onClick={() => setNotice(undefined)}
            >
              <Icon name="close" />
            </button>
          </div>
        )}
      </div>
    </NoticesContext.Provider>
  );
}

export function useNotices(): Notices {
  const value = useContext(NoticesContext);
  if (!value) throw new Error("there is no NoticesProvider above this");
  return value;
}
