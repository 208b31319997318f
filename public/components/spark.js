import { getJson } from '../core/api.js';
import { useLoad } from '../core/load.js';
import { formatPercent, historyOf } from '../core/rates.js';
import { t } from '../i18n/index.js';
import { html, useEffect, useRef, useState } from '../vendor.js';

const WIDTH = 96;
const HEIGHT = 24;
const MINUTES = 60;

/** The last hour of a pair as a small line, and by how much it moved; asked for when it comes into view. */
export function Spark({ pair, value }) {
  const box = useRef(null);
  const isSeen = useSeen(box);
  const { data } = useLoad(
    async (signal) =>
      isSeen ? getJson(historyOf(pair, { interval: '1m', limit: MINUTES }), { signal }) : undefined,
    [pair, isSeen],
    { keep: true },
  );
  const values = [...(data?.items ?? []).map(({ close }) => Number(close)), Number(value)];
  const first = Number(data?.items[0]?.open ?? value);
  const change = first === 0 ? 0 : ((Number(value) - first) / first) * 100;
  return html`<span class="spark" ref=${box}>
    <svg
      viewBox="0 0 ${WIDTH} ${HEIGHT}"
      width=${WIDTH}
      height=${HEIGHT}
      aria-hidden="true"
      focusable="false"
    >
      <polyline points=${pointsOf(values)} fill="none" stroke="currentColor" stroke-width="1.5" />
    </svg>
    <span class="soft" title=${t('rates.lastHour')}>${data ? formatPercent(change) : ''}</span>
  </span>`;
}

function useSeen(box) {
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    const observer = new IntersectionObserver(([entry]) => entry.isIntersecting && setSeen(true));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  return isSeen;
}

/** Two pixels are left above and below, for the width of the line. */
function pointsOf(values) {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const step = WIDTH / Math.max(values.length - 1, 1);
  const y = (value) =>
    most === least ? HEIGHT / 2 : HEIGHT - 2 - ((value - least) / (most - least)) * (HEIGHT - 4);
  const all = values.length === 1 ? [values[0], values[0]] : values;
  return all.map((value, index) => `${(index * step).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
}
