import { t } from '../i18n/index.js';
import { html } from '../vendor.js';
import { Icon } from './icon.js';

/**
 * A table; on narrow screens each row becomes a small card, whose cells say their column.
 * @param columns `[{ key, title, render(row), numeric?, grow?, head?, sortable? }]`; `head` is the row's own heading
 * @param sort `{ key, descending }`, with `onSort(key)` where columns are sortable
 */
export function Table({ caption, columns, rows, rowKey, sort, onSort, cards = true, className = '' }) {
  return html`<div
    class="table-box ${cards ? 'cards' : 'scrolls'}"
    tabindex=${cards ? undefined : '0'}
    role=${cards ? undefined : 'region'}
    aria-label=${cards ? undefined : caption}
  >
    <table role="table" class=${className}>
      <caption class="hidden">
        ${caption}
      </caption>
      <thead role="rowgroup">
        <tr role="row">
          ${columns.map((column) => html`<${Heading} key=${column.key} column=${column} sort=${sort} onSort=${onSort} />`)}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${rows.map((row) => html`<${Row} key=${rowKey(row)} row=${row} columns=${columns} />`)}
      </tbody>
    </table>
  </div>`;
}

function Heading({ column, sort, onSort }) {
  const { key, title, numeric, sortable } = column;
  const sorted = sort?.key === key;
  const order = sorted ? (sort.descending ? 'descending' : 'ascending') : 'none';
  return html`<th
    scope="col"
    role="columnheader"
    class="${numeric ? 'numeric' : ''} ${column.grow ? 'grow' : ''}"
    aria-sort=${sortable ? order : undefined}
  >
    ${
      sortable
        ? html`<button
            type="button"
            class="sort"
            onClick=${() => onSort(key)}
            title=${t('table.sort', { column: title })}
          >
            ${title}<${Icon} name=${sorted ? (sort.descending ? 'down' : 'up') : 'both'} />
          </button>`
        : title
    }
  </th>`;
}

function Row({ row, columns }) {
  return html`<tr role="row">
    ${columns.map(({ key, title, render, numeric, head }) => {
      const className = `${numeric ? 'numeric' : ''} col-${key}`;
      return head
        ? html`<th scope="row" role="rowheader" class=${className}>${render(row)}</th>`
        : html`<td role="cell" class=${className} data-title=${title}>${render(row)}</td>`;
    })}
  </tr>`;
}
