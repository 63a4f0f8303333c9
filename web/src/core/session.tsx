// Who is signed in. Everything that belongs to a person is forgotten when another comes.
import { useQueryClient } from "@tanstack/react-query";
import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useState,
  useSyncExternalStore,
} from "react";
import { clearDrafts } from "./drafts";
import { clearFeedCache } from "./feed-cache";
import { type Account, freshet } from "./freshet";
import { accounts, forgetEverything, outbox } from "./stores";
import { useEntity } from "./entities";

type State = "restoring" | "signed-in" | "signed-out" | "unreachable";

interface SessionValue {
  state: State;
  retry: () => void;
}

const SessionContext = createContext<SessionValue>({ state: "restoring", retry: () => undefined });

// A page that was signed in shows its last feed while it asks whether it still is.
const REMEMBERED = "freshet.account";

export function rememberedAccount(): string | null {
  return localStorage.getItem(REMEMBERED);
}

// Where nobody signed in there is nothing to restore.
function restore(): Promise<unknown> {
  return rememberedAccount() === null ? Promise.resolve() : freshet.session.restore();
}

export function SessionProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const current = useSyncExternalStore(
    (listener) => freshet.session.subscribe(listener),
    () => freshet.session.current,
  );
  const [restored, setRestored] = useState<"no" | "yes" | "unreachable">("no");
  // Begun before anything below asks the server: such calls wait for it.
  const [restoring, setRestoring] = useState(restore);
  const id = current?.account.id ?? null;

  useEffect(() => {
    let stale = false;
    restoring.then(
      () => stale || setRestored("yes"),
      () => stale || setRestored("unreachable"),
    );
    return () => {
      stale = true;
    };
  }, [restoring]);

  useEffect(() => {
    if (current) accounts.put(current.account);
  }, [current]);

  useEffect(() => {
    if (restored !== "yes") return;
    if (rememberedAccount() === id) return;
    queries.clear();
    forgetEverything();
    clearFeedCache();
    if (rememberedAccount() !== null) {
      clearDrafts();
      outbox.clear();
    }
    if (current) accounts.put(current.account);
    if (id) localStorage.setItem(REMEMBERED, id);
    else localStorage.removeItem(REMEMBERED);
  }, [restored, id, current, queries]);

  const state: State = current
    ? "signed-in"
    : restored === "no"
      ? "restoring"
      : restored === "unreachable"
        ? "unreachable"
        : "signed-out";
  const retry = () => {
    setRestored("no");
    setRestoring(restore());
  };
  return <SessionContext.Provider value={{ state, retry }}>{children}</SessionContext.Provider>;
}

export function useSession(): SessionValue {
  return useContext(SessionContext);
}

/** The account that is signed in, as it is known now; undefined while nobody is. */
export function useMe(): Account | undefined {
  const current = useSyncExternalStore(
    (listener) => freshet.session.subscribe(listener),
    () => freshet.session.current,
  );
  const known = useEntity(accounts, current?.account.id ?? "");
  return known ?? current?.account;
}
