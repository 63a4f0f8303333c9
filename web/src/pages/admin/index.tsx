import { FreshetError } from "@freshet/client";
import { useQuery } from "@tanstack/react-query";
import { Link, Redirect, useLocation } from "wouter";
import { freshet } from "../../core/freshet";
import { type Key, useWords } from "../../i18n";
import { EmptyState, ErrorState, Skeletons } from "../../ui/states";
import { useTitle } from "../../ui/use-title";
import { DeadLettersSection } from "./dead-letters";
import { StateSection } from "./state";
import { TopicsSection } from "./topics";
import "../../styles/admin.css";

const SECTIONS = [
  { path: "state", name: "admin.state", component: StateSection },
  { path: "topics", name: "admin.topics", component: TopicsSection },
  { path: "dead-letters", name: "admin.deadLetters", component: DeadLettersSection },
] as const satisfies readonly { path: string; name: Key; component: () => React.ReactNode }[];

export default function AdminPage() {
  const { t } = useWords();
  const [path] = useLocation();
  const name = path.split("/")[2] ?? "";
  const section = SECTIONS.find((one) => one.path === name);
  useTitle(t("admin.title"));
  const allowed = useQuery({
    queryKey: ["admin-state"],
    queryFn: ({ signal }) => freshet.get("/v1/admin/state", { signal }),
  });
  if (!section) return <Redirect to="/admin/state" replace />;
  if (allowed.isPending) return <Skeletons kind="row" />;
  if (allowed.error instanceof FreshetError && allowed.error.status === 403)
    return (
      <EmptyState whole icon="lock" title={t("admin.forbidden")} text={t("admin.forbiddenText")} />
    );
  if (allowed.isError && !allowed.data)
    return <ErrorState whole error={allowed.error} onRetry={() => void allowed.refetch()} />;
  const Content = section.component;
  return (
    <>
      <h1 className="page-title">{t("admin.title")}</h1>
      <nav className="tabs" aria-label={t("admin.title")}>
        <ul>
          {SECTIONS.map((one) => (
            <li key={one.path}>
              <Link
                href={`/admin/${one.path}`}
                aria-current={one.path === name ? "page" : undefined}
              >
                {t(one.name)}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <Content />
    </>
  );
}
