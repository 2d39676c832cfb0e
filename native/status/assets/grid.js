// A table that is told new rows again and again and changes only the cells that differ: five
// hundred rows every two seconds must not be felt. Below a certain width its rows are cards (see
// page.css), so the roles of a table are given explicitly.
import { button, make, setText } from './dom.js';

/**
 * A column: {key, label, title, kind: 'text' | 'number' | 'name' | 'actions',
 *   value(row): what it is sorted by; none for a column that is not sorted by,
 *   text(row): what the cell shows, as text; a cell is made anew when it differs,
 *   fill(cell, row, text): makes the cell; by default its text}
 */
export class Grid {
  /** `act(action, row, element)` hears the buttons in the cells, by their data-action. */
  constructor({ caption, columns, act, empty, sort }) {
    this.columns = columns;
    this.act = act;
    this.sort = sort ?? { key: null, isDown: false };
    this.records = new Map();
    this.order = [];
    this.headers = columns.map((column) => this.header(column));
    this.body = make('tbody', { role: 'rowgroup', click: (event) => this.clicked(event) });
    this.table = make('table', { class: 'jk-grid', role: 'table', 'aria-label': caption },
      make('thead', { role: 'rowgroup' }, make('tr', { role: 'row' }, ...this.headers)), this.body);
    this.empty = make('p', { class: 'jk-empty', hidden: true }, empty);
    this.element = make('div', { class: 'jk-table' }, this.sorter(caption), this.table, this.empty);
    this.showSort();
  }

  header(column) {
    const isSorted = column.value !== undefined;
    const label = isSorted
      ? make('button', { type: 'button', click: () => this.sortBy(column.key), title: column.title },
        column.label)
      : make('span', { title: column.title, class: column.label ? undefined : 'jk-unseen' },
        column.label || 'Actions');
    return make('th', { scope: 'col', role: 'columnheader', class: `jk-${column.kind ?? 'text'}` },
      label);
  }

  /** For cards, which have no head to click on. */
  sorter(caption) {
    const names = this.columns.filter((column) => column.value !== undefined);
    this.choice = make('select', { 'aria-label': `Sort ${caption} by`,
      change: () => this.sortBy(this.choice.value) },
    ...names.map((column) => make('option', { value: column.key }, column.label)));
    this.turn = button('', 'turn', { click: () => this.sortBy(this.choice.value) });
    return make('div', { class: 'jk-sorter' }, make('span', { 'aria-hidden': 'true' }, 'Sort by'),
      this.choice, this.turn);
  }

  sortBy(key) {
    const column = this.columns.find((one) => one.key === key);
    const isSame = this.sort.key === key;
    this.sort = { key, isDown: isSame ? !this.sort.isDown : column.kind === 'number' };
    this.showSort();
    this.arrange(true);
  }

  showSort() {
    this.columns.forEach((column, i) => {
      if (column.value === undefined) {
        return;
      }
      const isIt = this.sort.key === column.key;
      this.headers[i].setAttribute('aria-sort',
        !isIt ? 'none' : this.sort.isDown ? 'descending' : 'ascending');
    });
    if (this.sort.key !== null) {
      this.choice.value = this.sort.key;
    }
    setText(this.turn, this.sort.isDown ? 'Descending ↓' : 'Ascending ↑');
  }

  clicked(event) {
    const pressed = event.target.closest('[data-action]');
    const line = event.target.closest('tr');
    const record = this.records.get(line?.dataset.key);
    if (pressed !== null && record !== undefined) {
      this.act(pressed.dataset.action, record.row, pressed);
    }
  }

  /** `rows` have a `key` each. Those that `isShown` refuses stay, hidden. Returns how many show. */
  update(rows, isShown = () => true) {
    const seen = new Set();
    let shown = 0;
    rows.forEach((row, place) => {
      seen.add(row.key);
      const record = this.records.get(row.key) ?? this.addRecord(row.key);
      Object.assign(record, { row, place });
      this.fill(record);
      const isHidden = !isShown(row);
      shown += isHidden ? 0 : 1;
      if (record.line.hidden !== isHidden) {
        record.line.hidden = isHidden;
      }
    });
    for (const [key, record] of this.records) {
      if (!seen.has(key)) {
        record.line.remove();
        this.records.delete(key);
      }
    }
    this.arrange(false);
    this.empty.hidden = shown > 0;
    this.table.hidden = shown === 0;
    return shown;
  }

  addRecord(key) {
    const cells = this.columns.map((column) => make(column.kind === 'name' ? 'th' : 'td', {
      class: `jk-${column.kind ?? 'text'}`, 'data-label': column.label,
      role: column.kind === 'name' ? 'rowheader' : 'cell',
      scope: column.kind === 'name' ? 'row' : undefined }));
    const line = make('tr', { role: 'row', 'data-key': key }, ...cells);
    const record = { line, cells, texts: [], mark: undefined };
    this.records.set(key, record);
    return record;
  }

  fill(record) {
    const { row, cells, texts, line } = record;
    if (record.mark !== row.mark) {
      record.mark = row.mark;
      line.className = row.mark ?? '';
    }
    this.columns.forEach((column, i) => {
      const text = column.text(row);
      if (texts[i] === text) {
        return;
      }
      texts[i] = text;
      if (column.fill === undefined) {
        cells[i].textContent = text;
      } else {
        this.refill(cells[i], column, row, text);
      }
    });
  }

  /** The keyboard's place is kept when the button under it is made anew. */
  refill(cell, column, row, text) {
    const at = cell.contains(document.activeElement) ? document.activeElement.dataset.action : null;
    cell.replaceChildren();
    column.fill(cell, row, text);
    if (at !== null) {
      (cell.querySelector(`[data-action="${at}"]`) ?? cell.querySelector('button'))?.focus();
    }
  }

  sorted() {
    const records = [...this.records.values()].sort((a, b) => a.place - b.place);
    const column = this.columns.find((one) => one.key === this.sort.key);
    if (column === undefined) {
      return records;
    }
    const sign = this.sort.isDown ? -1 : 1;
    records.forEach((record) => {
      record.value = column.value(record.row);
    });
    return records.sort((a, b) => compare(a.value, b.value, sign) || a.place - b.place);
  }

  /** Puts the rows in order, unless somebody is about to click on one of them. */
  arrange(isAsked) {
    const isInUse = this.body.matches(':hover') || this.body.contains(document.activeElement);
    if (isInUse && !isAsked && this.records.size === this.order.length) {
      return;
    }
    const records = this.sorted();
    let next = null;
    for (let i = records.length - 1; i >= 0; i -= 1) {
      const line = records[i].line;
      if (line.parentNode !== this.body || line.nextSibling !== next) {
        this.body.insertBefore(line, next);
      }
      next = line;
    }
    this.order = records;
  }
}

/** What is not known comes last, either way. */
function compare(a, b, sign) {
  const isNone = (value) => value === null || value === undefined;
  if (isNone(a) || isNone(b)) {
    return Number(isNone(a)) - Number(isNone(b));
  }
  if (typeof a === 'number' && typeof b === 'number') {
    return sign * (a - b);
  }
  return sign * String(a).localeCompare(String(b), 'en', { numeric: true });
}
