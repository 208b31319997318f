import { UPlot } from '../vendor-plot.js';

/** Steps of an axis that counts. */
const WHOLE = Array.from({ length: 9 }, (_, power) => [1, 2, 5].map((n) => n * 10 ** power)).flat();
const FONT = '11px system-ui, sans-serif';

/** uPlot's options for series as `Plot` has them. */
export function plotOptions({ series, format, whole, fitted, formatTime, size, styles, onPoint }) {
  const colorOf = (name) => styles.getPropertyValue(`--${name}`).trim();
  const axis = { stroke: colorOf('soft'), font: FONT, ticks: { show: false }, border: { show: false } };
  return {
    ...size,
    padding: [8, 6, 0, 0],
    legend: { show: false },
    cursor: { sync: { key: 'switchyard' }, drag: { x: false, y: false }, points: { size: 6 }, y: false },
    select: { show: false },
    scales: { x: { time: true }, y: { range: fitted ? aroundAll : fromZero } },
    axes: [
      {
        ...axis,
        size: 22,
        space: 60,
        grid: { show: false },
        values: (_plot, times) => times.map((s) => formatTime(s * 1_000)),
      },
      {
        ...axis,
        size: fitted ? 76 : 52,
        space: 32,
        ...(whole ? { incrs: WHOLE } : {}),
        grid: { stroke: colorOf('line'), width: 1 },
        values: (_plot, values) => values.map((value) => format(value)),
      },
    ],
    series: [{}, ...drawnSeries(series, colorOf)],
    hooks: { setCursor: [(plot) => onPoint(plot.cursor.idx ?? null)] },
  };
}

function fromZero(_plot, _least, most) {
  return [0, Math.max(most ?? 0, 1) * 1.1];
}

function aroundAll(_plot, least, most) {
  if (least == null) return [0, 1];
  const room = (most - least) * 0.1 || Math.abs(most) * 0.01 || 1;
  return [least - room, most + room];
}

function drawnSeries(series, colorOf) {
  const options = series.map(({ label, color, kind }) => seriesOptions(label, colorOf(color), kind));
  return series.some(({ kind }) => kind === 'bars') ? options.reverse() : options;
}

function seriesOptions(label, color, kind) {
  if (kind === 'bars') {
    const paths = UPlot.paths.bars({ size: [0.72, 24] });
    return { label, stroke: color, fill: color, width: 0, paths, points: { show: false } };
  }
  const fill = kind === 'area' ? `${color}22` : undefined;
  return {
    label,
    stroke: color,
    fill,
    width: 1.6,
    points: { show: false, size: 5, fill: color, filter: lonely },
    spanGaps: false,
  };
}

/** A value between two gaps makes no line, so it is shown as a point. */
function lonely(plot, seriesIndex) {
  const values = plot.data[seriesIndex];
  const isLonely = (value, index) => value != null && values[index - 1] == null && values[index + 1] == null;
  return [...values.keys()].filter((index) => isLonely(values[index], index));
}
