// Who is signed in. Everything that belongs to a person is forgotten when another comes.
import { useQueryClient } from "@tanstack/react-query";
import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { clearDrafts } from "./drafts";
import { clearFeedCache } from "./feed-cache";
import { type Account, freshet, subscribeSession } from "./freshet";
import { endPush } from "./push";
import { forgetPush, REMEMBERED, rememberedAccount, rememberedPush } from "./remembered";
import { accounts, forgetEverything, outbox } from "./stores";
import { tracker } from "./tracker";
import { useEntity } from "./entities";

type State = "restoring" | "signed-in" | "signed-out" | "unreachable";

interface SessionValue {
  state: State;
  retry: () => void;
}

const SessionContext = createContext<SessionValue>({ state: "restoring", retry: () => undefined });

const MyIdContext = createContext<string | undefined>(undefined);

const AGAIN_MS = 10_000;

/** Removes from this browser what belongs to a person. A session that merely ended leaves it for their return. */
export function forgetPerson(): void {
  const person = rememberedAccount();
  if (person !== null) tracker().forget(person);
  clearFeedCache();
  clearDrafts();
  outbox.clear();
  localStorage.removeItem(REMEMBERED);
  if (rememberedPush()) void endPush();
  forgetPush();
}

// Where nobody signed in there is nothing to restore.
async function restore(): Promise<void> {
  if (rememberedAccount() !== null) await freshet.session.restore();
}

export function SessionProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const current = useSyncExternalStore(subscribeSession, () => freshet.session.current);
  const [restored, setRestored] = useState<"no" | "yes" | "unreachable">("no");
  // Begun while this is drawn, so that what the pages below ask for waits for it.
  const [attempt, setAttempt] = useState(restore);
  const id = current?.account.id ?? null;

  useEffect(() => {
    let stale = false;
    attempt.then(
      () => stale || setRestored("yes"),
      () => stale || setRestored("unreachable"),
    );
    return () => {
      stale = true;
    };
  }, [attempt]);

  useEffect(() => {
    if (restored !== "unreachable") return;
    const again = () => setAttempt(restore());
    const timer = setInterval(again, AGAIN_MS);
    addEventListener("online", again);
    return () => {
      clearInterval(timer);
      removeEventListener("online", again);
    };
  }, [restored]);

  // What is in memory belongs to who was signed in.
  const owner = useRef<string | null>(null);
  const told = useRef<Account>(undefined);
  useEffect(() => {
    if (owner.current !== null && owner.current !== id) {
      queries.clear();
      forgetEverything();
    }
    owner.current = id;
    if (!current) return;
    const stored = rememberedAccount();
    if (stored !== null && stored !== id) forgetPerson();
    if (stored !== id) localStorage.setItem(REMEMBERED, current.account.id);
    // A renewed session brings the account as it was; what was learnt since stays.
    if (told.current !== current.account) accounts.put(current.account);
    told.current = current.account;
    setRestored("yes"); // a call that came later may have found out
  }, [id, current, queries]);

  // Another window signed in or out: this one begins again as that person.
  useEffect(() => {
    const changed = ({ key, newValue }: StorageEvent) => {
      if (key === REMEMBERED && newValue !== owner.current) location.reload();
      outbox.changed();
    };
    addEventListener("storage", changed);
    return () => removeEventListener("storage", changed);
  }, []);

  const state: State = current
    ? "signed-in"
    : restored === "no"
      ? "restoring"
      : restored === "unreachable"
        ? "unreachable"
        : "signed-out";
  const value = useMemo(
    () => ({
      state,
      retry: () => {
        setRestored("no");
        setAttempt(restore());
      },
    }),
    [state],
  );
  const mine = id ?? (state === "signed-out" ? undefined : (rememberedAccount() ?? undefined));
  return (
    <SessionContext.Provider value={value}>
      <MyIdContext.Provider value={mine}>{children}</MyIdContext.Provider>
    </SessionContext.Provider>
  );
}

export function useSession(): SessionValue {
  return useContext(SessionContext);
}

/**
 * The id of who is signed in; as long as it is not known whether the session still holds, of whom this browser
 * remembers. What they do in this time is sent when it is known.
 */
export function useMyId(): string | undefined {
  return useContext(MyIdContext);
}

/** The account that is signed in, as it is known now; undefined while nobody is. */
export function useMe(): Account | undefined {
  const current = useSyncExternalStore(subscribeSession, () => freshet.session.current);
  const known = useEntity(accounts, current?.account.id ?? "");
  return known ?? current?.account;
}
