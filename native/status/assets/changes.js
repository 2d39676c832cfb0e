// What can be changed, each time after a confirmation that says what will be.
import { pathOf } from './api.js';
import { changeList, confirm } from './dialogs.js';
import { make } from './dom.js';
import { consequences } from './words.js';

const recoverable = ['ERR', 'ERR/FRC', 'ERR/PRB']; // what is recovering needs no order to
const verbs = { active: 'Enable', disabled: 'Drain', stopped: 'Stop' };

/** "member a of shop", "balancer shop", "worker reports" */
export function nameOf(row) {
  return row.kind === 'member' ? `member ${row.name} of ${row.balancer}` : `${row.kind} ${row.name}`;
}

/** The buttons that make sense for a row now: [action, text]. */
export function actionsOf(row) {
  const actions = [];
  const activation = row.source.settings?.activation;
  if (row.kind === 'member') {
    if (recoverable.includes(row.source.state)) {
      actions.push(['recover', 'Recover']);
    }
    actions.push(...Object.entries(verbs).filter(([value]) => value !== activation));
  }
  return [...actions, ['reset', 'Reset counters']];
}

export class Changes {
  /** `refresh()` gets the numbers anew, `announce(text)` tells what was done. */
  constructor(api, refresh, announce) {
    Object.assign(this, { api, refresh, announce });
  }

  /** One of actionsOf(). Resolves to true when it was done. */
  act(action, row) {
    if (action in verbs) {
      return this.edit(row, { activation: action }, verbs[action], consequences[action]);
    }
    return action === 'recover' || action === 'reset' ? this.order(action, row) : false;
  }

  /**
   * Asks and sets `values`. Resolves to true when it was done, and to the problem when somebody else
   * changed the row since it was read.
   */
  async edit(row, values, verb = 'Apply', consequence = undefined) {
    const { settings, etag } = row.source;
    const list = Object.entries(values).map(([name, to]) => ({ name, from: settings[name], to }));
    const result = await confirm({
      title: `${verb === 'Apply' ? 'Change' : verb} ${nameOf(row)}?`,
      content: [changeList(list), make('p', {}, consequence)],
      verb, isDanger: values.activation === 'stopped',
      work: () => this.api.change('PATCH', pathOf(row), values, etag),
    });
    if (result === true) {
      this.announce(`${nameOf(row)}: ${list.map(({ name }) => name).join(', ')} changed`);
    } else if (result !== false) {
      this.announce(`Somebody else changed ${nameOf(row)} meanwhile; nothing of yours was done. ` +
        'This is what it is now.');
    }
    if (result !== false) {
      this.refresh();
    }
    return result;
  }

  async order(action, row) {
    const isReset = action === 'reset';
    const done = await confirm({
      title: isReset ? `Reset the counters of ${nameOf(row)}?` : `Recover ${nameOf(row)}?`,
      content: [make('p', {}, isReset && row.kind === 'balancer'
        ? 'The counters and latencies of all its members start again from zero.'
        : consequences[action])],
      verb: isReset ? 'Reset' : 'Recover', isDanger: isReset,
      work: () => this.api.change('POST', `${pathOf(row)}/${action}`, {}),
    });
    if (done === true) {
      this.announce(`${nameOf(row)}: ${isReset ? 'counters reset' : 'recovery asked for'}`);
      this.refresh();
    }
    return done;
  }
}
