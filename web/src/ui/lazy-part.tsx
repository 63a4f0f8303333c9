import { type ComponentType, use } from "react";

type Load<P> = () => Promise<{ default: ComponentType<P> }>;

/** The file of a part did not arrive: offline, or because the server has another build of the page by now. */
export class PartMissing extends Error {
  constructor(
    cause: unknown,
    /** Lets the part be asked for again when it is next drawn. */
    readonly forget: () => void,
  ) {
    super("a part of the page could not be loaded", { cause });
  }
}

/** A part of the page in a file of its own. What failed to arrive is asked for again, which React.lazy never does. */
export function lazyPart<P extends object>(load: Load<P>) {
  let loaded: ComponentType<P> | undefined;
  let loading: Promise<ComponentType<P>> | undefined;
  const fetch = () =>
    (loading ??= load().then(
      (part) => (loaded = part.default),
      (cause: unknown) => {
        throw new PartMissing(cause, () => (loading = undefined));
      },
    ));
  function Part(props: P) {
    const Loaded = loaded ?? use(fetch());
    return <Loaded {...props} />;
  }
  /** Fetches it before it is needed; whether that works shows when it is. */
  Part.preload = () => {
    fetch().catch((error: unknown) => {
      if (error instanceof PartMissing) error.forget();
    });
  };
  return Part;
}
