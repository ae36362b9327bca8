// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { focusIsFree, keepFocus } from './keep-focus';

let end = () => {};
beforeEach(() => {
  document.body.innerHTML = `<main><h1>Documents</h1><ul>
    <li id="one"><a href="/1">One</a></li><li id="two"><a href="/2">Two</a><button>More</button></li><li id="three"><a href="/3">Three</a></li>
  </ul></main>`;
  end = keepFocus(document);
});
afterEach(() => end());

const get = (selector: string) => document.querySelector(selector) as HTMLElement;
const focused = () => document.activeElement?.textContent;
/** Observers are told in a microtask of their own. */
const told = () => new Promise<void>((resolve) => queueMicrotask(resolve));

test('what follows a row that is gone has the focus, at the end what precedes it', async () => {
  get('#two a').focus();
  get('#two').remove();
  await told();
  expect(focused()).toBe('Three');
  get('#three').remove();
  await told();
  expect(focused()).toBe('One');
});

test('with the last row gone it is on the main part of the page', async () => {
  get('#one a').focus();
  get('ul').remove();
  await told();
  expect(document.activeElement).toBe(get('main'));
});

test('a field that gives way to a link leaves the focus there', async () => {
  const field = document.createElement('input');
  get('#one a').replaceWith(field);
  field.focus();
  const link = document.createElement('a');
  link.href = '/1';
  link.append('One, renamed');
  field.replaceWith(link);
  await told();
  expect(focused()).toBe('One, renamed');
});

test('after a dialog whose opener went with its row, the next row has it', async () => {
  get('#two button').focus();
  const dialog = document.createElement('div');
  dialog.innerHTML = '<button>Delete for good</button>';
  document.body.append(dialog);
  (dialog.firstElementChild as HTMLElement).focus();
  dialog.remove();
  get('#two').remove();
  await told();
  expect(focused()).toBe('Three');
});

test('after a dialog in which many fields had it, what opened the dialog has it', async () => {
  get('#two button').focus();
  const dialog = document.createElement('div');
  dialog.setAttribute('role', 'dialog');
  dialog.innerHTML = '<input>'.repeat(9);
  document.body.append(dialog);
  for (const field of dialog.querySelectorAll('input')) field.focus();
  dialog.remove();
  await told();
  expect(focused()).toBe('More');
});

test('who left for nowhere, or has the focus elsewhere, is left alone', async () => {
  get('#one a').focus();
  get('#one a').blur();
  get('#three').remove();
  await told();
  expect(document.activeElement).toBe(document.body);
  get('#one a').focus();
  get('#two').remove();
  await told();
  expect(focused()).toBe('One');
});

test('a focus that was only kept is free for whoever has a better place, until somebody moves it', async () => {
  get('#one a').focus();
  expect(focusIsFree(document)).toBe(false);
  get('#one').remove();
  await told();
  expect(focusIsFree(document)).toBe(true);
  get('#three a').focus();
  get('#two a').focus();
  expect(focusIsFree(document)).toBe(false);
});

test('a button that waited for an answer has the focus again, unless somebody moved it meanwhile', async () => {
  const button = get('#two button') as HTMLButtonElement;
  const focus = vi.spyOn(button, 'focus');
  /** As in a browser, which takes the focus from it when it draws; jsdom leaves it there, so it is only said. */
  const asked = async (meanwhile = () => {}) => {
    focus.mockClear();
    button.disabled = true;
    await told();
    meanwhile();
    const { activeElement } = document;
    const said = vi.spyOn(document, 'activeElement', 'get');
    said.mockReturnValue(activeElement === button ? document.body : activeElement);
    button.disabled = false;
    await told();
    said.mockRestore();
    return focus.mock.calls.length;
  };
  button.focus();
  expect(await asked()).toBe(1);
  expect(focusIsFree(document)).toBe(true);
  expect(await asked(() => get('#one a').focus())).toBe(0);
  button.focus();
  button.blur();
  expect(await asked(), 'who had left for nowhere').toBe(0);
});
