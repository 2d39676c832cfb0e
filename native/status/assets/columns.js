// The columns of the tables of balancers and of members.
import { button, make, pill } from './dom.js';
import * as format from './format.js';
import { activationOf, stateOf } from './words.js';

const latencyColumn = (part) => ({ key: part, label: part, kind: 'number',
  title: `${part.slice(1)} % of the answers took no longer, since the counters were reset`,
  value: (row) => row.latency[part], text: (row) => format.duration(row.latency[part]) });

const numbers = [
  { key: 'rate', label: 'Req/s', kind: 'number', title: 'requests per second, now',
    value: (row) => row.rate, text: (row) => format.rate(row.rate) },
  latencyColumn('p50'), latencyColumn('p90'), latencyColumn('p99'),
];

/** Errors, marked while new ones come. */
function errorsColumn(errorsOf) {
  return { key: 'errors', label: 'Errors', kind: 'number', title: 'failed requests since reset',
    value: errorsOf,
    text: (row) => `${format.count(errorsOf(row))}${row.errorRate > 0 ? ' ▲' : ''}`,
    fill: (cell, row, text) => cell.append(row.errorRate > 0
      ? make('span', { class: 'jk-rising', title: 'growing now' }, text) : text) };
}

const busyTitle = 'requests in progress, and the most there were';

const pillCell = ({ tone, text, title }) => (cell) =>
  cell.append(title === '' ? text : pill(tone, text, title));

const gradePill = (grade, number) => (number > 0 ? [pill(grade, `${number} ${grade}`)] : []);

/** `isEditable`: whether there are buttons that change something. */
export function balancerColumns(isEditable) {
  const ofBalancer = (name) => (row) => row.source?.[name] ?? null;
  return [
    { key: 'name', label: 'Balancer', kind: 'name', value: (row) => row.name,
      text: (row) => `${row.name}|${row.isChosen}`,
      fill: (cell, row) => cell.append(button(row.name, 'choose',
        { class: 'jk-choice', 'aria-pressed': row.isChosen, title: 'Show its charts and members' })) },
    { key: 'members', label: 'Members', value: (row) => row.bad * 1e6 + row.degraded,
      text: (row) => `${row.good}/${row.degraded}/${row.bad}`,
      fill: (cell, row) => cell.append(make('span', { class: 'jk-pills' },
        ...gradePill('good', row.good), ...gradePill('degraded', row.degraded),
        ...gradePill('bad', row.bad))) },
    ...numbers,
    errorsColumn((row) => row.errors),
    { key: 'busy', label: 'Busy', kind: 'number', title: busyTitle, value: (row) => row.busy,
      text: (row) => format.count(row.busy) + (row.source ? ` / ${format.count(row.source.max_busy)}` : '') },
    { key: 'method', label: 'Method', value: ofBalancer('method'),
      text: (row) => row.source?.method ?? '–' },
    { key: 'sticky', label: 'Sticky', value: (row) => row.source?.sticky_session ?? null,
      text: (row) => (row.source === undefined ? '–' : row.source.sticky_session_force ? 'forced'
        : row.source.sticky_session ? 'yes' : 'no') },
    { key: 'actions', label: '', kind: 'actions', text: (row) => row.kind,
      fill: (cell, row) => {
        if (row.kind === 'balancer') {
          cell.append(button(isEditable ? 'Edit' : 'Details', 'edit',
            { 'aria-label': `${isEditable ? 'Edit' : 'Details of'} balancer ${row.name}` }));
        }
      } },
  ];
}

function memberButtons(row) {
  if (row.kind !== 'member') {
    return [];
  }
  const isActive = row.source.settings?.activation === 'active'; // without an address it is stopped
  const buttons = [isActive ? ['disabled', 'Drain'] : ['active', 'Enable']];
  return row.source.state === 'ERR' ? [['recover', 'Recover'], ...buttons] : buttons;
}

export function memberColumns(isEditable) {
  const buttonsOf = (row) => (isEditable ? memberButtons(row) : []);
  return [
    { key: 'name', label: 'Member', kind: 'name', value: (row) => row.name,
      text: (row) => `${row.name}|${row.source.address}`,
      fill: (cell, row) => cell.append(make('div', {}, row.name),
        make('div', { class: 'jk-sub' }, row.source.address ?? '')) },
    { key: 'balancer', label: 'Balancer', value: (row) => row.balancer ?? '',
      text: (row) => row.balancer ?? 'direct' },
    { key: 'state', label: 'State', value: (row) => row.source.state, text: (row) => String(row.source.state),
      fill: (cell, row) => pillCell(stateOf(row.source.state))(cell) },
    { key: 'activation', label: 'Activation', value: (row) => row.source.activation ?? '',
      text: (row) => `${row.source.activation}|${isDraining(row) ? row.source.busy : ''}`,
      fill: (cell, row) => {
        pillCell(activationOf(row.source.activation))(cell);
        if (isDraining(row)) {
          cell.append(make('div', { class: 'jk-sub' }, `${row.source.busy} in progress`));
        }
      } },
    ...numbers,
    errorsColumn((row) => row.source.errors),
    { key: 'busy', label: 'Busy', kind: 'number', title: busyTitle,
      value: (row) => row.source.busy,
      text: (row) => `${format.count(row.source.busy)} / ${format.count(row.source.max_busy)}` },
    { key: 'connected', label: 'Conns', kind: 'number', title: 'connections, of all processes',
      value: (row) => row.source.connected, text: (row) => format.count(row.source.connected) },
    { key: 'lbfactor', label: 'Weight', kind: 'number', title: 'lbfactor',
      value: (row) => row.source.lbfactor, text: (row) => format.count(row.source.lbfactor) },
    { key: 'actions', label: '', kind: 'actions',
      text: (row) => buttonsOf(row).map(([action]) => action).join(),
      fill: (cell, row) => cell.append(
        ...buttonsOf(row).map(([action, text]) =>
          button(text, action, { 'aria-label': `${text} ${row.name}` })),
        button(isEditable ? 'Edit' : 'Details', 'edit',
          { 'aria-label': `${isEditable ? 'Edit' : 'Details of'} ${row.name}` })) },
  ];
}

const isDraining = (row) => row.source.activation === 'DIS' && row.source.busy > 0;

/** What the filter looks at, in lower case. */
export function wordsOf(row) {
  const { source } = row;
  return [row.name, row.balancer, source.address, source.route, source.domain, source.state,
    stateOf(source.state).text, source.activation, activationOf(source.activation).text, row.grade]
    .join(' ').toLowerCase();
}
