// The one dialog in which posts are written, quoted and edited; opened from everywhere.
import { createContext, type ReactNode, useContext, useMemo, useState } from "react";
import { type Post } from "../core/freshet";
import { ComposeDialog } from "./compose-dialog";

export type Composing =
  { kind: "new" } | { kind: "quote"; post: Post } | { kind: "edit"; post: Post };

interface Compose {
  begin: () => void;
  quote: (post: Post) => void;
  edit: (post: Post) => void;
}

const ComposeContext = createContext<Compose | undefined>(undefined);

export function ComposeProvider({ children }: { children: ReactNode }) {
  const [composing, setComposing] = useState<Composing>();
  const value = useMemo<Compose>(
    () => ({
      begin: () => setComposing({ kind: "new" }),
      quote: (post) => setComposing({ kind: "quote", post }),
      edit: (post) => setComposing({ kind: "edit", post }),
    }),
    [],
  );
  return (
    <ComposeContext.Provider value={value}>
      {children}
      {composing && <ComposeDialog composing={composing} onClose={() => setComposing(undefined)} />}
    </ComposeContext.Provider>
  );
}

export function useCompose(): Compose {
  const value = useContext(ComposeContext);
  if (!value) throw new Error("there is no ComposeProvider above this");
  return value;
}
