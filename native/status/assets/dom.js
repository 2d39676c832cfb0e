// Elements. All text gets into the page as text: nothing that a server said is ever parsed as HTML.

/**
 * A new element. `attributes`: a function is a listener, true an attribute without value, false and
 * undefined none; `children` are elements or text.
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') {
      element.addEventListener(name, value);
    } else if (value === true) {
      element.setAttribute(name, '');
    } else if (value !== false && value !== undefined) {
      element.setAttribute(name, String(value));
    }
  }
  element.append(...children.filter((child) => child !== undefined && child !== null));
  return element;
}

/** Sets the text only where it differs: an unchanged text costs no layout and is not read out. */
export function setText(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

/** A state in colour and in words: `tone` is good, degraded, bad or plain. */
export function pill(tone, text, title) {
  return make('span', { class: `jk-pill jk-${tone}`, title }, text);
}

export function button(text, action, more = {}) {
  return make('button', { type: 'button', 'data-action': action, ...more }, text);
}

/** Terms and their values as a list; values are text or elements. */
export function terms(pairs, attributes = {}) {
  const list = make('dl', attributes);
  for (const [term, value] of pairs) {
    list.append(make('div', {}, make('dt', {}, term), make('dd', {}, value)));
  }
  return list;
}
