// Three small charts of the last ten minutes: requests, latency, errors. uPlot draws them; what they
// show at their right end, or under the pointer, also stands above them in words.
import { make, setText } from './dom.js';
import * as format from './format.js';

const kept = 600; // seconds
const least = 60; // of the time that is shown while there is little to show

const kinds = [
  { title: 'Requests per second', columns: [1], names: [''], text: format.rate, least: 1 },
  { title: 'Latency', columns: [3, 2], names: ['p99', 'mean'], text: format.duration, least: 0.001,
    hint: 'p99 of all answers since the counters were reset; mean of the last few seconds' },
  { title: 'Errors per minute', columns: [4], names: [''], text: format.rate, least: 1 },
];

const colours = ['--jk-line-1', '--jk-line-2'];
const fills = ['--jk-fill-1', null];

function styleOf(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

class Chart {
  constructor(kind, isError) {
    this.kind = kind;
    this.names = isError ? ['--jk-line-bad'] : colours;
    this.fillNames = isError ? ['--jk-fill-bad'] : fills;
    this.title = make('span', { class: 'jk-chart-title' });
    this.values = kind.names.map((name) =>
      make('span', { class: name === '' ? undefined : 'jk-key' }));
    this.plot = make('div', { class: 'jk-plot', role: 'img' });
    // told, not asked for: asking would lay the whole page out at each refresh
    this.size = { width: 0, height: 0 };
    new ResizeObserver(([{ contentRect }]) => {
      this.size = { width: Math.floor(contentRect.width), height: Math.floor(contentRect.height) };
      this.draw(this.history);
    }).observe(this.plot);
    this.element = make('figure', { class: 'jk-chart' },
      make('figcaption', { title: kind.hint }, this.title,
        make('span', { class: 'jk-chart-value' }, ...this.values)), this.plot);
  }

  options(width, height) {
    const { kind } = this;
    const axis = { stroke: styleOf('--jk-muted'), font: '11px system-ui, sans-serif',
      grid: { stroke: styleOf('--jk-grid'), width: 1 }, ticks: { show: false } };
    return {
      width, height,
      padding: [8, 8, 0, 0],
      legend: { show: false },
      cursor: { sync: { key: 'jk' }, drag: { x: false, y: false }, points: { size: 6 } },
      scales: { x: { range: (plot, low, high) =>
        [high - Math.min(kept, Math.max(least, high - low)), high] },
        y: { range: (plot, low, high) => [0, Math.max(kind.least, (high ?? 0) * 1.15)] } },
      axes: [
        { ...axis, size: 24, space: 70, values: (plot, times) => times.map((time) =>
          format.timeOfDay(time).slice(0, time % 60 === 0 ? 5 : 8)) },
        { ...axis, size: 58, space: 28, values: (plot, values) => values.map(kind.text) },
      ],
      series: [{}, ...kind.columns.map((column, i) => ({
        stroke: styleOf(this.names[i]), width: 1.5, spanGaps: false, points: { show: false },
        fill: this.fillNames[i] ? styleOf(this.fillNames[i]) : undefined }))],
      hooks: { setCursor: [(plot) => this.describe(plot.cursor.idx)] },
    };
  }

  draw(history) {
    this.history = history;
    if (history === undefined) {
      return;
    }
    const values = [history[0], ...this.kind.columns.map((column) => history[column])];
    const { width, height } = this.size;
    if (width === 0 || window.uPlot === undefined) {
      // not shown, or the library did not load: the words are there all the same
    } else if (this.chart === undefined) {
      this.chart = new window.uPlot(this.options(width, height), values, this.plot);
    } else {
      if (this.chart.width !== width || this.chart.height !== height) {
        this.chart.setSize({ width, height });
      }
      this.chart.setData(values);
    }
    this.describe(this.chart?.cursor.idx);
  }

  /** Says the values at `place`, or the last ones. */
  describe(place) {
    const { kind, history } = this;
    const last = history[0].length - 1;
    const at = typeof place === 'number' ? Math.min(place, last) : last;
    const words = kind.columns.map((column, i) =>
      `${kind.names[i]} ${kind.text(history[column][at])}`.trim());
    words.forEach((text, i) => setText(this.values[i], text));
    setText(this.title, at === last ? kind.title : `${kind.title} at ` +
      format.timeOfDay(history[0][at]));
    if (at === last) {
      this.plot.setAttribute('aria-label', `${kind.title}, last ten minutes; now ${words.join(', ')}`);
    }
  }

  /** Colours are painted, so they have to be asked for again when they change. */
  paintAnew() {
    this.chart?.destroy();
    this.chart = undefined;
    this.draw(this.history);
  }
}

export class Charts {
  constructor() {
    this.charts = kinds.map((kind, i) => new Chart(kind, i === 2));
    this.element = make('div', { class: 'jk-charts' }, ...this.charts.map((one) => one.element));
    window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
      this.charts.forEach((one) => one.paintAnew());
    });
  }

  draw(history) {
    this.charts.forEach((one) => one.draw(history));
  }
}

/** Loads uPlot; without it the page works, and has words where the charts would be. */
export function loadLibrary(base) {
  return new Promise((done) => {
    const style = make('link', { rel: 'stylesheet', href: `${base}/assets/uPlot.min.css` });
    const script = make('script', { src: `${base}/assets/uPlot.iife.min.js`, load: done,
      error: done });
    document.head.append(style, script);
  });
}
