import { formatDuration } from './format.js';
import { locale, t } from '../i18n/index.js';
import { useEffect, useState } from '../vendor.js';

const MOST_DIGITS = 12;
const number = new Intl.NumberFormat(locale, { maximumSignificantDigits: MOST_DIGITS });
const percent = new Intl.NumberFormat(locale, { maximumFractionDigits: 2, signDisplay: 'exceptZero' });

/** A rate as the reader is used to numbers, to 12 significant digits. */
export function formatRate(valueText) {
  return number.format(Number(valueText));
}

export function formatPercent(value) {
  return `${percent.format(value)}\u00a0%`;
}

/** A course as it came, with the moment at which its age was told. */
export function heard(course) {
  return { ...course, heardAt: performance.now() };
}

/** The course to show of one that is known and one that was asked for at `askedAt`: what was heard since then is newer. */
export function newest(known, found, askedAt) {
  return known && known.heardAt > askedAt ? known : heard(found);
}

/** How old a course is, in whole seconds or more; it goes on since the course was heard. */
export function formatAge({ age_s: age, heardAt }) {
  const s = Math.floor(age + (performance.now() - heardAt) / 1_000);
  return s < 60 ? t('unit.s', { n: s }) : formatDuration(s * 1_000);
}

/** What is to be known of a course beside its value. */
export function remarksOn({ stale, quoted_in: quotedIn, diverged }) {
  return [
    stale && t('rates.stale'),
    quotedIn && t('rates.quotedIn', { currency: quotedIn }),
    diverged && t('rates.diverged'),
  ].filter(Boolean);
}

/** Renders anew every `everyMs`: what is shown tells how old something is. */
export function useTicks(everyMs) {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
}

export function historyOf(pair, query) {
  return `api/v1/rates/${encodeURIComponent(pair)}/history?${new URLSearchParams(query)}`;
}
