// What can be computed about how usable a page is. These functions run in the page.

/** Texts whose contrast to what is behind them is less than AA asks for: 4.5, large ones 3. */
export function weakTexts() {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const rgba = (colour) => { // any way to write a colour, color-mix() too
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = context.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (front, back) => {
    const [r, g, b, a] = front;
    return [r, g, b].map((value, i) => value * a + back[i] * (1 - a));
  };
  const luminance = (colour) => {
    const [r, g, b] = colour.map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const background = (element) => {
    if (element === null) {
      return rgba('Canvas').slice(0, 3);
    }
    const own = rgba(getComputedStyle(element).backgroundColor);
    return own[3] === 1 ? own.slice(0, 3) : over(own, background(element.parentElement));
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const weak = [];
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    if (node.textContent.trim() === '' || element.closest('option, script, style') !== null ||
        !element.checkVisibility({ visibilityProperty: true }) || element.matches(':disabled')) {
      continue;
    }
    const style = getComputedStyle(element);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const behind = background(element);
    const pair = [luminance(over(rgba(style.color), behind)), luminance(behind)];
    const contrast = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    if (contrast < (isLarge ? 3 : 4.5)) {
      weak.push(`${contrast.toFixed(2)} "${node.textContent.trim()}" (${element.className})`);
    }
  }
  return weak;
}

/** Controls without a name, labels that lead nowhere, identifiers that two elements have. */
export function unnamed() {
  const faults = [];
  const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
  ids.filter((id, i) => ids.indexOf(id) !== i).forEach((id) => faults.push(`two of #${id}`));
  for (const element of document.querySelectorAll('input, select, textarea')) {
    if (element.labels.length === 0 && !element.getAttribute('aria-label')) {
      faults.push(`${element.tagName} ${element.name || element.id} has no label`);
    }
  }
  for (const element of document.querySelectorAll('button, a, [role="img"], dialog, table, section')) {
    const reference = element.getAttribute('aria-labelledby');
    const name = element.getAttribute('aria-label') || element.textContent.trim() ||
      (reference && document.getElementById(reference)?.textContent);
    if (!name || (reference && document.getElementById(reference) === null)) {
      faults.push(`${element.tagName} ${element.className} has no name`);
    }
  }
  for (const element of document.querySelectorAll('label[for], [aria-describedby]')) {
    const id = element.htmlFor ?? element.getAttribute('aria-describedby');
    if (document.getElementById(id) === null) {
      faults.push(`${element.tagName} names ${id}, which is not there`);
    }
  }
  return faults;
}

/** The levels of the headings that can be seen, in order. */
export function headings() {
  return [...document.querySelectorAll('h1, h2, h3, h4')]
    .filter((element) => element.checkVisibility()).map((element) => Number(element.tagName[1]));
}

/** Elements that reach beyond the right edge, when the page can be scrolled sideways. */
export function tooWide() {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) {
    return [];
  }
  return [`${root.scrollWidth} in ${root.clientWidth}`, ...[...document.querySelectorAll('body *')]
    .filter((element) => element.getBoundingClientRect().right > root.clientWidth + 1)
    .map((element) => `${element.tagName}.${element.className}`)];
}
