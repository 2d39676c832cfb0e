// The last failures, and the mount table with its question "which worker gets this URL?".
import { make, pill, setText } from './dom.js';
import * as format from './format.js';
import { Grid } from './grid.js';
import { verdictOf } from './words.js';

const failureColumns = [
  { key: 'time', label: 'Time', value: (row) => row.time, text: (row) => format.dateAndTime(row.time) },
  { key: 'verdict', label: 'Verdict', value: (row) => row.verdict, text: (row) => row.verdict,
    fill: (cell, row) => {
      const { text, title } = verdictOf(row.verdict);
      cell.append(pill('bad', row.verdict, title), make('div', { class: 'jk-sub' }, row.what || text));
    } },
  { key: 'member', label: 'Where', value: (row) => row.member,
    text: (row) => `${row.member}|${row.balancer}|${row.phase}`,
    fill: (cell, row) => cell.append(make('div', {}, row.member),
      make('div', { class: 'jk-sub' },
        [row.balancer && `of ${row.balancer}`, row.phase && `phase ${row.phase}`].filter(Boolean)
          .join(', '))) },
  { key: 'uri', label: 'Request', value: (row) => row.uri, text: (row) => `${row.method} ${row.uri}`,
    fill: (cell, row, text) => cell.append(make('code', {}, text)) },
  { key: 'client', label: 'Client', value: (row) => row.client, text: (row) => row.client ?? '–' },
  { key: 'status', label: 'Status', title: 'what the client got', kind: 'number',
    value: (row) => row.status, text: (row) => String(row.status) },
  { key: 'attempts', label: 'Attempts', kind: 'number', value: (row) => row.attempts,
    text: (row) => format.count(row.attempts) },
  { key: 'milliseconds', label: 'Took', kind: 'number', value: (row) => row.milliseconds,
    text: (row) => format.duration(row.milliseconds / 1000) },
];

const few = 10; // failures that are shown before somebody asks for all

export class Failures {
  constructor() {
    this.grid = new Grid({ caption: 'last failures', columns: failureColumns, act: () => {},
      empty: 'No request failed since the server was started.' });
    this.more = make('button', { type: 'button', class: 'jk-more', hidden: true, click: () => {
      this.isWhole = !this.isWhole;
      this.update(this.failures);
    } });
    this.element = make('div', {}, this.grid.element, this.more);
  }

  update(failures) {
    this.failures = failures;
    this.more.hidden = failures.length <= few;
    setText(this.more, this.isWhole ? `Show the last ${few}` : `Show all ${failures.length}`);
    // Two failures of the same moment are told apart by their place among those.
    const times = new Map();
    const rows = [...failures].reverse().map((failure) => {
      const same = `${failure.time}/${failure.member}/${failure.uri}`;
      times.set(same, (times.get(same) ?? 0) + 1);
      return { ...failure, key: `${same}/${times.get(same)}` };
    }).reverse();
    this.grid.update(this.isWhole ? rows : rows.slice(0, few));
  }
}

const isSet = (value) => !['', '-1', '0', 'false', 'undefined', 'null'].includes(String(value));

/** The extensions of a rule that are set, as they are written in a file. */
function extensions(map) {
  const names = ['reply_timeout', 'sticky_ignore', 'stateless', 'fail_on_status', 'active',
    'disabled', 'stopped', 'use_server_errors'];
  return names.filter((name) => isSet(map[name])).map((name) => `${name}=${map[name]}`).join('; ');
}

const mountColumns = [
  { key: 'uri', label: 'URI', kind: 'name', value: (row) => row.uri, text: (row) => row.uri,
    fill: (cell, row, text) => cell.append(make('code', {}, text)) },
  { key: 'worker', label: 'Worker', value: (row) => row.worker, text: (row) => row.worker ?? '–' },
  { key: 'type', label: 'Kind', value: (row) => row.type, text: (row) => row.type },
  { key: 'server', label: 'Server', value: (row) => row.server, text: (row) => row.server },
  { key: 'source', label: 'From', value: (row) => row.source, text: (row) => row.source },
  { key: 'extensions', label: 'Extensions', value: extensions, text: extensions },
];

export class Mounts {
  constructor(api) {
    this.api = api;
    this.grid = new Grid({ caption: 'mounts', columns: mountColumns, act: () => {},
      empty: 'Nothing is mounted.' });
    this.input = make('input', { id: 'jk-url', type: 'text', required: true, spellcheck: 'false',
      autocomplete: 'off', placeholder: '/shop/cart or http://host/path' });
    this.answer = make('p', { class: 'jk-answer', role: 'status' });
    this.form = make('form', { class: 'jk-ask', submit: (event) => {
      event.preventDefault();
      this.ask();
    } }, make('label', { for: 'jk-url' }, 'Which worker gets this URL?'),
    this.input, make('button', { type: 'submit' }, 'Find'));
    this.element = make('div', {}, this.form, this.answer, this.grid.element);
  }

  async load() {
    const { mounts } = await this.api.get('mounts');
    this.grid.update(mounts.map((map, i) =>
      ({ ...map, key: `${map.server}/${map.worker}/${map.id ?? i}/${map.uri}` })));
  }

  async ask() {
    try {
      const found = await this.api.get(`mounts?url=${encodeURIComponent(this.input.value)}`);
      this.answer.className = 'jk-answer';
      this.answer.replaceChildren(...this.tell(found));
    } catch (problem) {
      this.answer.className = 'jk-answer jk-error';
      this.answer.replaceChildren(problem.message);
    }
  }

  tell({ path, worker, rule, server }) {
    if (!worker) {
      return [pill('plain', 'nobody'), ` gets ${path}`, server ? ` on ${server}` : '',
        ': the web server serves it itself.'];
    }
    return [pill('good', worker), ` gets ${path}`, server ? ` on ${server}` : '',
      ...(rule ? [', by the rule ', make('code', {}, rule.uri), ` (${rule.source})`] : []), '.'];
  }
}
