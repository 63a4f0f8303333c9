import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { freshet, type Schemas } from "../../core/freshet";
import { useWords } from "../../i18n";
import { ErrorState, Skeletons } from "../../ui/states";
import { Chart, type Series } from "./chart";

const EVERY_MS = 2_000;
const KEPT = 150; // five minutes

interface Sample {
  at: number; // seconds
  records: number;
  lag: number;
}

const ends = ({ partitions }: Schemas["TopicReport"]) =>
  partitions.reduce((sum, { end }) => sum + end, 0);

function useHistory(topics: Schemas["TopicReport"][] | undefined, at: number): Sample[] {
  const [samples, setSamples] = useState<Sample[]>([]);
  useEffect(() => {
    if (!topics) return;
    const records = topics.reduce((sum, topic) => sum + ends(topic), 0);
    const lag = topics.reduce(
      (sum, { groups }) => sum + groups.reduce((all, group) => all + group.lag, 0),
      0,
    );
    setSamples((before) => [...before, { at: at / 1000, records, lag }].slice(-KEPT));
  }, [topics, at]);
  return samples;
}

function rates(samples: Sample[]): Series {
  return samples.slice(1).map((sample, index) => {
    const before = samples[index] ?? sample;
    const seconds = Math.max(sample.at - before.at, 0.001);
    return [sample.at, Math.max(0, sample.records - before.records) / seconds];
  });
}

export function TopicsSection() {
  const { t, number, bytes, seconds } = useWords();
  const topics = useQuery({
    queryKey: ["admin-topics"],
    queryFn: ({ signal }) => freshet.get("/v1/admin/topics", { signal }),
    refetchInterval: EVERY_MS,
  });
  const lags = useQuery({
    queryKey: ["admin-lag"],
    queryFn: ({ signal }) => freshet.get("/v1/admin/lag", { signal }),
    refetchInterval: EVERY_MS,
  });
  const samples = useHistory(topics.data?.items, topics.dataUpdatedAt);
  if (topics.isPending) return <Skeletons kind="row" />;
  if (!topics.data)
    return <ErrorState error={topics.error} onRetry={() => void topics.refetch()} />;
  const ages = new Map(lags.data?.items.map((one) => [`${one.topic} ${one.group}`, one.age]));
  return (
    <>
      <p className="note">{t("admin.live")}</p>
      <div className="chart-grid">
        <Chart name={t("admin.lagChart")} series={samples.map(({ at, lag }) => [at, lag])} />
        <Chart name={t("admin.recordsChart")} series={rates(samples)} />
      </div>
      <div className="card table-frame" tabIndex={0} role="region" aria-label={t("admin.topics")}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t("admin.topic")}</th>
              <th scope="col" className="figure">
                {t("admin.records")}
              </th>
              <th scope="col" className="figure">
                {t("admin.bytes")}
              </th>
              <th scope="col">{t("admin.group")}</th>
              <th scope="col" className="figure">
                {t("admin.lag")}
              </th>
              <th scope="col" className="figure">
                {t("admin.oldest")}
              </th>
            </tr>
          </thead>
          {topics.data.items.map((topic) => (
            <tbody key={topic.topic}>
              {(topic.groups.length > 0 ? topic.groups : [undefined]).map((group, index, all) => (
                <tr key={group?.group ?? ""}>
                  {index === 0 && (
                    <>
                      <th scope="rowgroup" rowSpan={all.length}>
                        {topic.topic}
                      </th>
                      <td rowSpan={all.length} className="figure">
                        {number(topic.records)}
                      </td>
                      <td rowSpan={all.length} className="figure">
                        {bytes(topic.bytes)}
                      </td>
                    </>
                  )}
                  <td>{group?.group ?? "–"}</td>
                  <td className="figure">{group ? number(group.lag) : "–"}</td>
                  <td className="figure">
                    {group && seconds((ages.get(`${topic.topic} ${group.group}`) ?? 0) / 1000)}
                  </td>
                </tr>
              ))}
            </tbody>
          ))}
        </table>
      </div>
    </>
  );
}
