import { formatNumber } from '../core/format.js';
import { classesOf } from '../core/report.js';
import { t } from '../i18n/index.js';
import { html } from '../vendor.js';

const CLASSES = ['short', 'middle', 'long'];

/** All attempts of a report by duration, as bars with their numbers. */
export function DurationClasses({ rows }) {
  const sums = rows
    .map(classesOf)
    .reduce((total, counts) => total.map((sum, index) => sum + counts[index]), [0, 0, 0]);
  const all = sums.reduce((a, b) => a + b, 0);
  const most = Math.max(1, ...sums);
  return html`<ul class="classes" aria-label=${t('report.classes')}>
    ${CLASSES.map(
      (name, index) =>
        html`<li key=${name}>
          <span>${t(`class.${name}`)}</span>
          <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
            <rect class=${name} width=${(100 * sums[index]) / most} height="10" />
          </svg>
          <b>${formatNumber(sums[index])}</b>
          <span class="soft"
            >${t('unit.percent', { n: all === 0 ? 0 : Math.round((100 * sums[index]) / all) })}</span
          >
        </li>`,
    )}
  </ul>`;
}

/** The shares of one phone, in one bar; the numbers are in the columns beside it. */
export function DurationBar({ counts }) {
  const all = Math.max(
    1,
    counts.reduce((a, b) => a + b, 0),
  );
  let x = 0;
  return html`<svg
    class="shares"
    viewBox="0 0 100 8"
    preserveAspectRatio="none"
    role="img"
    aria-label=${labelOf(counts)}
  >
    ${counts.map((count, index) => {
      const width = (100 * count) / all;
      x += width;
      return html`<rect key=${index} class=${CLASSES[index]} x=${x - width} width=${width} height="8" />`;
    })}
  </svg>`;
}

function labelOf(counts) {
  return CLASSES.map((name, index) => `${t(`class.${name}`)}: ${formatNumber(counts[index])}`).join(', ');
}
