// Questions before a change: what it will be, old → new, and whether to do it.
import { make } from './dom.js';
import * as format from './format.js';

/** A modal dialog with a heading; it is gone from the page when it is closed. */
export function makeDialog(title, ...children) {
  const id = `jk-title-${makeDialog.count += 1}`;
  const dialog = make('dialog', { class: 'jk-dialog', 'aria-labelledby': id },
    make('h2', { id }, title), ...children);
  dialog.addEventListener('close', () => dialog.remove());
  // The page behind it: a click there is a cancel, as Escape is.
  dialog.addEventListener('mousedown', (event) => {
    if (event.target === dialog) {
      dialog.requestClose ? dialog.requestClose() : dialog.close();
    }
  });
  document.body.append(dialog);
  return dialog;
}
makeDialog.count = 0;

/** Lines "name: old → new". */
export function changeList(changes) {
  return make('ul', { class: 'jk-changes' }, ...changes.map(({ name, from, to }) => make('li', {},
    make('strong', {}, name), ' ', make('span', { class: 'jk-old' }, format.setting(from)),
    make('span', { 'aria-label': 'becomes' }, ' → '),
    make('span', { class: 'jk-new' }, format.setting(to)))));
}

/**
 * Asks `title`, shows `content`, and does `work` when the answer is `verb`. Stays open with the
 * reason when the work is refused. Resolves to true when it was done.
 */
export function confirm({ title, content, verb, work, isDanger }) {
  return new Promise((resolve) => {
    let isDone = false;
    const error = make('p', { class: 'jk-error', role: 'alert' });
    const yes = make('button', { type: 'submit', class: isDanger ? 'jk-danger' : 'jk-primary' }, verb);
    const no = make('button', { type: 'button', click: () => dialog.close() }, 'Cancel');
    const form = make('form', { method: 'dialog' }, ...content, error,
      make('div', { class: 'jk-buttons' }, no, yes));
    const dialog = makeDialog(title, form);
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      yes.disabled = true;
      error.textContent = '';
      try {
        await work();
        isDone = true;
        dialog.close();
      } catch (problem) {
        if (problem.status === 412) {
          resolve(problem); // not to be tried again from here
          isDone = true;
          dialog.close();
        }
        error.textContent = problem.message;
        yes.disabled = false;
      }
    });
    dialog.addEventListener('close', () => resolve(isDone));
    dialog.showModal();
    yes.focus();
  });
}
