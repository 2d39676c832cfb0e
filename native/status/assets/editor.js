// The dialog of one member, worker or balancer: its numbers, its buttons, and a form of its settings,
// made from the properties that the API says may be edited.
import { pathOf } from './api.js';
import { actionsOf, nameOf } from './changes.js';
import { makeDialog } from './dialogs.js';
import { button, make, pill, terms } from './dom.js';
import * as format from './format.js';
import { activationOf, stateOf, verdictOf } from './words.js';

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

function facts({ source, kind }) {
  if (kind === 'balancer') {
    return terms([['Members', `${source.good} good, ${source.degraded} degraded, ${source.bad} bad`],
      ['In progress', `${format.count(source.busy)} (most: ${format.count(source.max_busy)})`],
      ['Since reset', format.span(source.last_reset_ago)]], { class: 'jk-facts' });
  }
  const state = stateOf(source.state);
  const activation = activationOf(source.activation);
  return terms([
    ['State', source.state && pill(state.tone, state.text, state.title)],
    ['Activation', source.activation && pill(activation.tone, activation.text, activation.title)],
    ['Address', source.address],
    ['Requests', format.count(source.elected ?? source.used)],
    ['In progress', `${format.count(source.busy)} (most: ${format.count(source.max_busy)})`],
    ['Connections', `${format.count(source.connected)} (most: ${format.count(source.max_connected)})`],
    ['Errors', `${format.count(source.errors)}, of clients ${format.count(source.client_errors)}`],
    ['Sent, received', `${format.bytes(source.transferred)}, ${format.bytes(source.read)}`],
    ['In error since', source.error_time_unix_seconds &&
      format.dateAndTime(source.error_time_unix_seconds)],
    ['Since reset', format.span(source.last_reset_ago)],
  ].filter(([, value]) => value), { class: 'jk-facts' });
}

/** Latency by phase as a small table. */
function latencies(latency) {
  const names = { connect: 'Connect', first_byte: 'First byte', total: 'Whole answer' };
  const rows = Object.entries(names).filter(([name]) => latency?.[name]?.count > 0);
  if (rows.length === 0) {
    return undefined;
  }
  const head = ['Latency', 'p50', 'p90', 'p99', 'Measured'];
  return make('table', { class: 'jk-small' },
    make('thead', {}, make('tr', {}, ...head.map((text) => make('th', { scope: 'col' }, text)))),
    make('tbody', {}, ...rows.map(([name, text]) => make('tr', {}, make('th', { scope: 'row' }, text),
      ...['p50', 'p90', 'p99'].map((part) => make('td', {}, format.duration(latency[name][part]))),
      make('td', {}, format.count(latency[name].count))))));
}

function verdicts(counts) {
  const entries = Object.entries(counts ?? {});
  return entries.length === 0 ? undefined : make('p', { class: 'jk-verdicts' }, 'Failed attempts: ',
    ...entries.map(([code, times]) =>
      pill('bad', `${code} ${format.count(times)}`, verdictOf(code).title)));
}

/** The bounds of a number's input: those of a change, and what is in force or in the file, which may be
 *  more. Else a browser would send nothing of the form. */
function boundsOf({ min, max }, ...known) {
  const numbers = known.filter(Number.isFinite);
  return {
    min: min === undefined ? undefined : Math.min(min, ...numbers),
    max: max === undefined ? undefined : Math.max(max, ...numbers),
  };
}

/** One labelled input of the form. */
class Field {
  constructor(property, value, configured) {
    Object.assign(this, { property, value });
    const id = `jk-field-${property.name}`;
    this.help = make('p', { id: `${id}-help`, class: 'jk-help' }, this.helpText(configured));
    this.bounds = boundsOf(property, value, configured);
    this.input = this.makeInput({ id, name: property.name, 'aria-describedby': `${id}-help` });
    this.element = make('div', { class: `jk-field jk-field-${property.type}` },
      make('label', { for: id }, property.name), this.input, this.help);
  }

  helpText(configured) {
    const help = capital(this.property.help ?? '');
    return configured === undefined ? help : `${help} (in the file: ${format.setting(configured)})`;
  }

  makeInput(attributes) {
    const { type, max, choices = [] } = this.property;
    if (type === 'choice') {
      const known = choices.includes(this.value) ? choices : [this.value, ...choices];
      return make('select', attributes, ...known.map((choice) =>
        make('option', { value: choice, selected: choice === this.value }, choice)));
    }
    if (type === 'boolean') {
      return make('input', { ...attributes, type: 'checkbox', checked: this.value === true });
    }
    if (type === 'number') {
      return make('input', { ...attributes, type: 'number', step: 1, ...this.bounds, required: true,
        inputmode: 'numeric', value: this.value });
    }
    return make('input', { ...attributes, type: 'text', maxlength: max, autocomplete: 'off',
      spellcheck: 'false', value: this.value ?? '' });
  }

  current() {
    switch (this.property.type) {
    case 'boolean': return this.input.checked;
    case 'number': return Number(this.input.value);
    default: return this.input.value;
    }
  }

  isChanged() {
    return this.current() !== (this.value ?? '');
  }
}

export class Editor {
  constructor(api, changes) {
    Object.assign(this, { api, changes });
  }

  /** Opens the dialog for a row of the model, with what the server says of it now. */
  async open(row, notice) {
    const source = await this.api.get(pathOf(row));
    const fresh = { kind: row.kind, name: row.name, balancer: row.balancer, source };
    const isReadOnly = this.api.service.read_only;
    const dialog = makeDialog(capital(nameOf(fresh)),
      make('p', { class: 'jk-notice', role: 'alert' }, notice), facts(fresh),
      latencies(source.latency), verdicts(source.verdicts));
    dialog.classList.add('jk-editor');
    if (isReadOnly) {
      dialog.append(make('div', { class: 'jk-buttons' },
        make('button', { type: 'button', click: () => dialog.close() }, 'Close')));
    } else {
      dialog.append(this.actionButtons(fresh, dialog), this.form(fresh, dialog));
    }
    dialog.showModal();
    dialog.querySelector('form :is(select, input)')?.focus();
  }

  actionButtons(row, dialog) {
    const press = async (event) => {
      const { action } = event.target.dataset;
      if (await this.changes.act(action, row)) {
        dialog.close();
      }
    };
    return make('div', { class: 'jk-actions' }, ...actionsOf(row).map(([action, text]) =>
      button(text, action, { click: press })));
  }

  form(row, dialog) {
    const { settings = {}, configured = {} } = row.source;
    const properties = this.api.service.properties?.[row.kind] ?? [];
    const fields = properties.filter(({ name }) => name in settings)
      .map((property) => new Field(property, settings[property.name], configured[property.name]));
    const note = make('p', { class: 'jk-note', role: 'status' });
    const apply = make('button', { type: 'submit', class: 'jk-primary', disabled: true },
      'Review changes');
    const changed = () => fields.filter((field) => field.isChanged());
    const form = make('form', { method: 'dialog', input: () => {
      const { length } = changed();
      apply.disabled = length === 0;
      note.textContent = length === 0 ? '' : `${length} changed`;
      fields.forEach((field) => field.element.classList.toggle('jk-changed', field.isChanged()));
    } }, make('div', { class: 'jk-fields' }, ...fields.map((field) => field.element)),
    make('div', { class: 'jk-buttons' }, note,
      make('button', { type: 'button', click: () => dialog.close() }, 'Cancel'), apply));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.submit(row, dialog, changed());
    });
    return form;
  }

  async submit(row, dialog, fields) {
    const values = Object.fromEntries(fields.map((field) => [field.property.name, field.current()]));
    const result = await this.changes.edit(row, values);
    if (result === false) {
      return;
    }
    dialog.close();
    if (result !== true) {
      await this.open(row, 'Somebody else changed it meanwhile: nothing of yours was done, and the ' +
        'form shows what is in force now.');
    }
  }
}
