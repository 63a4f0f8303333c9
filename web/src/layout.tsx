import { outbox } from "./core/stores";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { Link, useLocation } from "wouter";
import { freshet } from "./core/freshet";
import { useArrivalPlace } from "./core/history";
import { useKeys } from "./core/keys";
import { useLive, useLiveEvents } from "./core/live";
import { useOnline } from "./core/online";
import { keepPush } from "./core/push";
import { rememberedPush } from "./core/remembered";
import { tracker } from "./core/tracker";
import { forgetPerson, useMe, useSession } from "./core/session";
import { onOpen } from "./core/worker";
import { type Key, useWords } from "./i18n";
import { useCompose } from "./posts/compose-context";
import { Avatar } from "./ui/avatar";
import { Icon, type IconName } from "./ui/icon";
import { KeysDialog } from "./ui/keys-dialog";
import { Menu } from "./ui/menu";
import { useNotices } from "./ui/notices";
import { useOutbox } from "./use-outbox";

interface Place {
  href: string;
  icon: IconName;
  name: Key;
}

const PLACES: Place[] = [
  { href: "/", icon: "home", name: "nav.home" },
  { href: "/search", icon: "search", name: "nav.search" },
  { href: "/notifications", icon: "bell", name: "nav.notifications" },
  { href: "/saved", icon: "bookmark", name: "nav.saved" },
];

function useUnread(): number {
  const { state } = useSession();
  const queries = useQueryClient();
  const unread = useQuery({
    queryKey: ["unread-count"],
    queryFn: ({ signal }) => freshet.get("/v1/notifications/unread-count", { signal }),
    enabled: state === "signed-in",
    refetchInterval: 120_000,
  });
  useLiveEvents((event) => {
    if (event.event !== "notification") return;
    queries.setQueryData(["unread-count"], { count: event.data.unread_count });
  });
  return unread.data?.count ?? 0;
}

function Navigation() {
  const { t, compact } = useWords();
  const [path] = useLocation();
  const unread = useUnread();
  const compose = useCompose();
  return (
    <nav className="nav" aria-label={t("nav.main")}>
      <ul>
        {PLACES.map(({ href, icon, name }) => {
          const badge = name === "nav.notifications" ? unread : 0;
          return (
            <li key={href}>
              <Link
                href={href}
                className="nav-link"
                aria-current={path === href ? "page" : undefined}
                aria-label={badge > 0 ? t("nav.notificationsUnread", { count: badge }) : t(name)}
              >
                <span className="nav-icon">
                  <Icon name={icon} filled={path === href && icon !== "search"} />
                  {badge > 0 && <span className="nav-badge" data-count={compact(badge)} />}
                </span>
                <span className="nav-text">{t(name)}</span>
              </Link>
            </li>
          );
        })}
      </ul>
      <button type="button" className="button button-primary nav-compose" onClick={compose.begin}>
        <Icon name="pen" />
        <span>{t("nav.compose")}</span>
      </button>
    </nav>
  );
}

function AccountMenu() {
  const { t } = useWords();
  const me = useMe();
  const notices = useNotices();
  const [, navigate] = useLocation();
  if (!me) return null;
  const go = (name: Key, icon: IconName, href: string) => ({
    label: t(name),
    icon,
    onSelect: () => navigate(href),
  });
  const signOut = async () => {
    try {
      await tracker().flush();
      await freshet.session.signOut();
      forgetPerson();
      navigate("/sign-in");
    } catch (error) {
      notices.sayError(error);
    }
  };
  return (
    <Menu
      label={t("nav.menu")}
      items={[
        go("nav.profile", "person", `/@${me.username}`),
        go("nav.requests", "people", "/requests"),
        go("nav.trash", "trash", "/trash"),
        go("nav.settings", "gear", "/settings"),
        go("nav.admin", "chart", "/admin"),
        { label: t("nav.signOut"), icon: "back", onSelect: () => void signOut() },
      ]}
    >
      <Avatar person={me} />
    </Menu>
  );
}

function Status() {
  const { t } = useWords();
  const online = useOnline();
  const { state: session } = useSession();
  const { state } = useLive();
  const waiting = useSyncExternalStore(
    (listener) => outbox.subscribe(listener),
    () => outbox.size,
  );
  const interrupted = session === "signed-in" && state === "waiting";
  const text = !online
    ? t("status.offline")
    : waiting > 0
      ? t("status.waiting", { count: waiting })
      : interrupted
        ? t("status.reconnecting")
        : "";
  return (
    <p className={text === "" ? "visually-hidden" : "status"} role="status">
      {text !== "" && <Icon name="cloudOff" />}
      {text}
    </p>
  );
}

// What the service worker has to do with the page: notifications reach this browser, and lead here.
function useWorker(): void {
  const id = useMe()?.id;
  const [, navigate] = useLocation();
  useEffect(() => onOpen(navigate), [navigate]);
  useEffect(() => {
    if (id === undefined || rememberedPush()?.account !== id) return;
    // What fails is tried again with the next visit.
    keepPush(id).catch(() => undefined);
  }, [id]);
}

// After going to another page its content has the focus, unless something in it has already taken it.
function useArrival() {
  const [path] = useLocation();
  useArrivalPlace(path);
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  useEffect(() => {
    if (!first.current && !location.hash && !main.current?.contains(document.activeElement))
      main.current?.focus({ preventScroll: true });
    first.current = false;
  }, [path]);
  return main;
}

export function Layout({ children }: { children: ReactNode }) {
  const { t } = useWords();
  const me = useMe();
  const { state } = useSession();
  const compose = useCompose();
  const [, navigate] = useLocation();
  const [helping, setHelping] = useState(false);
  const main = useArrival();
  useOutbox();
  useWorker();
  useKeys({
    "/": () => {
      const field = document.querySelector<HTMLElement>("input[type=search]");
      if (field) field.focus();
      else navigate("/search");
    },
    "?": () => setHelping(true),
    n: () => {
      if (me) compose.begin();
    },
    h: () => navigate("/"),
  });
  return (
    <>
      <a className="skip-link" href="#content">
        {t("app.skip")}
      </a>
      <header className="header">
        <div className="header-inner">
          <Link href="/" className="brand">
            {t("app.name")}
          </Link>
          {state === "signed-out" ? (
            <span className="button-row">
              <Link href="/sign-in" className="button">
                {t("nav.signIn")}
              </Link>
              <Link href="/sign-up" className="button button-primary">
                {t("nav.signUp")}
              </Link>
            </span>
          ) : (
            <AccountMenu />
          )}
        </div>
      </header>
      <div className="frame">
        {state !== "signed-out" && <Navigation />}
        <main id="content" className="content" tabIndex={-1} ref={main}>
          <Status />
          {children}
        </main>
      </div>
      {helping && <KeysDialog onClose={() => setHelping(false)} />}
    </>
  );
}
