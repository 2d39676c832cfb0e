// The live page: builds it, asks the API in intervals, shows what changed.
import { Api, Poller } from './api.js';
import { Changes } from './changes.js';
import { Charts, loadLibrary } from './charts.js';
import { balancerColumns, memberColumns, wordsOf } from './columns.js';
import { button, make, setText, terms } from './dom.js';
import { Editor } from './editor.js';
import * as format from './format.js';
import { Grid } from './grid.js';
import { Model } from './model.js';
import { Failures, Mounts } from './panels.js';

const often = 2000; // milliseconds between two questions
const rarely = 5000; // … for failures, and for all of it while nobody looks
const grades = ['good', 'degraded', 'bad'];

class Page {
  constructor(base, service) {
    this.base = base;
    this.service = service;
    this.api = new Api(base, service);
    this.model = new Model();
    this.chosen = undefined; // key of the scope whose charts and members are shown
    this.grade = ''; // of the members that are shown, '' for all
    this.changes = new Changes(this.api, () => this.numbers.wake(), (text) => this.announce(text));
    this.editor = new Editor(this.api, this.changes);
    this.numbers = new Poller(() => this.ask(), () => (document.hidden ? rarely : often),
      (outcome) => this.heard(outcome));
    this.troubles = new Poller(() => this.askFailures(), () => rarely, () => {});
  }

  // --- what there is to see ---------------------------------------------------------------------

  build() {
    const isEditable = !this.service.read_only;
    const act = (action, row) => this.act(action, row);
    this.balancers = new Grid({ caption: 'balancers', columns: balancerColumns(isEditable), act,
      empty: 'There is no balancer and no worker in worker.list.' });
    this.members = new Grid({ caption: 'members', columns: memberColumns(isEditable), act,
      empty: 'No member fits the filter.' });
    this.charts = new Charts();
    this.failures = new Failures();
    this.mounts = new Mounts(this.api);
    this.tiles = Object.fromEntries(['Requests/s', 'Latency p99', 'Errors/min', 'In progress',
      'Connections', 'Members'].map((name) => [name, make('span')]));
    this.toast = make('p', { class: 'jk-toast', role: 'status' });
    this.banner = make('div', { class: 'jk-banner', role: 'alert', hidden: true });
    document.body.className = 'jk';
    document.body.replaceChildren(
      make('a', { class: 'jk-skip', href: '#members' }, 'Skip to the members'),
      this.header(), this.banner,
      make('main', {},
        terms(Object.entries(this.tiles), { class: 'jk-tiles', 'aria-label': 'Totals' }),
        this.section('balancers', 'Balancers', this.balancers.element),
        this.section('charts', 'Last ten minutes', this.charts.element),
        this.section('members', 'Members', this.filterBar(), this.members.element),
        this.section('failures', 'Last failures', this.failures.element),
        this.section('mounts', 'Mounts', this.mounts.element)),
      this.footer(), this.toast);
    document.addEventListener('keydown', (event) => this.shortcut(event));
    document.addEventListener('visibilitychange', () => !document.hidden && this.isLive() &&
      this.numbers.wake());
  }

  section(id, title, ...children) {
    const heading = make('h2', { id: `${id}-title` }, title);
    this.headings = { ...this.headings, [id]: heading };
    return make('section', { id, 'aria-labelledby': `${id}-title` }, heading, ...children);
  }

  header() {
    const { server, software, user, read_only: isReadOnly } = this.service;
    this.live = make('span', { class: 'jk-live', role: 'status' }, 'Connecting');
    this.pauseButton = button('Pause', 'pause', { 'aria-pressed': 'false',
      click: () => this.pause() });
    const links = ['balancers', 'charts', 'members', 'failures', 'mounts'].map((id) =>
      make('a', { href: `#${id}` }, id[0].toUpperCase() + id.slice(1)));
    return make('header', { class: 'jk-head' },
      make('div', { class: 'jk-who' }, make('h1', {}, `${server.name}:${server.port}`),
        make('p', { title: software.web_server }, software.jk_version)),
      make('nav', { 'aria-label': 'Parts of this page' }, ...links),
      make('div', { class: 'jk-state' },
        isReadOnly ? make('span', { class: 'jk-pill jk-plain' }, 'read-only') : undefined,
        user ? make('span', { class: 'jk-user' }, user) : undefined, this.live, this.pauseButton));
  }

  filterBar() {
    this.filter = make('input', { id: 'jk-filter', type: 'search', autocomplete: 'off',
      spellcheck: 'false', placeholder: 'name, address, state …', input: () => this.showMembers(),
      'aria-keyshortcuts': '/' });
    this.chips = ['', ...grades].map((grade) => button('', 'grade', { 'data-grade': grade,
      class: `jk-chip jk-chip-${grade || 'all'}`, click: () => {
        this.grade = grade;
        this.showMembers();
      } }));
    this.found = make('span', { class: 'jk-found', role: 'status' });
    return make('div', { class: 'jk-filter' },
      make('label', { for: 'jk-filter' }, 'Filter ', make('kbd', {}, '/')), this.filter,
      make('div', { class: 'jk-chips', role: 'group', 'aria-label': 'Show members that are' },
        ...this.chips), this.found);
  }

  footer() {
    return make('footer', {},
      make('a', { href: `${this.base}/?cmd=list` }, 'Classic page'),
      make('a', { href: `${this.base}/?cmd=version` }, 'Versions'),
      make('a', { href: `${this.base}/api/v1/balancers` }, 'JSON'),
      make('a', { href: `${this.base}/metrics` }, 'Metrics'));
  }

  // --- asking -----------------------------------------------------------------------------------

  async ask() {
    const [balancers, workers] = await Promise.all(
      [this.api.get('balancers'), this.api.get('workers')]);
    this.take(balancers, workers);
  }

  take(balancers, workers) {
    performance.mark('jk-refresh-begin');
    this.model.take(balancers, workers);
    this.show();
    performance.measure('jk-refresh', 'jk-refresh-begin');
    performance.clearMarks('jk-refresh-begin');
  }

  async askFailures() {
    const { failures } = await this.api.get('failures');
    this.failures.update(failures);
  }

  heard({ error, wait }) {
    if (error === undefined) {
      this.lost = undefined;
      this.heardAt = Date.now();
    } else {
      console.warn('No numbers:', error.message);
      this.lost = { since: this.lost?.since ?? this.heardAt ?? Date.now(), wait, error };
    }
    this.showContact();
  }

  isLive() {
    return !this.numbers.isPaused;
  }

  pause() {
    const isPaused = this.isLive();
    this.numbers.pause(isPaused);
    this.troubles.pause(isPaused);
    this.pauseButton.setAttribute('aria-pressed', String(isPaused));
    this.showContact();
  }

  // --- showing ----------------------------------------------------------------------------------

  showContact() {
    const { lost } = this;
    document.body.classList.toggle('jk-stale', lost !== undefined);
    const [tone, text] = lost ? ['bad', 'No contact'] : this.isLive() ? ['good', 'Live']
      : ['plain', 'Paused'];
    this.live.dataset.tone = tone;
    setText(this.live, text);
    if (lost === undefined) {
      this.banner.hidden = true;
      this.banner.replaceChildren();
      return;
    }
    const said = `Lost contact at ${format.timeOfDay(lost.since / 1000)}. ${lost.error.message} ` +
      'The numbers below are those from before.';
    if (this.banner.firstChild?.textContent !== said) {
      this.banner.replaceChildren(make('span', {}, said),
        button('Try now', 'retry', { click: () => this.numbers.wake() }));
    }
    this.banner.hidden = false;
  }

  show() {
    const { model } = this;
    const scope = model.scope(this.chosen);
    const whole = model.scopes[0];
    if (whole === undefined) {
      this.balancers.update([]);
      this.members.update([]);
      return;
    }
    this.chosen = scope.key;
    this.balancers.update(model.scopes.map((one) => Object.assign(one,
      { isChosen: one === scope, mark: one === scope ? 'jk-chosen' : '' })));
    setText(this.headings.charts, `Last ten minutes: ${scope.name}`);
    this.charts.draw(scope.history);
    this.showTotals(whole);
    this.showMembers();
    document.title = `${whole.bad > 0 ? `${whole.bad} bad · ` : ''}${this.service.server.name}:` +
      `${this.service.server.port} · status`;
  }

  showTotals(whole) {
    const { tiles } = this;
    setText(tiles['Requests/s'], format.rate(whole.rate));
    setText(tiles['Latency p99'], format.duration(whole.latency.p99));
    setText(tiles['Errors/min'], format.rate(whole.errorRate && whole.errorRate * 60));
    setText(tiles['In progress'], format.count(whole.busy));
    setText(tiles.Connections, format.count(whole.connected));
    const parts = grades.filter((grade) => whole[grade] > 0).map((grade) => `${whole[grade]} ${grade}`);
    setText(tiles.Members, parts.join(', ') || 'none');
    tiles.Members.parentNode.dataset.tone = whole.bad > 0 ? 'bad' : whole.degraded > 0 ? 'degraded'
      : 'good';
    tiles['Errors/min'].parentNode.dataset.tone = whole.errorRate > 0 ? 'bad' : 'plain';
  }

  showMembers() {
    const scope = this.model.scope(this.chosen);
    if (scope === undefined) {
      return;
    }
    const words = this.filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    const isShown = (row) => (this.grade === '' || row.grade === this.grade) &&
      (words.length === 0 || (() => {
        const text = wordsOf(row);
        return words.every((word) => text.includes(word));
      })());
    scope.rows.forEach((row) => {
      row.mark = `jk-row-${row.grade}`;
    });
    this.members.table.classList.toggle('jk-one', scope.kind === 'balancer');
    const shown = this.members.update(scope.rows, isShown);
    setText(this.headings.members, scope.kind === 'all' ? 'Members' : scope.kind === 'direct'
      ? 'Direct workers' : `Members of ${scope.name}`);
    setText(this.found, shown === scope.rows.length ? '' : `${shown} of ${scope.rows.length} shown`);
    this.chips.forEach((chip) => {
      const { grade } = chip.dataset;
      setText(chip, `${grade === '' ? 'All' : grade[0].toUpperCase() + grade.slice(1)} ` +
        `${grade === '' ? scope.rows.length : scope[grade]}`);
      chip.setAttribute('aria-pressed', String(grade === this.grade));
    });
  }

  announce(text) {
    clearTimeout(this.toastTimer);
    this.toast.textContent = text.charAt(0).toUpperCase() + text.slice(1);
    this.toastTimer = setTimeout(() => {
      this.toast.textContent = '';
    }, 8000);
  }

  // --- acting -----------------------------------------------------------------------------------

  async act(action, row) {
    if (action === 'choose') {
      this.chosen = row.key;
      this.show();
    } else if (action === 'edit') {
      await this.editor.open(row).catch((problem) => this.announce(problem.message));
    } else {
      await this.changes.act(action, row);
    }
  }

  shortcut(event) {
    const isTyping = event.target.closest('input, select, textarea, dialog') !== null;
    if (event.key === '/' && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      this.filter.focus();
      this.filter.select();
    } else if (event.key === 'Escape' && event.target === this.filter) {
      this.filter.value = '';
      this.showMembers();
    }
  }
}

/** Puts the live page in the place of what the document shows. */
export async function start(base, service) {
  const page = new Page(base, service);
  const numbers = await Promise.all([page.api.get('balancers'), page.api.get('workers')]);
  // the style of the classic page is not for this one
  document.querySelectorAll('style, link[rel~="stylesheet"]').forEach((style) =>
    style.href?.startsWith(`${base}/assets/`) || style.remove());
  await loadLibrary(base);
  page.build();
  page.take(...numbers);
  page.heard({});
  // a second answer soon: rates need two
  setTimeout(() => page.isLive() && page.numbers.wake(), 700);
  page.troubles.run();
  page.mounts.load().catch((problem) => page.announce(problem.message));
}
