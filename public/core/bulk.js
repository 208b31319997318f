import { ask } from '../components/dialog.js';
import { tell } from '../components/toasts.js';
import { t } from '../i18n/index.js';
import { send } from './api.js';

/**
 * Does something to all that match a filter: counts them first, asks, then acts. The texts are `<words>.ask`, `.confirm`,
 * `.done` and `.none`.
 * @param options `danger`; `input` as the dialog has it, sent as `reason`
 */
export async function act(words, path, filter, { danger = false, input } = {}) {
  const { matched } = await send('POST', path, { filter, dry_run: true, ...(input ? { reason: '-' } : {}) });
  if (matched === 0) return tell(t(`${words}.none`));
  const answer = await ask({
    title: t(`${words}.ask`, { n: matched }),
    body: t(`${words}.body`),
    confirm: t(`${words}.confirm`, { n: matched }),
    danger,
    input,
  });
  if (!answer) return undefined;
  const reason = input ? { reason: answer.text } : {};
  const { accepted } = await send('POST', path, { filter, dry_run: false, ...reason });
  return tell(t(`${words}.done`, { n: accepted }));
}
