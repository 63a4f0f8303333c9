import { useQuery } from "@tanstack/react-query";
import { freshet } from "../../core/freshet";
import { useWords } from "../../i18n";
import { ErrorState, Skeletons } from "../../ui/states";

function valueText(value: unknown, number: (value: number) => string): string {
  if (typeof value === "number") return number(value);
  if (typeof value === "string") return value;
  return JSON.stringify(value);
}

export function StateSection() {
  const { t, dateTime, number } = useWords();
  const state = useQuery({
    queryKey: ["admin-state"],
    queryFn: ({ signal }) => freshet.get("/v1/admin/state", { signal }),
    refetchInterval: 2_000,
  });
  if (state.isPending) return <Skeletons kind="row" />;
  if (!state.data) return <ErrorState error={state.error} onRetry={() => void state.refetch()} />;
  const { started_at, version, components } = state.data;
  return (
    <>
      <p className="note">
        {t("admin.uptime", { time: dateTime(started_at), version })} · {t("admin.live")}
      </p>
      {state.isError && <ErrorState error={state.error} onRetry={() => void state.refetch()} />}
      <div className="component-grid">
        {components.map(({ name, values }) => (
          <section key={name} className="card" aria-label={name}>
            <h2>{name}</h2>
            <dl className="values">
              {Object.entries(values).map(([key, value]) => (
                <div key={key}>
                  <dt>{key.replaceAll("_", " ")}</dt>
                  <dd>{valueText(value, number)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </>
  );
}
