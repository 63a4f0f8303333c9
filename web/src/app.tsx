import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { Suspense, useEffect } from "react";
import { Redirect, Route, Switch, useLocation } from "wouter";
import { rememberedAccount } from "./core/remembered";
import { SessionProvider, useMyId, useSession } from "./core/session";
import { LiveProvider } from "./core/live";
import { I18nProvider, useWords } from "./i18n";
import { Layout } from "./layout";
import { HomePage } from "./pages/home";
import { ComposeProvider } from "./posts/compose-context";
import { ErrorBoundary } from "./ui/error-boundary";
import { lazyPart } from "./ui/lazy-part";
import { NoticesProvider } from "./ui/notices";
import { EmptyState, ErrorState, Skeletons } from "./ui/states";
import { FreshetError } from "@freshet/client";

const SignInPage = lazyPart(() => import("./pages/sign-in"));
const SignUpPage = lazyPart(() => import("./pages/sign-up"));
const PostPage = lazyPart(() => import("./pages/post"));
const ProfilePage = lazyPart(() => import("./pages/profile"));
const TagPage = lazyPart(() => import("./pages/tag"));
const SearchPage = lazyPart(() => import("./pages/search"));
const NotificationsPage = lazyPart(() => import("./pages/notifications"));
const SavedPage = lazyPart(() => import("./pages/saved"));
const TrashPage = lazyPart(() => import("./pages/trash"));
const RequestsPage = lazyPart(() => import("./pages/requests"));
const SettingsPage = lazyPart(() => import("./pages/settings"));
const AdminPage = lazyPart(() => import("./pages/admin"));

// All but the administration, which few open and which is large.
const USUAL = [
  PostPage,
  ProfilePage,
  TagPage,
  SearchPage,
  NotificationsPage,
  SavedPage,
  TrashPage,
  RequestsPage,
  SettingsPage,
  SignInPage,
  SignUpPage,
];

/** Fetches what may be opened next, so that it opens at once, and without the server. */
export function preloadPages(): void {
  for (const page of USUAL) page.preload();
}

const queries = new QueryClient({
  defaultOptions: {
    // The client library repeats what is worth repeating.
    queries: {
      retry: false,
      staleTime: 10_000,
      refetchOnWindowFocus: false,
      networkMode: "always",
    },
    mutations: { retry: false, networkMode: "always" },
  },
});

export function App() {
  return (
    <QueryClientProvider client={queries}>
      <I18nProvider>
        <ErrorBoundary>
          <SessionProvider>
            <NoticesProvider>
              <LiveProvider>
                <ComposeProvider>
                  <Layout>
                    <Pages />
                  </Layout>
                </ComposeProvider>
              </LiveProvider>
            </NoticesProvider>
          </SessionProvider>
        </ErrorBoundary>
      </I18nProvider>
    </QueryClientProvider>
  );
}

function Pages() {
  const { state, retry } = useSession();
  const [path] = useLocation();
  if (state === "unreachable" && rememberedAccount() === null)
    return <ErrorState whole error={new FreshetError(UNREACHABLE)} onRetry={retry} />;
  return (
    <ErrorBoundary key={path}>
      <Suspense fallback={<Skeletons />}>
        <Switch>
          <Route path="/sign-in" component={SignInPage} />
          <Route path="/sign-up" component={SignUpPage} />
          <Route path="/posts/:id">{({ id }) => <PostPage key={id} id={id} />}</Route>
          <Route path="/tags/:tag">{({ tag }) => <TagPage key={tag} tag={decoded(tag)} />}</Route>
          <Route path={/^\/@(?<username>[^/]+)(?:\/(?<tab>followers|following))?$/}>
            {({ username, tab }) => (
              <ProfilePage
                key={username}
                username={username ?? ""}
                tab={tab as "followers" | "following" | undefined}
              />
            )}
          </Route>
          <Route path="/search" component={SearchPage} />
          <Route path="/">
            <SignedIn page={HomePage} />
          </Route>
          <Route path="/notifications">
            <SignedIn page={NotificationsPage} />
          </Route>
          <Route path="/saved">
            <SignedIn page={SavedPage} />
          </Route>
          <Route path="/trash">
            <SignedIn page={TrashPage} />
          </Route>
          <Route path="/requests">
            <SignedIn page={RequestsPage} />
          </Route>
          <Route path="/settings/*?">
            <SignedIn page={SettingsPage} />
          </Route>
          <Route path="/admin/*?">
            <SignedIn page={AdminPage} />
          </Route>
          <Route component={MissingPage} />
        </Switch>
      </Suspense>
    </ErrorBoundary>
  );
}

const UNREACHABLE = { status: 0, code: "network", title: "", detail: "", kind: "network" } as const;

/** A page for somebody; who is nobody is asked to sign in, and brought back afterwards. */
function SignedIn({ page: Page }: { page: React.ComponentType }) {
  const { state } = useSession();
  // While it is asked whether the session still holds, the last feed shows already.
  if (useMyId() !== undefined) return <Page />;
  if (state === "restoring") return <Skeletons />;
  const from = location.pathname === "/" ? "" : `?from=${encodeURIComponent(location.pathname)}`;
  return <Redirect to={`/sign-in${from}`} replace />;
}

// The router has decoded it already, but for what is reserved; a stray % stays.
function decoded(tag: string): string {
  try {
    return decodeURIComponent(tag);
  } catch {
    return tag;
  }
}

function MissingPage() {
  const { t } = useWords();
  useEffect(() => {
    document.title = t("error.notFound");
  }, [t]);
  return (
    <EmptyState whole icon="question" title={t("error.notFound")} text={t("error.notFoundText")} />
  );
}
