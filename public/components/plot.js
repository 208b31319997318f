import { formatMinute } from '../core/format.js';
import { UPlot } from '../vendor-plot.js';
import { html, useEffect, useId, useRef, useState } from '../vendor.js';
import { plotOptions } from './plot-options.js';

const dark = matchMedia('(prefers-color-scheme: dark)');

/**
 * Series over minutes, as wide as there is room. Values of the newest minute stand beside their names, or those of the
 * minute under the pointer.
 * @param times epoch ms, ascending
 * @param series `[{ label, values, color, kind: 'line' | 'area' | 'bars' }]`; bars are stacked; `color` a CSS variable
 * @param format turns a value into text
 * @param whole values are whole numbers
 * @param fitted the axis begins near the least value, not at 0
 * @param formatTime turns epoch ms into text; the time of day by default
 */
export function Plot({ title, times, series, format, whole, fitted, formatTime = formatMinute, empty }) {
  const box = useRef(null);
  const plot = useRef(null);
  const [pointed, setPointed] = useState(null);
  const [scheme, setScheme] = useState(dark.matches);
  const id = useId();
  const shape = series.map(({ label, color, kind }) => `${label} ${color} ${kind}`).join();

  useEffect(() => {
    const follow = () => setScheme(dark.matches);
    dark.addEventListener('change', follow);
    return () => dark.removeEventListener('change', follow);
  }, []);

  useEffect(() => {
    const element = box.current;
    const size = () => ({ width: element.clientWidth, height: element.clientHeight });
    const options = plotOptions({
      series,
      format,
      whole,
      fitted,
      formatTime,
      size: size(),
      styles: getComputedStyle(element),
      onPoint: setPointed,
    });
    const made = new UPlot(options, dataOf(times, series), element);
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize(size()));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [shape, scheme]);

  useEffect(() => plot.current?.setData(dataOf(times, series)), [times, series]);

  const index = pointed !== null && pointed < times.length ? pointed : times.length - 1;
  return html`<figure class="plot" aria-labelledby=${id}>
    <figcaption>
      <span class="plot-title" id=${id}>${title}</span>
      <span class="plot-at soft">${pointed !== null && times[index] ? formatTime(times[index]) : ''}</span>
      <ul class="legend">
        ${series.map(
          ({ label, values, color }) =>
            html`<li key=${label}>
              <span class="swatch ${color}" aria-hidden="true"></span>${label}${' '}<b
                >${values[index] == null ? '–' : format(values[index])}</b
              >
            </li>`,
        )}
      </ul>
    </figcaption>
    <div class="plot-box" ref=${box} aria-hidden="true">
      ${empty && html`<p class="plot-empty">${empty}</p>`}
    </div>
  </figure>`;
}

/** What uPlot takes: seconds, then the series; bars as running sums, the tallest first, so that they stack. */
function dataOf(times, series) {
  const sums = times.map(() => 0);
  const columns = series.map(({ values, kind }) => {
    if (kind !== 'bars') return values;
    return values.map((value, index) => (value == null ? null : (sums[index] += value)));
  });
  return [times.map((ms) => ms / 1_000), ...drawn(series, columns)];
}

function drawn(series, columns) {
  return series.some(({ kind }) => kind === 'bars') ? [...columns].reverse() : columns;
}
