// The start of the status page: where the API answers, the live page takes the place of the classic
// one that the server rendered. Without it, and without this script, the classic page stays.
// Tested, with the files it loads, by tests/browser/.
(() => {
  'use strict';
  const base = document.currentScript.src.replace(/\/assets\/[^/]*$/, '');
  const root = document.documentElement;
  const uncover = () => root.classList.remove('jk-opening');

  async function open() {
    const answer = await fetch(`${base}/api/v1/`, { headers: { Accept: 'application/json' } });
    if (answer.status !== 200) {
      return;
    }
    const service = await answer.json();
    const { start } = await import('./app.js');
    await start(base, service);
  }

  // without one, browsers ask the site's root for an icon
  const icon = document.createElement('link');
  icon.rel = 'icon';
  icon.href = `${base}/assets/icon.svg`;
  document.head.append(icon);

  // What was served is covered meanwhile, so that nobody sees one page turn into another; not for
  // long, in case the API takes its time.
  root.classList.add('jk-opening');
  setTimeout(uncover, 1500);
  open().catch((error) => console.warn('The classic page stays:', error)).finally(uncover);
})();
