import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useTheme } from "../../core/theme";
import { useWords } from "../../i18n";

/** Seconds since 1970, and the value then. */
export type Series = (readonly [number, number])[];

const HEIGHT = 160;
const TIME_WIDTH = 90;

function columns(series: Series): [number[], number[]] {
  return [series.map(([at]) => at), series.map(([, value]) => value)];
}

/** A line over time; the newest value is said in words, since a picture says nothing to some. */
export function Chart({ name, series }: { name: string; series: Series }) {
  const { t, number, clock } = useWords();
  const theme = useTheme();
  const frame = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const newest = useRef(series);
  useEffect(() => {
    newest.current = series;
    plot.current?.setData(columns(series));
  }, [series]);

  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    // A canvas knows colours, and no tokens.
    const colour = (token: string) => {
      element.style.color = `var(${token})`;
      return getComputedStyle(element).color;
    };
    const axis = {
      stroke: colour("--ink-soft"),
      grid: { stroke: colour("--line"), width: 1 },
      ticks: { stroke: colour("--line"), width: 1 },
    };
    const made = new uPlot(
      {
        width: element.clientWidth,
        height: HEIGHT,
        legend: { show: false },
        cursor: { show: false },
        scales: { y: { range: (_, __, max) => [0, Math.max(1, max * 1.1)] } },
        axes: [
          {
            ...axis,
            space: TIME_WIDTH,
            values: (_, times, __, ___, seconds) =>
              times.map((at) => clock(at * 1000, seconds < 60 ? "second" : "minute")),
          },
          {
            ...axis,
            size: 60,
            values: (_, values) => values.map(number),
          },
        ],
        series: [{}, { stroke: colour("--accent"), width: 2, points: { show: false } }],
      },
      columns(newest.current),
      element,
    );
    plot.current = made;
    const resized = new ResizeObserver(() =>
      made.setSize({ width: element.clientWidth, height: HEIGHT }),
    );
    resized.observe(element);
    return () => {
      resized.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [theme, number, clock]);

  const value = number(Math.round((series.at(-1)?.[1] ?? 0) * 10) / 10);
  return (
    <figure className="card chart">
      <figcaption>{t("admin.chartNow", { name, value })}</figcaption>
      <div ref={frame} aria-hidden="true" />
    </figure>
  );
}
